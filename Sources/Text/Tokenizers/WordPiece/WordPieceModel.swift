/// A vocabulary of beginnings of words and of what continues them: a word becomes the longest piece
/// that begins it, then the longest that continues it, and so on.
///
/// A word that cannot be divided so, or that is too long, becomes the unknown token as a whole.
///
/// - Complexity: O(n · m) for a word of n bytes and a longest piece of m.
/// - Source: Schuster and Nakajima 2012; Devlin et al. 2019.
package struct WordPieceModel: Hashable, Sendable {
    /// The pieces; those that continue a word are written with the prefix.
    package let vocabulary: Vocabulary

    /// How the token of words that cannot be divided is written; it need not be in the vocabulary.
    package let unknownToken: String

    /// How pieces that continue a word begin, such as `##`.
    package let prefix: String

    /// The most characters of a word that is divided.
    package let longestWord: Int

    private let tries: Tries

    private let unknownID: Int32?

    /// A model of these pieces.
    package init(
        vocabulary: Vocabulary, unknownToken: String = "[UNK]", prefix: String = "##",
        longestWord: Int = 100
    ) {
        self.vocabulary = vocabulary
        self.unknownToken = unknownToken
        self.prefix = prefix
        self.longestWord = longestWord
        tries = Tries(vocabulary, prefix: Array(prefix.utf8))
        unknownID = vocabulary.id(of: unknownToken)
    }

    /// Appends the tokens of a word.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` at a word that cannot be divided where no token stands
    ///   for these.
    package func encode(
        _ piece: ArraySlice<UInt8>, into tokens: inout [PieceToken]
    ) throws(TokenizerError) {
        let count = tokens.count
        if piece.count <= longestWord || Self.characters(of: piece) <= longestWord {
            var start = 0
            while start < piece.count,
                let found = (start == 0 ? tries.first : tries.rest).longest(at: start, of: piece)
            {
                tokens.append(PieceToken(id: found.piece, range: start..<start + found.length))
                start += found.length
            }
            if start == piece.count { return }
            tokens.removeLast(tokens.count - count)
        }
        guard let unknownID else {
            throw .invalid(
                "The word \(String(decoding: piece, as: UTF8.self).quoted) cannot be divided into pieces of "
                    + "the vocabulary, which has no token \(unknownToken.quoted) for such words; add one."
            )
        }
        tokens.append(PieceToken(id: unknownID, range: 0..<piece.count))
    }

    private static func characters(of piece: ArraySlice<UInt8>) -> Int {
        piece.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// The pieces that begin words, and those that continue them without their prefix.
    private struct Tries: Hashable, Sendable {
        let first: PieceTrie
        let rest: PieceTrie

        init(_ vocabulary: Vocabulary, prefix: [UInt8]) {
            let tokens = (0..<vocabulary.size).map { place -> ArraySlice<UInt8> in
                let id = Int32(place)
                return vocabulary.isReserved(id) ? [] : vocabulary.bytes(of: id) ?? []
            }
            first = PieceTrie(tokens)
            rest = PieceTrie(
                tokens.map { $0.starts(with: prefix) ? $0.dropFirst(prefix.count) : [] })
        }

        // What the tries hold follows from the vocabulary.
        static func == (left: Self, right: Self) -> Bool { true }
        func hash(into hasher: inout Hasher) {}
    }
}

extension WordPieceModel {
    /// Reads the `WordPiece` model of a `tokenizer.json`.
    package init(_ fields: ComponentFields, reserved: Set<Int32>) throws(TokenizerError) {
        _ = try fields.text("type")
        self.init(
            vocabulary: try fields.vocabulary(reserved: reserved),
            unknownToken: try fields.text("unk_token") ?? "[UNK]",
            prefix: try fields.text("continuing_subword_prefix") ?? "##",
            longestWord: fields.value("max_input_chars_per_word") == nil
                ? 100 : try fields.count("max_input_chars_per_word"))
        try fields.finish()
    }

    /// The model as it stands in `tokenizer.json`.
    package var json: JSONValue {
        .fields([
            "type": .string("WordPiece"), "unk_token": .string(unknownToken),
            "continuing_subword_prefix": .string(prefix),
            "max_input_chars_per_word": .number("\(longestWord)"), "vocab": vocabulary.json,
        ])
    }
}
