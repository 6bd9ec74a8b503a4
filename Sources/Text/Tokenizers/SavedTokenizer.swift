public import Foundation

/// A tokenizer in the form that is stored beside a model, as `tokenizer.json`.
///
/// `{"type":"character","characters":["\n"," ","a"]}`, where the position of a character is its id, or
/// `{"type":"byte"}`, or the form of Hugging Face tokenizers. A field `specialTokens` stands in the first
/// where there are any; their ids come before those of the characters. What is read is checked: an unknown
/// type, component or field, and a vocabulary that contradicts itself, are errors that name the file's fault.
public enum SavedTokenizer: Hashable, Sendable {
    /// One token per Unicode scalar.
    case character(CharacterTokenizer)

    /// One token per byte of UTF-8.
    case byte(ByteTokenizer)

    /// What a Hugging Face `tokenizer.json` describes, among it our own byte pairs.
    case pipeline(PipelineTokenizer)

    /// Reads what ``json`` wrote, and any `tokenizer.json` whose components are known.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` with a sentence that says what is wrong.
    public init(json: some Sequence<UInt8>) throws(TokenizerError) {
        let value: JSONValue
        do {
            value = try JSONValue(Array(json))
        } catch {
            throw .invalid(
                "The tokenizer is not valid JSON (byte \(error.offset)): \(error.message).")
        }
        guard case .object(let object) = value else {
            throw .invalid(
                "The tokenizer is \(value.summary); expected an object such as \(Self.example).")
        }
        let fields = try ComponentFields(value, path: "")
        if object.members["model"] != nil {
            self = .pipeline(try PipelineTokenizer(fields))
            return
        }
        guard let type = try fields.text("type") else {
            throw .invalid(
                "The tokenizer has neither a field “model” nor a field “type”; expected an object such as "
                    + "\(Self.example).")
        }
        switch type {
        case "character": self = .character(try CharacterTokenizer(fields))
        case "byte": self = .byte(ByteTokenizer())
        default: throw fields.unknownType(type, known: ["character", "byte"])
        }
        try fields.finish()
    }

    /// The stored form; the same tokenizer always gives the same bytes.
    public var json: Data {
        switch self {
        case .character(let tokenizer): Data(tokenizer.json.line)
        case .byte: Data(JSONValue.fields(["type": .string("byte")]).line)
        case .pipeline(let tokenizer): Data(tokenizer.json.text)
        }
    }

    private static let example = #"{"type":"character","characters":["a","b"]}"#
}

extension CharacterTokenizer {
    /// Reads the stored form.
    fileprivate init(_ fields: ComponentFields) throws(TokenizerError) {
        let value = try fields.required("characters")
        guard case .array(let elements) = value else {
            throw fields.fault("characters", value, needed: "a list of characters")
        }
        var scalars: [Unicode.Scalar] = []
        for (id, element) in elements.enumerated() {
            guard case .string(let text) = element else {
                throw fields.fault("characters[\(id)]", element, needed: "a text")
            }
            guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
                throw .invalid(
                    "The tokenizer's character \(id) consists of \(text.unicodeScalars.count) Unicode "
                        + "scalars; each must be exactly one.")
            }
            scalars.append(scalar)
        }
        var special: [String] = []
        for (id, element) in (try fields.list("specialTokens") ?? []).enumerated() {
            guard case .string(let text) = element else {
                throw fields.fault("specialTokens[\(id)]", element, needed: "a text")
            }
            special.append(text)
        }
        try self.init(characters: scalars, specialTokens: special)
    }

    /// The stored form.
    fileprivate var json: JSONValue {
        let characters = JSONValue.array(characters.map { .string(String($0)) })
        guard !specialTexts.isEmpty else {
            return .fields(["characters": characters, "type": .string("character")])
        }
        return .fields([
            "characters": characters,
            "specialTokens": .array(specialTexts.map { .string($0) }),
            "type": .string("character"),
        ])
    }
}

extension SavedTokenizer: Tokenizer {
    /// The tokenizer itself.
    private var tokenizer: any Tokenizer {
        switch self {
        case .character(let tokenizer): tokenizer
        case .byte(let tokenizer): tokenizer
        case .pipeline(let tokenizer): tokenizer
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

    /// How a pipeline's decoder goes on from token to token.
    public var decodingStages: DecodingStages? { tokenizer.decodingStages }
}
