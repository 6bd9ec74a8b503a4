/// The ids of the tokens that mark places in a sequence and that no text spells.
///
/// They come first in a vocabulary, in the order of ``texts``. A user's text never produces them, not
/// even where it holds the characters `<pad>`; decoding leaves them out.
public struct SpecialTokens: Hashable, Sendable, Codable {
    /// Fills up the end of a sequence that is shorter than others of its batch.
    public var padding: Int32 = 0

    /// Stands before the first token.
    public var start: Int32 = 1

    /// Stands after the last token.
    public var end: Int32 = 2

    /// Hides a token that is to be guessed.
    public var mask: Int32 = 3

    /// The special tokens of a vocabulary that this package makes, in the order of their ids.
    public static let texts = ["<pad>", "<s>", "</s>", "<mask>"]

    /// The ids of a vocabulary that begins with ``texts``.
    public init() {}

    /// The ids that the special tokens have in a tokenizer's vocabulary.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the tokenizer lacks one.
    public init(of tokenizer: some Tokenizer) throws(TokenizerError) {
        func id(_ text: String) throws(TokenizerError) -> Int32 {
            guard let id = tokenizer.id(ofSpecial: text) else {
                throw .invalid(
                    "The tokenizer has no special token \(text); expected one with the special tokens "
                        + Self.texts.joined(separator: " ") + ".")
            }
            return id
        }
        padding = try id(Self.texts[0])
        start = try id(Self.texts[1])
        end = try id(Self.texts[2])
        mask = try id(Self.texts[3])
    }
}

/// Throws unless every special token has a text, and one of its own.
func validateSpecialTokens(_ texts: [String]) throws(TokenizerError) {
    for (id, text) in texts.enumerated() {
        if text.isEmpty {
            throw .invalid("The tokenizer's special token \(id) has no text; each needs one.")
        }
        if let earlier = texts[..<id].firstIndex(of: text) {
            throw .invalid(
                "The special token \"\(text)\" occurs twice in the tokenizer, as ids \(earlier) and "
                    + "\(id); each may occur once.")
        }
    }
}
