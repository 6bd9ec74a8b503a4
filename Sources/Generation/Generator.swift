public import AttendCheckpoints
public import AttendModels
public import AttendText

/// What a generation is to be like.
public struct GenerationSettings: Hashable, Sendable {
    /// The most tokens that are generated.
    public var maxTokens: Int
    /// How tokens are chosen.
    public var sampling: Sampling
    /// Texts that end the generation; neither they nor anything after them is shown.
    public var stopTexts: [String]
    /// What all random choices come from.
    public var seed: UInt64
    /// Whether the log-probabilities of the tokens are added up, which costs a pass over all logits for each token.
    public var isScored = false
    /// What the text is held to; nil for any text.
    public var grammar: TextGrammar?
    /// What happens once the model's context is full.
    public var whenFull: ContextOverflow

    /// The numbers of tokens that are accepted.
    public static let tokenCounts = 1...10_000_000

    /// Settings; those left out choose among all tokens by their probabilities.
    public init(
        maxTokens: Int = 500, sampling: Sampling = [],
        stopTexts: [String] = [], seed: UInt64 = 0, grammar: TextGrammar? = nil,
        whenFull: ContextOverflow = .slide
    ) {
        self.maxTokens = maxTokens
        self.sampling = sampling
        self.stopTexts = stopTexts
        self.seed = seed
        self.grammar = grammar
        self.whenFull = whenFull
    }
}

/// Why a generation ended.
public enum FinishReason: String, Codable, Hashable, Sendable {
    /// A stop text or an end token occurred, or the grammar leaves nothing to add.
    case stop
    /// As many tokens as permitted were generated, or the model's context is full and may not slide.
    case length
}

/// Text that a model writes after a prompt, piece by piece.
///
/// ```swift
/// var generator = try Generator(model: model, tokenizer: tokenizer, prompt: "Once", settings: settings)
/// while let piece = try generator.next() { print(piece, terminator: "") }
/// ```
///
/// The pieces joined are the text, whatever the pieces are: characters that several tokens spell come whole, and text
/// that may turn out to belong to a stop text is held back until it does not.
///
/// A prompt is read with the marks that the tokenizer's template puts around a text. One that is longer than the context
/// is cut with a notice, or refused where nothing may be forgotten. An empty one begins after the model's start token; where it has none, after
/// a line end, if the tokenizer has one, or else after the token 0. What happens when the text outgrows the context,
/// ``ContextOverflow`` tells. Any of the model's end tokens is the end of the text.
public struct Generator: Sendable {
    /// Sentences for the user.
    public let notices: [String]
    /// How many tokens of the prompt the model reads.
    public let promptTokenCount: Int
    /// How many tokens have been generated, with those of a stop text.
    public var tokenCount: Int { text.tokenCount }
    /// Why the generation ended; nil before it has.
    public var finishReason: FinishReason? { text.finishReason }
    /// The log-probability of all generated tokens together, in nats, as the model itself sees it, before any step of
    /// sampling; nil where it was not asked for.
    public private(set) var logProbability: Double?

    /// What its random choices come from.
    public let seed: UInt64
    private let sampling: Sampling
    private let isSpeculative: Bool
    private var tokens: any TokenSource
    private var text: TextAssembly

    /// A generation that has not begun.
    ///
    /// - Parameters:
    ///   - defaults: the tokens that begin and end a text.
    ///   - spellings: those of the tokenizer, where they were made before; without a grammar they are not needed.
    ///   - speculation: proposals that make the same text come faster.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)`` for settings, ``GenerationError/constraint(_:)`` for a
    ///   grammar that the tokenizer cannot spell, ``GenerationError/draft(_:)`` for a draft with another vocabulary,
    ///   ``GenerationError/promptTooLong(count:limit:)`` where nothing may be forgotten, `TokenizerError` for a prompt with a
    ///   character that it does not know.
    public init(
        model: any CausalLanguageModel, tokenizer: SavedTokenizer, prompt: String,
        settings: GenerationSettings, defaults: GenerationDefaults = GenerationDefaults(),
        spellings: TokenSpellings? = nil, speculation: Speculation? = nil
    ) throws {
        try GenerationError.check(
            "number of tokens", settings.maxTokens, GenerationSettings.tokenCounts)
        try settings.sampling.validate(vocabularySize: model.configuration.vocabularySize)
        try settings.whenFull.validate()
        try speculation?.validate(vocabularySize: model.configuration.vocabularySize)
        let read = try PromptTokens(
            try tokenizer.encoding(of: prompt).ids, tokenizer: tokenizer, defaults: defaults,
            context: model.configuration.contextLength, overflow: settings.whenFull)
        seed = settings.seed
        sampling = settings.sampling
        tokens = TokenStream(
            model, prompt: read.ids,
            sampler: try Sampler(settings.sampling, seed: settings.seed),
            expectedCount: settings.maxTokens,
            constraint: try settings.grammar.map {
                try TokenConstraint(
                    $0, spellings, tokenizer, endTokens: defaults.endTokens)
            }, forbidden: defaults.unwrittenTokens, whenFull: settings.whenFull,
            speculation: speculation)
        isSpeculative = speculation != nil
        logProbability = settings.isScored ? 0 : nil
        promptTokenCount = read.readCount
        notices = read.notices
        text = TextAssembly(settings, tokenizer: tokenizer, endTokens: defaults.endTokens)
        if try tokens.isComplete() { _ = text.end(.stop) }
    }

