/// What finds tokens in a piece of text: the `model` of a `tokenizer.json`.
///
/// Each case's type has the same few members: `init(_ fields: ComponentFields, reserved: Set<Int32>)`
/// (which reads `type` and calls `finish()`), `json`, `vocabulary` and
/// `encode(_ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken])`, where ranges count from the
/// piece's first byte. Tokens in `reserved` (those of special tokens) may be given for what is unknown,
/// but never because a text spells them: look tokens up by `vocabulary.id(spelling:)`.
package enum TokenModel: Hashable, Sendable {
    /// Neighbours are joined in the order of merges.
    case bytePair(BytePairModel)
    /// A token for each known word.
    case word(WordModel)
    /// Beginnings of words and what continues them.
    case wordPiece(WordPieceModel)
    /// The pieces whose scores add up to most.
    case unigram(UnigramModel)

    /// Reads the component's object.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the type is not known, or a field is wrong.
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        let type = try fields.text("type")
        switch type {
        case "BPE": self = .bytePair(try BytePairModel(fields, reserved: reserved))
        case "WordLevel": self = .word(try WordModel(fields, reserved: reserved))
        case "WordPiece": self = .wordPiece(try WordPieceModel(fields, reserved: reserved))
        case "Unigram": self = .unigram(try UnigramModel(fields, reserved: reserved))
        default:
            throw fields.unknownType(
                type ?? "", known: ["BPE", "WordLevel", "WordPiece", "Unigram"])
        }
    }

    /// The component as it stands in `tokenizer.json`.
    package var json: JSONValue {
        switch self {
        case .bytePair(let model): model.json
        case .word(let model): model.json
        case .wordPiece(let model): model.json
        case .unigram(let model): model.json
        }
    }

    /// The tokens.
    package var vocabulary: Vocabulary {
        switch self {
        case .bytePair(let model): model.vocabulary
        case .word(let model): model.vocabulary
        case .wordPiece(let model): model.vocabulary
        case .unigram(let model): model.vocabulary
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
        case .bytePair(let model): try model.encode(piece, into: &tokens)
        case .word(let model): try model.encode(piece, into: &tokens)
        case .wordPiece(let model): try model.encode(piece, into: &tokens)
        case .unigram(let model): try model.encode(piece, into: &tokens)
        }
    }

    /// The same model for pieces that are bytes rather than the characters that stand for them; nil
    /// where it cannot be.
    func readingBytes() -> TokenModel? {
        if case .bytePair(let model) = self {
            model.readingBytes().map(TokenModel.bytePair)
        } else {
            nil
        }
    }
}
