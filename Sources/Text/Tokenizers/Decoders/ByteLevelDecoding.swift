/// Tokens written in the 256 characters that stand for bytes become those bytes, in one token.
struct ByteLevelDecoding: WholeTokenStage {
    var unfinished: [UInt8] = []

    /// The beginning of a character whose end has not come yet; at most three bytes.
    private var pending: [UInt8] = []

    mutating func decode(_ token: [UInt8]) -> [TokenPart] {
        // A token with other characters was added by hand, and stands for itself.
        pending += ByteAlphabet.bytes(of: String(decoding: token, as: UTF8.self)) ?? token
        let whole = pending.count - UTF8Validation.incompleteSuffix(of: pending)
        let text = String(decoding: pending[..<whole], as: UTF8.self)
        pending.removeFirst(whole)
        return [TokenPart(bytes: Array(text.utf8), isEnd: false)]
    }

    mutating func finish() -> [TokenPart] {
        defer { pending = [] }
        let text = String(decoding: pending, as: UTF8.self)
        return [TokenPart(bytes: Array(text.utf8), isEnd: true)]
    }
}
