/// A text and what it is to be turned into: a sentence and its translation, a question and its answer.
public struct SentencePair: Hashable, Sendable {
    /// What is read.
    public let source: String

    /// What is to be written.
    public let target: String

    /// A pair of these texts.
    public init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}

/// Pairs of sentences to learn from: where they come from, and their three parts.
public struct ParallelCorpus: Hashable, Sendable {
    /// The name of a built-in task, or the path of a file or directory.
    public let name: String

    /// What the source is in, such as `de`.
    public let sourceName: String

    /// What the target is in, such as `en`.
    public let targetName: String

    /// The pairs to train on.
    public let training: [SentencePair]

    /// The pairs to validate on.
    public let validation: [SentencePair]

    /// The pairs to measure the finished model on; may be empty.
    public let test: [SentencePair]

    /// Whether each source has one right target, so that answers can be counted as right or wrong.
    public let isExact: Bool

    /// Where each pair of each part stands.
    let places: [HeldOut.Part: [PairPlace]]

    /// A corpus of these pairs.
    public init(
        name: String, sourceName: String, targetName: String, training: [SentencePair],
        validation: [SentencePair], test: [SentencePair] = [], isExact: Bool = false
    ) {
        self.init(
            name: name, sourceName: sourceName, targetName: targetName, training: training,
            validation: validation, test: test, isExact: isExact, places: [:])
    }

    init(
        name: String, sourceName: String, targetName: String, training: [SentencePair],
        validation: [SentencePair], test: [SentencePair], isExact: Bool,
        places: [HeldOut.Part: [PairPlace]]
    ) {
        (self.name, self.sourceName, self.targetName) = (name, sourceName, targetName)
        (self.training, self.validation, self.test) = (training, validation, test)
        self.isExact = isExact
        self.places = places
    }

    /// The texts of both sides of the training part, for learning a vocabulary.
    public var trainingTexts: some Sequence<String> {
        training.lazy.flatMap { [$0.source, $0.target] }
    }

    /// A tokenizer with one token for each character of this corpus, and the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where there is no character.
    public func characterTokenizer() throws(TokenizerError) -> CharacterTokenizer {
        try CharacterTokenizer(
            texts: [training, validation, test].joined().lazy.flatMap { [$0.source, $0.target] },
            specialTokens: SpecialTokens.texts)
    }

    /// A tokenizer with common pieces of both languages' training parts, and the special tokens.
    ///
    /// - Throws: ``TokenizerError/invalid(_:)`` where the size is out of range.
    public func bytePairTokenizer(vocabularySize: Int) throws(TokenizerError) -> PipelineTokenizer {
        try PipelineTokenizer.bytePairs(texts: trainingTexts, vocabularySize: vocabularySize)
    }
}

/// Where a pair stands, for messages.
struct PairPlace: Hashable, Sendable {
    /// The file of the source.
    let source: String
    /// The file of the target; the same where it has two columns.
    let target: String
    /// The line in both, from 1.
    let line: Int
}
