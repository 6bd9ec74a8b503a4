/// Which tokens followed each sequence of n − 1 tokens in a text that grows.
struct NGramTable: Sendable {
    /// n, the length of the sequences with the token that follows.
    let size: Int
    /// The last n − 1 tokens; fewer at the beginning of the text.
    private var last: [Int32] = []
    private var followers: [[Int32]: Set<Int32>] = [:]

    /// The table of a text.
    ///
    /// - Parameter size: at least 1.
    /// - Complexity: O(n) for each token.
    init(size: Int, tokens: [Int32] = []) {
        self.size = size
        for token in tokens { append(token) }
    }

    /// Notes the next token of the text.
    ///
    /// - Returns: whether it completes a sequence that did not occur before.
    @discardableResult
    mutating func append(_ token: Int32) -> Bool {
        var isNew = false
        if last.count == size - 1 { isNew = followers[last, default: []].insert(token).inserted }
        last.append(token)
        if last.count == size { last.removeFirst() }
        return isNew
    }

    /// Takes the last token back.
    ///
    /// - Parameters:
    ///   - wasNew: what ``append(_:)`` told of it.
    ///   - text: the tokens before it.
    mutating func removeLast(_ token: Int32, wasNew: Bool, after text: [Int32]) {
        last = text.suffix(size - 1)
        guard wasNew else { return }
        followers[last]?.remove(token)
        if followers[last]?.isEmpty == true { followers[last] = nil }
    }

    /// The tokens that followed the last n − 1 tokens where these occurred before.
    var repetitions: Set<Int32> {
        last.count == size - 1 ? followers[last] ?? [] : []
    }
}
