/// A space comes before each token but those that continue a word; with cleaning, none before marks
/// that English writes close to the word before.
struct WordPieceDecoding: WholeTokenStage {
    let prefix: [UInt8]
    let cleansUp: Bool
    var unfinished: [UInt8] = []
    private var isFirst = true

    init(prefix: String, cleansUp: Bool) {
        self.prefix = Array(prefix.utf8)
        self.cleansUp = cleansUp
    }

    mutating func decode(_ token: [UInt8]) -> [TokenPart] {
        var text = token
        if !isFirst {
            text =
                token.starts(with: prefix)
                ? Array(token.dropFirst(prefix.count)) : Array(" ".utf8) + token
        }
        isFirst = false
        if cleansUp {
            for (from, to) in Self.cleanings {
                text = ByteMatches.replacing(from, in: text, with: to)
            }
        }
        return [TokenPart(bytes: text, isEnd: true)]
    }

    private static let cleanings = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
        (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }
}

/// A mark at the ends of words, such as `</w>`, becomes a space; after the last word, nothing.
struct WordSuffixDecoding: WholeTokenStage {
    let suffix: [UInt8]
    var unfinished: [UInt8] = []
    private var last: [UInt8]?

    init(suffix: String) { self.suffix = Array(suffix.utf8) }

    mutating func decode(_ token: [UInt8]) -> [TokenPart] {
        defer { last = token }
        return flush(" ")
    }

    mutating func finish() -> [TokenPart] {
        defer { last = nil }
        return flush("")
    }

    private func flush(_ space: String) -> [TokenPart] {
        guard let last else { return [] }
        let bytes = ByteMatches.replacing(suffix, in: last, with: Array(space.utf8))
        return [TokenPart(bytes: bytes, isEnd: true)]
    }
}