    /// A generation by contrastive search that has not begun.
    ///
    /// - Parameters:
    ///   - maxTokens: the most tokens that are generated.
    ///   - stopTexts: texts that end the generation.
    ///   - contrastive: how tokens are compared.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)`` for settings, `TokenizerError` for a prompt with a character
    ///   that the tokenizer does not know.
    public init(
        model: any CausalLanguageModel, tokenizer: SavedTokenizer, prompt: String, maxTokens: Int,
        stopTexts: [String] = [], contrastive: ContrastiveSearch.Settings,
        defaults: GenerationDefaults = GenerationDefaults()
    ) throws {
        let settings = GenerationSettings(maxTokens: maxTokens, stopTexts: stopTexts)
        try GenerationError.check("number of tokens", maxTokens, GenerationSettings.tokenCounts)
        let read = try PromptTokens(
            try tokenizer.encoding(of: prompt).ids, tokenizer: tokenizer, defaults: defaults,
            context: model.configuration.contextLength, overflow: .slide)
        tokens = try ContrastiveSearch(
            model, prompt: read.ids, settings: contrastive, forbidden: defaults.unwrittenTokens)
        seed = settings.seed
        sampling = settings.sampling
        isSpeculative = false
        logProbability = nil
        promptTokenCount = read.readCount
        notices = read.notices
        text = TextAssembly(settings, tokenizer: tokenizer, endTokens: defaults.endTokens)
    }

    /// A generation by contrastive search, by a model from a file or directory.
    public init(
        _ loaded: LoadedModel, prompt: String, maxTokens: Int, stopTexts: [String] = [],
        contrastive: ContrastiveSearch.Settings
    ) throws {
        try self.init(
            model: loaded.causal(), tokenizer: loaded.tokenizer, prompt: prompt,
            maxTokens: maxTokens, stopTexts: stopTexts, contrastive: contrastive,
            defaults: loaded.generation)
    }

    /// A generation by a model from a file or directory.
    public init(
        _ loaded: LoadedModel, prompt: String, settings: GenerationSettings,
        speculation: Speculation? = nil
    ) throws {
        try self.init(
            model: loaded.causal(), tokenizer: loaded.tokenizer, prompt: prompt,
            settings: settings, defaults: loaded.generation, speculation: speculation)
    }

    /// The text that the next token makes certain, which may be empty; nil at the end.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``, and ``GenerationError/constraint(_:)`` where the grammar leaves no
    ///   token.
    public mutating func next() throws(GenerationError) -> String? {
        if finishReason != nil { return nil }
        let piece = text.append(try nextToken())
        if finishReason != nil { return piece }
        let isComplete = try tokens.isComplete()
        return piece + text.conclude(isComplete: isComplete, isFull: tokens.isFull)
    }

    /// Reads the prompt, so that copies need not do so, and adds log-probabilities up from now on.
    mutating func prepare() {
        tokens.readAhead()
        logProbability = logProbability ?? 0
    }

    /// A generation from here on with random choices of its own.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    func copy(seed: UInt64) throws(GenerationError) -> Generator {
        var copy = self
        copy.tokens.draw(by: try Sampler(sampling, seed: seed))
        return copy
    }

    private mutating func nextToken() throws(GenerationError) -> Int32 {
        guard let sum = logProbability else { return try tokens.next() }
        let (token, logProbability) = try tokens.nextScored()
        self.logProbability = sum + logProbability
        return token
    }

    /// What came of the draft's proposals; nil where there was no draft.
    public var proposals: ProposalCounts? { isSpeculative ? tokens.proposals : nil }
}

/// A generated text as a whole.
public struct GeneratedText: Hashable, Sendable {
    /// The text after the prompt.
    public let text: String
    /// How many tokens were generated.
    public let tokenCount: Int
    /// How many tokens of the prompt the model read.
    public let promptTokenCount: Int
    /// Why it ended; nil where ``Generator/run(_:)`` was told to stop.
    public let finishReason: FinishReason?
    /// How fast it was, reading the prompt included.
    public let tokensPerSecond: Double
    /// The log-probability of all generated tokens together, in nats; nil where ``GenerationSettings/isScored`` is false.
    public let logProbability: Double?
    /// What came of the draft's proposals; nil where there was no draft.
    public let proposals: ProposalCounts?
}

extension Generator {
    /// Generates to the end.
    ///
    /// - Parameter receive: called with each piece of text as soon as it is certain; false stops the generation.
    public mutating func run(
        _ receive: (_ piece: String) throws -> Bool = { _ in true }
    ) throws -> GeneratedText {
        let clock = ContinuousClock()
        let begin = clock.now
        let before = tokenCount
        var text = ""
        while let piece = try next() {
            text += piece
            if try !receive(piece) { break }
        }
        let seconds = (clock.now - begin) / .seconds(1)
        return GeneratedText(
            text: text, tokenCount: tokenCount, promptTokenCount: promptTokenCount,
            finishReason: finishReason,
            tokensPerSecond: Double(tokenCount - before) / max(seconds, 1e-9),
            logProbability: logProbability, proposals: proposals)
    }
}
