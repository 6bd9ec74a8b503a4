/// What kind of vocabulary to learn from texts, and with which settings.
public struct TokenizerTraining: Hashable, Sendable {
    /// The kinds of vocabulary.
    public enum Kind: String, CaseIterable, Sendable {
        /// Common strings of bytes, by joining pairs.
        case bytePair = "bpe"
        /// Beginnings of words and what continues them, as BERT has them.
        case wordPiece = "wordpiece"
        /// Pieces by how likely they are, as SentencePiece has them.
        case unigram
        /// The most frequent words.
        case word
        /// Every character that occurs.
        case character
    }

    /// The kind.
    public var kind: Kind

    /// The most tokens, special ones included; characters are as many as there are.
    public var vocabularySize = 8000

    /// How often something must occur at least to become a token; nil for what is usual: 2 for pairs, else 1.
    public var minimumCount: Int?

    /// The texts of the special tokens, which get the first ids.
    public var specialTokens: [String] = SpecialTokens.texts

    /// What divides text into words, for pairs.
    public var pattern = WordPattern.gpt2

    /// Whether letters become small and lose their accents, for word pieces.
    public var lowercases = false

    /// The usual settings of a kind.
    public init(_ kind: Kind) { self.kind = kind }

    /// How many tokens there are at least, whatever the texts are: special ones, and the bytes or one more.
    public var leastVocabularySize: Int {
        switch kind {
        case .bytePair: specialTokens.count + 256
        case .wordPiece, .unigram, .word:
            specialTokens.count + (specialTokens.contains(unknownToken) ? 1 : 2)
        case .character: 0
        }
    }

    /// The token that stands for what the vocabulary lacks.
    private var unknownToken: String { kind == .wordPiece ? "[UNK]" : "<unk>" }

    /// Checks the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where one is empty or occurs twice.
    public func checkSpecialTokens() throws(TokenizerError) {
        try validateSpecialTokens(specialTokens)
    }

    /// Learns a vocabulary.
    ///
    /// - Parameters:
    ///   - texts: what to learn from; no token crosses from one to the next.
    ///   - progress: is told now and then how many tokens there are of how many.
    /// - Throws: ``TokenizerError/invalid(_:)`` where the settings do not fit each other or the texts;
    ///   ``TokenizerError/cancelled``.
    public func tokenizer(
        of texts: [String], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(TokenizerError) -> SavedTokenizer {
        var pieces = PipelineTokenizer.PieceTraining(
            vocabularySize: vocabularySize, unknownToken: unknownToken)
        pieces.specialTokens = specialTokens
        pieces.minimumCount = minimumCount ?? 1
        func report(_ done: Int) { progress(min(done, vocabularySize), vocabularySize) }
        switch kind {
        case .bytePair:
            return .pipeline(
                try .bytePairs(
                    texts: texts, vocabularySize: vocabularySize, specialTokens: specialTokens,
                    minimumCount: minimumCount ?? 2, pattern: pattern, progress: report))
        case .wordPiece:
            return .pipeline(
                try .wordPieces(
                    texts: texts, pieces, lowercases: lowercases, progress: report))
        case .unigram: return .pipeline(try .unigram(texts: texts, pieces, progress: report))
        case .word: return .pipeline(try .words(texts: texts, pieces))
        case .character:
            return .character(try CharacterTokenizer(texts: texts, specialTokens: specialTokens))
        }
    }
}
