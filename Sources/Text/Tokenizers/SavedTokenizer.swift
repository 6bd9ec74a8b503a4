public import Foundation

/// A tokenizer in the form that is stored beside a model, as `tokenizer.json`.
///
/// `{"type":"character","characters":["\n"," ","a"]}`, where the position of a character is its id, or
/// `{"type":"byte"}`, or for byte pairs the form of Hugging Face tokenizers. A field `specialTokens`
/// stands in the first where there are any; their ids come before those of the characters. What is read is
/// checked: an unknown type or field, an empty, repeated or many-scalar character, and a vocabulary whose
/// merges do not make it, are errors that name the file's fault.
public enum SavedTokenizer: Hashable, Sendable {
    /// One token per Unicode scalar.
    case character(CharacterTokenizer)

    /// One token per byte of UTF-8.
    case byte(ByteTokenizer)

    /// Common strings of bytes as one token.
    case bytePair(BytePairTokenizer)

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` with a sentence that says what is wrong.
    public init(json: Data) throws(TokenizerError) {
        do {
            self = try JSONDecoder().decode(SavedTokenizer.self, from: json)
        } catch let error as TokenizerError {
            throw error
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw .invalid(
                "The tokenizer is not valid JSON; expected an object such as \(Self.example).")
        } catch DecodingError.keyNotFound(let key, let context) where !context.codingPath.isEmpty {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .invalid(
                "The tokenizer's field \"\(path)\" has no field \"\(key.stringValue)\"; add it.")
        } catch DecodingError.keyNotFound(let key, _) {
            throw .invalid(
                "The tokenizer has no field \"\(key.stringValue)\"; expected an object such as "
                    + "\(Self.example).")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(
            _, let context)
        {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .invalid(
                "The tokenizer's \(path.isEmpty ? "content" : "field \"\(path)\"") has the wrong type; "
                    + "expected an object such as \(Self.example).")
        } catch {
            throw .invalid(
                "The tokenizer cannot be read; expected an object such as \(Self.example).")
        }
    }

    /// The stored form; the same tokenizer always gives the same bytes.
    public var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(self) + Data("\n".utf8)
        } catch {
            fatalError("A list of strings must have a JSON form: \(error)")
        }
    }

    private static let example = #"{"type":"character","characters":["a","b"]}"#
}

extension SavedTokenizer: Tokenizer {
    /// The tokenizer itself.
    private var tokenizer: any Tokenizer {
        switch self {
        case .character(let tokenizer): tokenizer
        case .byte(let tokenizer): tokenizer
        case .bytePair(let tokenizer): tokenizer
        }
    }

    /// The highest id and one.
    public var vocabularySize: Int { tokenizer.vocabularySize }

    /// The special tokens, in ascending order of their ids.
    public var specialTokens: [SpecialToken] { tokenizer.specialTokens }

    /// The id of a special token that is written like this; nil where there is none.
    public func id(ofSpecial text: String) -> Int32? { tokenizer.id(ofSpecial: text) }

    /// The ids that spell `text`.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at a character without an id.
    public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
        try tokenizer.encode(text)
    }

    /// The tokens of a text, or of a pair of texts, with their places.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at a character without an id.
    public func encoding(
        of text: String, pair: String?, options: EncodingOptions
    ) throws(TokenizerError) -> Encoding {
        try tokenizer.encoding(of: text, pair: pair, options: options)
    }

    /// How a token is written in the vocabulary; nil for an id that is not in use.
    public func token(of id: Int32) -> String? { tokenizer.token(of: id) }

    /// The text that `ids` spell; U+FFFD for what cannot be shown.
    public func decode(_ ids: [Int32], keepsSpecialTokens: Bool) -> String {
        tokenizer.decode(ids, keepsSpecialTokens: keepsSpecialTokens)
    }

    /// The UTF-8 bytes that one id stands for.
    public func bytes(of id: Int32) -> [UInt8] { tokenizer.bytes(of: id) }
}
