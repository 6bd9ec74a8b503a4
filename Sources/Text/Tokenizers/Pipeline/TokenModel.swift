/// What finds tokens in a piece of text: the `model` of a `tokenizer.json`.
///
/// Each case's type has the same few members: `init(_ fields: ComponentFields, reserved: Set<Int32>)`
/// (which reads `type` and calls `finish()`), `json`, `vocabulary` and
/// `encode(_ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken])`, where ranges count from the
/// piece's first byte. Tokens in `reserved` (those of special tokens) may be given for what is unknown,
/// but never because a text spells them: look tokens up by `vocabulary.id(spelling:)`.
package enum TokenModel: Hashable, Sendable {
    /// A token for each known word.
    case word(WordModel)

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        let type = try fields.text("type")
        switch type {
        case "WordLevel": self = .word(try WordModel(fields, reserved: reserved))
        default: throw fields.unknownType(type ?? "", known: ["WordLevel"])
        }
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .word(let model): model.json
        }
    }

    /// The tokens.
    package var vocabulary: Vocabulary {
        switch self {
        case .word(let model): model.vocabulary
        }
    }

    /// Appends the tokens of a piece.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary lacks something and the model has
    ///   no token for what is unknown.
    package func encode(
        _ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        switch self {
        case .word(let model): try model.encode(piece, into: &tokens)
        }
    }
}
