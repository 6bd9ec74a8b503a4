extension PipelineTokenizer {
    /// What a trainer of pieces is told beside the texts.
    package struct PieceTraining: Hashable, Sendable {
        /// The most tokens, special ones included.
        package var vocabularySize: Int

        /// The texts of the special tokens, which get the first ids.
        package var specialTokens: [String] = SpecialTokens.texts

        /// How the token for what is unknown is written; it is added where it is not among the special
        /// ones.
        package var unknownToken: String

        /// How often something must occur at least to become a token.
        package var minimumCount = 1

        /// Settings for so many tokens.
        package init(vocabularySize: Int, unknownToken: String = "<unk>") {
            self.vocabularySize = vocabularySize
            self.unknownToken = unknownToken
        }

        /// The special tokens with the unknown one, which comes first where it was missing.
        fileprivate func marks() throws(TokenizerError) -> [String] {
            try validateSpecialTokens(specialTokens)
            let isThere = specialTokens.contains { $0.utf8.elementsEqual(unknownToken.utf8) }
            let marks = isThere ? specialTokens : [unknownToken] + specialTokens
            try validateSpecialTokens(marks)
            guard (marks.count + 1...vocabularyLimit).contains(vocabularySize) else {
                throw .invalid(
                    "The vocabulary size is \(vocabularySize); expected a number from \(marks.count + 1) "
                        + "(one more than the special tokens) to \(vocabularyLimit).")
            }
            return marks
        }
    }

    /// Learns a unigram vocabulary from texts, in the way of SentencePiece.
    ///
    /// Spaces become `▁` before words, and a line feed is a word of its own. Nothing else changes, so that
    /// what is encoded comes back, but for spaces at its start. Special tokens have the first ids.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary cannot hold all characters, or is too
    ///   large; ``TokenizerError/cancelled``.
    package static func unigram(
        texts: some Sequence<String>, _ training: PieceTraining,
        progress: (Int) -> Void = { _ in }
    ) throws(TokenizerError) -> PipelineTokenizer {
        let marks = try training.marks()
        let metaspace = Metaspace(scheme: .first)
        let preTokenizer = PreTokenizer.sequence([
            .split(.literal("\n"), .isolated, isInverted: false), .metaspace(metaspace),
        ])
        let words = count(texts, nil, preTokenizer)
        var trainer = try UnigramTrainer(
            words, settings: .init(pieceCount: training.vocabularySize - marks.count))
        let pieces = try trainer.train(progress: progress).filter { piece in
            !marks.contains { $0.utf8.elementsEqual(piece.text) }
        }
        let vocabulary =
            marks.map { (text: $0, score: 0.0) }
            + pieces.map { (text: String(decoding: $0.text, as: UTF8.self), score: $0.score) }
        let model = try UnigramModel(
            pieces: vocabulary,
            unknownID: marks.firstIndex { $0.utf8.elementsEqual(training.unknownToken.utf8) },
            usesByteFallback: false, reserved: Set(0..<Int32(marks.count)))
        return try PipelineTokenizer(
            preTokenizer: preTokenizer, model: .unigram(model), decoder: .metaspace(metaspace),
            addedTokens: added(marks))
    }

    /// Learns a WordPiece vocabulary from texts, prepared and divided as BERT does.
    ///
    /// - Parameter lowercases: whether letters become small and lose their accents.
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary cannot hold all characters, or is too
    ///   large; ``TokenizerError/cancelled``.
    package static func wordPieces(
        texts: some Sequence<String>, _ training: PieceTraining, lowercases: Bool,
        progress: (Int) -> Void = { _ in }
    ) throws(TokenizerError) -> PipelineTokenizer {
        let marks = try training.marks()
        let normalizer = Normalizer.bert(BertNormalizer(lowercases: lowercases))
        let words = count(texts, normalizer, .bert)
        let pieces = try WordPieceTrainer.pieces(
            of: words, pieceCount: training.vocabularySize - marks.count,
            minimumCount: training.minimumCount, prefix: "##", reserved: marks,
            progress: { progress($0 + marks.count) })
        let texts = marks + pieces.map { String(decoding: $0, as: UTF8.self) }
        let vocabulary = try Vocabulary(
            texts.enumerated().map { ($1, $0) }, reserved: Set(0..<Int32(marks.count)))
        return try PipelineTokenizer(
            normalizer: normalizer, preTokenizer: .bert,
            model: .wordPiece(
                WordPieceModel(vocabulary: vocabulary, unknownToken: training.unknownToken)),
            decoder: .wordPiece(prefix: "##", cleansUp: true), addedTokens: added(marks))
    }

    /// Makes a vocabulary of the most frequent words of texts; words and marks are divided from one another.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the vocabulary is too large.
    package static func words(
        texts: some Sequence<String>, _ training: PieceTraining
    ) throws(TokenizerError) -> PipelineTokenizer {
        let marks = try training.marks()
        let counts = count(texts, nil, .whitespace).all.filter { word in
            word.count >= training.minimumCount
                && !marks.contains { $0.utf8.elementsEqual(word.word) }
        }
        // Of words that occur equally often, the first in the order of their bytes.
        let words = counts.sorted {
            $0.count != $1.count
                ? $0.count > $1.count : $0.word.lexicographicallyPrecedes($1.word)
        }.prefix(training.vocabularySize - marks.count)
        let texts = marks + words.map { String(decoding: $0.word, as: UTF8.self) }
        let vocabulary = try Vocabulary(
            texts.enumerated().map { ($1, $0) }, reserved: Set(0..<Int32(marks.count)))
        return try PipelineTokenizer(
            preTokenizer: .whitespace,
            model: .word(WordModel(vocabulary: vocabulary, unknownToken: training.unknownToken)),
            addedTokens: added(marks))
    }

    private static func added(_ marks: [String]) -> [AddedToken] {
        marks.enumerated().map { AddedToken(id: Int32($0), content: $1) }
    }

    private static func count(
        _ texts: some Sequence<String>, _ normalizer: Normalizer?, _ preTokenizer: PreTokenizer
    ) -> WordCounts {
        WordCounts.of(texts, mayCut: true) { bytes in
            var text = NormalizedText(bytes, keepsAlignment: preTokenizer.looksAtOrigin)
            // The only normalizer that comes here, BERT's, cannot go beyond the limit.
            try? normalizer?.normalize(&text)
            let pieces = preTokenizer.divide(&text, [0..<text.bytes.count], isRaw: false)
            return (text.bytes, pieces)
        }
    }
}
