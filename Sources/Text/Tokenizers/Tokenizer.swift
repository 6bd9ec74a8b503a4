/// Turns text into a sequence of token ids and back.
///
/// Ids count from 0 up to, not including, ``vocabularySize``. A tokenizer is lossless: whatever it
/// encodes, it decodes to the same Unicode scalars (no normalisation takes place).
public protocol Tokenizer: Sendable {
    /// How many different ids there are.
    var vocabularySize: Int { get }

    /// The texts of the special tokens, which have the first ids; see ``SpecialTokens``.
    ///
    /// Encoding never produces them, and decoding leaves them out.
    var specialTokens: [String] { get }

    /// The ids that spell `text`.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` where the vocabulary has no
    ///   id for a character.
    func encode(_ text: String) throws(TokenizerError) -> [Int32]

    /// The text that `ids` spell.
    ///
    /// Bytes that are not UTF-8, and ids outside the vocabulary, are shown as U+FFFD.
    func decode(_ ids: [Int32]) -> String

    /// The UTF-8 bytes that one id stands for: perhaps only a part of a character; those of U+FFFD for
    /// an id outside the vocabulary, none for a special token.
    func bytes(of id: Int32) -> [UInt8]
}

extension Tokenizer {
    /// No special tokens.
    public var specialTokens: [String] { [] }
}

/// The UTF-8 form of U+FFFD, which stands for whatever cannot be shown.
let replacementBytes: [UInt8] = [0xEF, 0xBF, 0xBD]
