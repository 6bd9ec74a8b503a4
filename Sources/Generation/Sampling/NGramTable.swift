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
    mutating func append(_ token: Int32) {
        if last.count == size - 1 { followers[last, default: []].insert(token) }
        last.append(token)
        if last.count == size { last.removeFirst() }
    }

    /// The tokens that followed the last n − 1 tokens where these occurred before.
    var repetitions: Set<Int32> {
        last.count == size - 1 ? followers[last] ?? [] : []
    }
}
