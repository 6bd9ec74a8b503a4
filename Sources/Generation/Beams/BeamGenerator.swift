public import AttendCheckpoints
public import AttendModels
public import AttendText

/// The texts after a prompt that a beam search finds.
///
/// ```swift
/// let generator = try BeamGenerator(loaded, prompt: "Once", beams: BeamSettings(4), maxTokens: 100)
/// let text = try generator.run()[0].text
/// ```
///
/// Nothing is random. The prompt is read as ``Generator`` reads it; any of the model's end tokens ends a text, and so does a
/// stop text, before which it is cut, and a grammar that leaves nothing to add. The search is that of Hugging Face transformers.
public struct BeamGenerator: Sendable {
    /// A text and how likely the model holds it.
    public struct Text: Hashable, Sendable {
        /// The text after the prompt.
        public let text: String
        /// How many tokens it has, with those of a stop text and without an end token.
        public let tokenCount: Int
        /// What it was compared by: the log-probability, with what steps of scoring made of it and less what a diversity penalty
        /// took, over the length penalty.
        public let score: Float
        /// The log-probability of its tokens together, in nats, the end token's included.
        public let logProbability: Float
        /// Why it ended.
        public let finishReason: FinishReason
    }

    /// Sentences for the user.
    public let notices: [String]
    /// How many tokens of the prompt the model reads.
    public let promptTokenCount: Int

    private let model: any CausalLanguageModel
    private let tokenizer: SavedTokenizer
    private let prompt: [Int32]
    private let beams: BeamSettings
    private let maxTokens: Int
    private let stopTexts: [String]
    private let vocabulary: BeamVocabulary

    /// A search that has not begun.
    ///
    /// - Parameters:
    ///   - maxTokens: the most tokens of a text, an end token included.
    ///   - stopTexts: texts that end a text.
    ///   - grammar: what the texts are held to; probabilities stay those of the model among all tokens.
    ///   - defaults: the tokens that begin and end a text.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)`` for settings, ``GenerationError/constraint(_:)`` for a
    ///   grammar that the tokenizer cannot spell, `TokenizerError` for a prompt with a character that it does not know.
    public init(
        model: any CausalLanguageModel, tokenizer: SavedTokenizer, prompt: String,
        beams: BeamSettings, maxTokens: Int, stopTexts: [String] = [],
        grammar: TextGrammar? = nil, defaults: GenerationDefaults = GenerationDefaults()
    ) throws {
        let (ends, size) = (Set(defaults.endTokens), model.configuration.vocabularySize)
        try beams.validate(vocabularySize: size)
        try GenerationError.check("number of tokens", maxTokens, GenerationSettings.tokenCounts)
        let unwritten = ends.union(defaults.forbiddenTokens)
        if !(0..<Int32(size)).contains(where: { !unwritten.contains($0) }) {
            throw GenerationError.outOfRange(
                name: "vocabulary", value: "\(size) tokens",
                accepted: "at least one token that neither ends a text nor is forbidden")
        }
        let encoded = try PromptTokens(
            try tokenizer.encoding(of: prompt).ids, tokenizer: tokenizer, defaults: defaults,
            context: model.configuration.contextLength, overflow: .slide)
        let stops = stopTexts.filter { !$0.isEmpty }
        let isStopped: @Sendable ([Int32]) -> Bool = { tokens in
            Self.text(of: tokens, isEnded: true, by: tokenizer, before: stops).isStopped
        }
        vocabulary = BeamVocabulary(
            ends: ends, forbidden: Set(defaults.forbiddenTokens),
            constraint: try grammar.map {
                try TokenConstraint($0, nil, tokenizer, endTokens: defaults.endTokens)
            },
            isEnd: stops.isEmpty ? nil : isStopped)
        self.model = model
        self.tokenizer = tokenizer
        self.prompt = encoded.ids
        self.beams = beams
        self.maxTokens = maxTokens
        self.stopTexts = stops
        notices = encoded.notices
        promptTokenCount = encoded.readCount
    }

    /// A search in a model from a file or directory.
    public init(
        _ loaded: LoadedModel, prompt: String, beams: BeamSettings, maxTokens: Int,
        stopTexts: [String] = [], grammar: TextGrammar? = nil
    ) throws {
        try self.init(
            model: loaded.causal(), tokenizer: loaded.tokenizer, prompt: prompt, beams: beams,
            maxTokens: maxTokens, stopTexts: stopTexts, grammar: grammar,
            defaults: loaded.generation)
    }

    /// The best texts, the best first: fewer where there are not that many.
    ///
    /// - Parameters:
    ///   - count: how many are wanted, at most one for each beam.
    ///   - progress: told how many tokens the texts have that may still go on, after each step.
    ///   - shouldStop: asked before each step.
    /// - Throws: ``GenerationError``; `CancellationError` where it was told to stop.
    public func run(
        best count: Int = 1, progress: ((_ tokens: Int) -> Void)? = nil,
        shouldStop: (() -> Bool)? = nil
    ) throws -> [Text] {
        try GenerationError.check("number of texts", count, 1...beams.count)
        let decoder = ContinuationDecoder(model, prompt: prompt, expectedCount: maxTokens)
        let last = prompt.last ?? 0
        var search = BeamSearch(
            decoder, beams, vocabulary,
            sources: [
                BeamSource(
                    place: 0, last: last, before: prompt.dropLast(), limit: maxTokens)
            ], wanted: count)
        var stepCount = 0
        while !search.isOver {
            if shouldStop?() ?? false { throw CancellationError() }
            try search.advance()
            stepCount += 1
            progress?(stepCount)
        }
        return try (search.results[0] ?? []).map { hypothesis in
            let (text, isStopped) = Self.text(
                of: hypothesis.tokens, isEnded: hypothesis.isEnded, by: tokenizer, before: stopTexts
            )
            let isOver = try hypothesis.isEnded || isStopped || isComplete(hypothesis.tokens)
            return Text(
                text: text, tokenCount: hypothesis.tokens.count, score: hypothesis.score,
                logProbability: hypothesis.logProbability,
                finishReason: isOver ? .stop : .length)
        }
    }

    /// Whether the grammar leaves nothing to add to these tokens, which it allows; never without one.
    private func isComplete(_ tokens: [Int32]) throws(GenerationError) -> Bool {
        guard var constraint = vocabulary.constraint else { return false }
        return try GenerationError.wrapping { () throws(ConstraintError) in
            for token in tokens { try constraint.advance(by: token) }
            return try constraint.isComplete()
        }
    }

    private static func text(
        of tokens: [Int32], isEnded: Bool, by tokenizer: SavedTokenizer, before stopTexts: [String]
    ) -> (text: String, isStopped: Bool) {
        var decoder = StreamingDecoder(tokenizer)
        var text = tokens.reduce(into: "") { $0 += decoder.append($1) }
        text += isEnded ? decoder.finish() : decoder.cutOff()
        var filter = StopFilter(stopTexts)
        text = filter.append(text)
        return (text + filter.finish(), filter.isStopped)
    }
}
