/// A text as its tokens, for people and programs to look at.
public struct TokenizedText: Hashable, Sendable, Encodable {
    /// The ids.
    public let ids: [Int32]

    /// How each token is written in the vocabulary.
    public let tokens: [String]

    /// How many there are.
    public let count: Int

    /// For each token, the first byte of the text that it stands for and the one after its last; nil
    /// where nobody asked.
    public let offsets: [[Int]]?

    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - text: what is encoded.
    ///   - tokenizer: what encodes it.
    ///   - options: what happens with special tokens.
    ///   - givesOffsets: whether the tokens' places are wanted.
    /// - Throws: ``TokenizerError`` where the text cannot be encoded.
    public init(
        _ text: String, by tokenizer: some Tokenizer, options: EncodingOptions = EncodingOptions(),
        givesOffsets: Bool = false
    ) throws(TokenizerError) {
        let encoding = try tokenizer.encoding(of: text, pair: nil, options: options)
        ids = encoding.ids
        tokens = encoding.ids.map { tokenizer.token(of: $0) ?? "\u{FFFD}" }
        count = encoding.ids.count
        offsets = givesOffsets ? encoding.offsets.map { [$0.lowerBound, $0.upperBound] } : nil
    }

    /// The lines of a text, without their ends; nothing after the last end.
    ///
    /// Only a line feed ends a line: a carriage return is part of it, and so are the separators that
    /// Unicode knows beside.
    public static func lines(of text: [UInt8]) -> [String] {
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The tokens side by side, each in brackets with its id, or on a terminal with colours in turn.
    ///
    /// Characters that cannot be seen are written as code points.
    ///
    /// - Parameter isColored: whether escape sequences for colours may be used.
    public func legible(isColored: Bool) -> String {
        var text = ""
        for (index, token) in tokens.enumerated() {
            let name = token.legible
            if isColored {
                let color = 31 + index % 6
                text += "\u{1B}[\(color)m\(name)\u{1B}[0m\u{1B}[2m \(ids[index])\u{1B}[0m  "
            } else {
                text += (index == 0 ? "" : " ") + "[\(name) \(ids[index])]"
            }
        }
        return text
    }
}
