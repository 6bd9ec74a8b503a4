public import Foundation

/// A tokenizer in the form that is stored beside a model, as `tokenizer.json`.
///
/// `{"type":"character","characters":["\n"," ","a"]}`, where the position of a character is its id, or
/// `{"type":"byte"}`. What is read is checked: an unknown type or field, and an empty, repeated or
/// many-scalar character, are errors that name the file's fault.
public enum SavedTokenizer: Hashable, Sendable {
    /// One token per Unicode scalar.
    case character(CharacterTokenizer)

    /// One token per byte of UTF-8.
    case byte(ByteTokenizer)

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
    /// How many different ids there are.
    public var vocabularySize: Int {
        switch self {
        case .character(let tokenizer): tokenizer.vocabularySize
        case .byte(let tokenizer): tokenizer.vocabularySize
        }
    }

    /// The ids that spell `text`.
    ///
    /// - Throws: ``TokenizerError/unknownCharacter(_:line:vocabularySize:)`` at a character without an id.
    public func encode(_ text: String) throws(TokenizerError) -> [Int32] {
        switch self {
        case .character(let tokenizer): try tokenizer.encode(text)
        case .byte(let tokenizer): tokenizer.encode(text)
        }
    }

    /// The text that `ids` spell; U+FFFD for what cannot be shown.
    public func decode(_ ids: [Int32]) -> String {
        switch self {
        case .character(let tokenizer): tokenizer.decode(ids)
        case .byte(let tokenizer): tokenizer.decode(ids)
        }
    }

    /// The UTF-8 bytes that one id stands for.
    public func bytes(of id: Int32) -> [UInt8] {
        switch self {
        case .character(let tokenizer): tokenizer.bytes(of: id)
        case .byte(let tokenizer): tokenizer.bytes(of: id)
        }
    }
}

extension SavedTokenizer: Codable {
    private struct Field: CodingKey {
        static let type = Field("type")
        static let characters = Field("characters")

        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// Reads the stored form, and checks it.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` for a wrong value, the decoder's own error for a wrong type.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Field.self)
        let type = try container.decode(String.self, forKey: .type)
        var allowed = ["type"]
        switch type {
        case "character":
            allowed.append("characters")
            let strings = try container.decode([String].self, forKey: .characters)
            self = .character(try CharacterTokenizer(characters: Self.scalars(strings)))
        case "byte":
            self = .byte(ByteTokenizer())
        default:
            throw TokenizerError.invalid(
                "The tokenizer's \"type\" is \"\(type)\"; expected \"character\" or \"byte\".")
        }
        if let extra = container.allKeys.map(\.stringValue).sorted().first(where: {
            !allowed.contains($0)
        }) {
            throw TokenizerError.invalid(
                "The tokenizer of type \"\(type)\" has an unknown field \"\(extra)\"; expected only "
                    + allowed.map { "\"\($0)\"" }.joined(separator: " and ") + ".")
        }
    }

    /// Writes the stored form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Field.self)
        switch self {
        case .character(let tokenizer):
            try container.encode("character", forKey: .type)
            try container.encode(tokenizer.characters.map { String($0) }, forKey: .characters)
        case .byte:
            try container.encode("byte", forKey: .type)
        }
    }

    /// Each string's only scalar.
    private static func scalars(_ strings: [String]) throws(TokenizerError) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for (id, string) in strings.enumerated() {
            guard let scalar = string.unicodeScalars.first, string.unicodeScalars.count == 1 else {
                throw .invalid(
                    "The tokenizer's character \(id) consists of \(string.unicodeScalars.count) Unicode "
                        + "scalars; each must be exactly one.")
            }
            scalars.append(scalar)
        }
        return scalars
    }
}
