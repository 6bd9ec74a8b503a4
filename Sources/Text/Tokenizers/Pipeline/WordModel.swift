/// A vocabulary of whole words: each piece is one token, known or unknown.
package struct WordModel: Hashable, Sendable {
    /// The words.
    package let vocabulary: Vocabulary

    /// How the token for all other words is written; it need not be in the vocabulary.
    package let unknownToken: String

    private let unknownID: Int32?

    /// A model of these words.
    package init(vocabulary: Vocabulary, unknownToken: String) {
        self.vocabulary = vocabulary
        self.unknownToken = unknownToken
        unknownID = vocabulary.id(of: unknownToken)
    }

    /// Reads the `WordLevel` model of a `tokenizer.json`.
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        _ = try fields.text("type")
        let vocabulary = try fields.vocabulary(reserved: reserved)
        self.init(
            vocabulary: vocabulary, unknownToken: try fields.text("unk_token") ?? "<unk>")
        try fields.finish()
    }

    /// The model as it stands in `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "type": .string("WordLevel"), "vocab": vocabulary.json,
            "unk_token": .string(unknownToken),
        ])
    }

    /// Appends the token of a word.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` at an unknown word where no token stands for these.
    package func encode(
        _ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        guard let id = vocabulary.id(spelling: piece) ?? unknownID else {
            throw .invalid(
                "The word \(String(decoding: piece, as: UTF8.self).quoted) is not in the vocabulary, "
                    + "which has no token \(unknownToken.quoted) for unknown words; add one.")
        }
        tokens.append(PieceToken(id: id, range: 0..<piece.count))
    }
}

extension ComponentFields {
    /// Reads the field `vocab`: an object of tokens with their numbers.
    package func vocabulary(reserved: Set<Int32>) throws(TokenizerError) -> Vocabulary {
        let value = try required("vocab")
        guard case .object(let object) = value else {
            throw fault("vocab", value, needed: "an object of tokens with their ids")
        }
        var tokens: [(text: String, id: Int)] = []
        tokens.reserveCapacity(object.names.count)
        for (name, value) in zip(object.members.names, object.members.values) {
            guard case .number(let digits) = value, let id = Int(digits) else {
                throw .invalid(
                    "The tokenizer's token \(name.quoted) has the id \(value.summary); expected a whole "
                        + "number.")
            }
            tokens.append((name, id))
        }
        return try Vocabulary(tokens, reserved: reserved)
    }
}
