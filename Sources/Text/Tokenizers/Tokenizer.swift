/// Turns text into a sequence of token ids and back.
///
/// Ids count from 0 up to, not including, ``vocabularySize``; not every one need be in use.
public protocol Tokenizer: Sendable {
    /// The highest id and one: how many rows a model's embedding needs at least.
    var vocabularySize: Int { get }

    /// The special tokens, in ascending order of their ids.
    ///
    /// A user's text never gives them, and decoding leaves them out.
    var specialTokens: [SpecialToken] { get }

    /// The id of a special token that is written like this; nil where there is none.
    func id(ofSpecial text: String) -> Int32?

    /// The ids that spell `text`, without what a template adds; what looks like a special token stays
    /// ordinary text.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` where the vocabulary has no
    ///   id for a character.
    func encode(_ text: String) throws(TokenizerError) -> [Int32]

    /// The tokens of a text, or of a pair of texts, with their places.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` where the vocabulary has no
    ///   id for a character.
    func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding

    /// How a token is written in the vocabulary; nil for an id that is not in use.
    func token(of id: Int32) -> String?

    /// The text that `ids` spell.
    ///
    /// Bytes that are not UTF-8, and ids outside the vocabulary, are shown as U+FFFD.
    ///
    /// - Parameter keepsSpecialTokens: whether the texts of special tokens stay in.
    func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String

    /// The UTF-8 bytes that one id stands for: perhaps only a part of a character; those of U+FFFD for
    /// an id outside the vocabulary, none for a special token.
    func bytes(of id: Int32) -> [UInt8]

    /// How decoding begins where a text is more than the bytes of its tokens one after another; nil where
    /// it is just these.
    var decodingStages: DecodingStages? { get }
}

extension Tokenizer {
    /// The text is the bytes of its tokens.
    public var decodingStages: DecodingStages? { nil }

    /// No special tokens.
    public var specialTokens: [SpecialToken] { [] }

    /// The id of a special token that is written like this; nil where there is none.
    public func id(ofSpecial text: String) -> Int32? {
        specialTokens.first { $0.text.utf8.elementsEqual(text.utf8) }?.id
    }

    /// The text that `ids` spell, without special tokens.
    public func decode(_ ids: [Int32]) -> String { decode(ids, keepsSpecialTokens: false) }

    /// The tokens of a text with their places.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` where the vocabulary has no
    ///   id for a character.
    public func encoding(
        of text: String, options: EncodingOptions = EncodingOptions()
    ) throws(TokenizerError) -> Encoding {
        try encoding(of: text, pair: nil, options: options)
    }
}

/// The UTF-8 form of U+FFFD, which stands for whatever cannot be shown.
let replacementBytes: [UInt8] = [0xEF, 0xBF, 0xBD]
