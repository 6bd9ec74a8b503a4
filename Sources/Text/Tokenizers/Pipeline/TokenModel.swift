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
        let named = try fields.text("type")
        let type = if let named { named } else { try Self.type(of: fields) }
        switch type {
        case "BPE": self = .bytePair(try BytePairModel(fields, reserved: reserved))
        case "WordLevel": self = .word(try WordModel(fields, reserved: reserved))
        case "WordPiece": self = .wordPiece(try WordPieceModel(fields, reserved: reserved))
        case "Unigram": self = .unigram(try UnigramModel(fields, reserved: reserved))
        default:
            throw fields.unknownType(type, known: ["BPE", "WordLevel", "WordPiece", "Unigram"])
        }
    }

    /// The type of a model that does not name it, as in files of the library's first years: it follows from the fields.
    private static func type(of fields: ComponentFields) throws(TokenizerError) -> String {
        if case .array? = fields.value("vocab") { return "Unigram" }
        if fields.value("merges") != nil { return "BPE" }
        let isWordPiece =
            fields.value("continuing_subword_prefix") != nil
            && fields.value("max_input_chars_per_word") != nil
        if isWordPiece { return "WordPiece" }
        if fields.value("unk_token") != nil { return "WordLevel" }
        throw .invalid(
            "The tokenizer's field “model” has no field “type”, and its others are those of no model that is "
                + "known; fetch the file again.")
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
