/// Pages in the order in which they were put there, any of which can be taken out in constant time.
struct PageOrder: Sendable {
    /// How many pages there are.
    private(set) var count = 0
    /// The pages before and after each; the last place stands before the first page and after the last one.
    private var before: [Int32]
    private var after: [Int32]

    private var end: Int { before.count - 1 }

    /// An order for so many pages, none of which is in it.
    init(pageCount: Int) {
        before = Array(repeating: -1, count: pageCount + 1)
        after = before
        before[pageCount] = Int32(pageCount)
        after[pageCount] = Int32(pageCount)
    }

    /// The page that has been there for longest.
    var first: Int32? { count == 0 ? nil : after[end] }

    /// Puts a page behind all others.
    mutating func append(_ page: Int32) {
        let last = before[end]
        before[Int(page)] = last
        after[Int(page)] = Int32(end)
        after[Int(last)] = page
        before[end] = page
        count += 1
    }

    /// Takes a page out.
    mutating func remove(_ page: Int32) {
        let (previous, next) = (before[Int(page)], after[Int(page)])
        after[Int(previous)] = next
        before[Int(next)] = previous
        count -= 1
    }
}
