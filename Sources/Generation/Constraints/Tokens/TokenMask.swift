/// Which tokens of a vocabulary may come next.
public struct TokenMask: Hashable, Sendable {
    private var words: [UInt64]

    /// How many tokens the vocabulary has.
    public let vocabularySize: Int

    /// None of the tokens.
    init(vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        words = [UInt64](repeating: 0, count: (vocabularySize + 63) / 64)
    }

    /// Whether no token may come.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// How many tokens may come.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether a token may come; one outside of the vocabulary never.
    public subscript(token: Int32) -> Bool {
        get {
            guard token >= 0, Int(token) < vocabularySize else { return false }
            return words[Int(token) >> 6] >> UInt64(token & 63) & 1 == 1
        }
        set {
            guard token >= 0, Int(token) < vocabularySize else { return }
            let bit: UInt64 = 1 << UInt64(token & 63)
            if newValue { words[Int(token) >> 6] |= bit } else { words[Int(token) >> 6] &= ~bit }
        }
    }

    /// The tokens that may come, in ascending order.
    public var tokens: [Int32] { (0..<Int32(clamping: vocabularySize)).filter { self[$0] } }

    /// Makes the logits of all other tokens −∞.
    ///
    /// - Parameter logits: `[vocabulary]`; those of ids that no token has become −∞ too.
    public func apply(to logits: inout [Float]) {
        for (index, word) in words.enumerated() where word != .max {
            for bit in 0..<64 where word >> UInt64(bit) & 1 == 0 {
                let token = index << 6 | bit
                if token >= logits.count { break }
                logits[token] = -.infinity
            }
        }
        for token in logits.indices.dropFirst(vocabularySize) { logits[token] = -.infinity }
    }
}
