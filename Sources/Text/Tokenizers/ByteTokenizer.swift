/// The vocabulary of the 256 bytes: any text can be encoded, in its UTF-8 form.
public struct ByteTokenizer: Tokenizer, Hashable {
    /// The only byte tokenizer there is.
    public init() {}

    /// The number of different bytes: 256.
    public var vocabularySize: Int { 256 }

    /// The bytes of the text's UTF-8 form.
    public func encode(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

    /// The text whose UTF-8 bytes are `ids`; what is not UTF-8 is repaired with U+FFFD.
    public func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count)
        for id in ids {
            if let byte = UInt8(exactly: id) {
                bytes.append(byte)
            } else {
                bytes.append(contentsOf: replacementBytes)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The tokens of a text, or of a pair of texts, with their places; there is no template.
    public func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        try plainEncoding(of: text, pair: pair, options: options)
    }

    /// The visible character that stands for a byte in vocabularies of bytes; nil for other ids.
    public func token(of id: Int32) -> String? {
        UInt8(exactly: id).map { ByteAlphabet.text(of: [$0]) }
    }

    /// The byte itself; those of U+FFFD for an id above 255 or below 0.
    public func bytes(of id: Int32) -> [UInt8] {
        UInt8(exactly: id).map { [$0] } ?? replacementBytes
    }
}
