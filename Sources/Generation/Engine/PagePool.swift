/// Which pages of a model's caches are in use, by how many sequences, and which tokens the full ones hold.
///
/// A full page is never written to again, so sequences that begin with the same tokens share it. It is known by its tokens
/// and by the page before it, so that a page stands for all tokens up to its end; tokens are compared, not their hashes
/// alone. Pages that no sequence uses any more keep what they hold until room is needed: then the least recently used one
/// goes first, of a sequence its end before its beginning, without which the end could not be found.
package struct PagePool: Sendable {
    /// How many tokens a page holds.
    package let pageTokens: Int
    /// How many pages there are.
    package let pageCount: Int

    /// How many sequences use each page.
    private var users: [Int]
    /// Pages that hold nothing.
    private var empty: [Int32]
    /// Pages that hold something and are not used.
    private var idle: PageOrder
    /// What each page holds; nil where it is not full.
    private var contents: [Content?]
    private var pages: [Content.Key: Int32] = [:]
    private var lastChain = Chain.start

    /// All tokens up to the end of a page; a number that is never given twice.
    package struct Chain: Hashable, Sendable {
        fileprivate var number: UInt64
        /// No token.
        package static let start = Chain(number: 0)
    }

    private struct Content: Sendable {
        struct Key: Hashable, Sendable {
            let before: Chain
            let tokens: [Int32]
        }
        let key: Key
        let chain: Chain
    }

    /// A pool whose pages are all empty.
    package init(pageCount: Int, pageTokens: Int) {
        self.pageCount = pageCount
        self.pageTokens = pageTokens
        users = Array(repeating: 0, count: pageCount)
        contents = Array(repeating: nil, count: pageCount)
        empty = (0..<Int32(pageCount)).reversed()
        idle = PageOrder(pageCount: pageCount)
    }

    /// How many pages a sequence can get.
    package var availableCount: Int { empty.count + idle.count }

    /// How many pages so many tokens fill or begin.
    package func pagesNeeded(for tokens: Int) -> Int { (tokens + pageTokens - 1) / pageTokens }

    /// A page for one sequence alone; nil where all are in use.
    package mutating func take() -> Int32? {
        if let page = empty.popLast() {
            users[Int(page)] = 1
            return page
        }
        guard let page = idle.first else { return nil }
        idle.remove(page)
        if let content = contents[Int(page)] { pages[content.key] = nil }
        contents[Int(page)] = nil
        users[Int(page)] = 1
        return page
    }

    /// The pages that hold the beginning of some tokens already, of which the caller is a user from now on.
    ///
    /// The last token is never among those.
    package mutating func share(_ tokens: [Int32]) -> (pages: [Int32], chain: Chain) {
        var (shared, chain) = ([Int32](), Chain.start)
        while shared.count < shareableCount(tokens.count),
            let page = pages[key(tokens, shared.count, after: chain)],
            let content = contents[Int(page)]
        {
            if users[Int(page)] == 0 { idle.remove(page) }
            users[Int(page)] += 1
            shared.append(page)
            chain = content.chain
        }
        return (shared, chain)
    }

    /// How many pages hold the beginning of some tokens already, as ``share(_:)`` would find them.
    package func sharedCount(_ tokens: [Int32]) -> Int {
        var (count, chain) = (0, Chain.start)
        while count < shareableCount(tokens.count),
            let page = pages[key(tokens, count, after: chain)], let content = contents[Int(page)]
        {
            count += 1
            chain = content.chain
        }
        return count
    }

    /// How many pages of so many tokens can be shared: all full ones but for the last token, since what follows it has to be
    /// computed.
    package func shareableCount(_ tokenCount: Int) -> Int { max(tokenCount - 1, 0) / pageTokens }

    private func key(_ tokens: [Int32], _ place: Int, after chain: Chain) -> Content.Key {
        let begin = place * pageTokens
        return Content.Key(before: chain, tokens: Array(tokens[begin..<begin + pageTokens]))
    }

    /// Notes that a page is full of these tokens, after those of a chain: the chain up to its end.
    ///
    /// Where another page holds the same already, that one is shared from now on and this one stays the sequence's own.
    package mutating func note(_ page: Int32, holds tokens: [Int32], after chain: Chain) -> Chain {
        let key = Content.Key(before: chain, tokens: tokens)
        if let other = pages[key], let content = contents[Int(other)] { return content.chain }
        lastChain.number += 1
        contents[Int(page)] = Content(key: key, chain: lastChain)
        pages[key] = page
        return lastChain
    }

    /// Gives back the pages of a sequence, in its order.
    package mutating func release(_ released: [Int32]) {
        for page in released.reversed() {
            users[Int(page)] -= 1
            if users[Int(page)] > 0 { continue }
            if contents[Int(page)] == nil { empty.append(page) } else { idle.append(page) }
        }
    }
}
