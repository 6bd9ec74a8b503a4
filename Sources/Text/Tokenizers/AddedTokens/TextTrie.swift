/// Texts in a tree of their bytes, to find the longest that starts at a place.
struct TextTrie: Sendable {
    /// The child of a node by a byte.
    private var children = PairTable()

    /// The text that ends at each node; −1 where none does.
    private var ends: [Int32] = [-1]

    /// Whether a text starts with each byte.
    private var starts = [Bool](repeating: false, count: 256)

    /// Whether there are no texts.
    var isEmpty: Bool { ends.count == 1 }

    /// Adds a text that is not empty; the first of two equal ones stays.
    mutating func insert(_ text: [UInt8], _ value: Int) {
        starts[Int(text[0])] = true
        var node: Int32 = 0
        for byte in text {
            let key = TokenPair(node, Int32(byte)).key
            if let child = children[key] {
                node = child
            } else {
                node = Int32(ends.count)
                ends.append(-1)
                children.insert(node, for: key)
            }
        }
        if ends[Int(node)] < 0 { ends[Int(node)] = Int32(value) }
    }

    /// The longest text that starts at the first place where one does.
    func nextMatch(in text: [UInt8], from start: Int) -> (value: Int, range: Range<Int>)? {
        var place = start
        while place < text.count {
            if starts[Int(text[place])], let (value, end) = longest(in: text, at: place) {
                return (value, place..<end)
            }
            place += 1
        }
        return nil
    }

    private func longest(in text: [UInt8], at start: Int) -> (value: Int, end: Int)? {
        var node: Int32 = 0
        var found: (Int, Int)?
        var place = start
        while place < text.count, let child = children[TokenPair(node, Int32(text[place])).key] {
            node = child
            place += 1
            if ends[Int(node)] >= 0 { found = (Int(ends[Int(node)]), place) }
        }
        return found
    }
}
