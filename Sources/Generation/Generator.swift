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

    /// The numbers of tokens that are accepted.
    public static let tokenCounts = 1...10_000_000

    /// Settings; those left out choose among all tokens by their probabilities.
    public init(
        maxTokens: Int = 500, sampling: Sampling = [],
        stopTexts: [String] = [], seed: UInt64 = 0, grammar: TextGrammar? = nil
    ) {
        self.maxTokens = maxTokens
        self.sampling = sampling
        self.stopTexts = stopTexts
        self.seed = seed
        self.grammar = grammar
    }
}

/// Why a generation ended.
public enum FinishReason: String, Codable, Hashable, Sendable {
    /// A stop text or an end token occurred, or the grammar leaves nothing to add.
    case stop
    /// As many tokens as permitted were generated.
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
/// is cut to its last tokens, with a notice. An empty one begins after the model's start token; where it has none, after
/// a line end, if the tokenizer has one, or else after the token 0. What happens when the text outgrows the context,
/// ``TokenStream`` tells. Any of the model's end tokens is the end of the text.
public struct Generator: Sendable {
    /// Sentences for the user.
    public let notices: [String]
    /// How many tokens of the prompt the model reads.
    public let promptTokenCount: Int
    /// How many tokens have been generated, with those of a stop text.
    public private(set) var tokenCount = 0
    /// Why the generation ended; nil before it has.
    public private(set) var finishReason: FinishReason?
    /// The log-probability of all generated tokens together, in nats, as the model itself sees it, before any step of
    /// sampling; nil where it was not asked for.
    public private(set) var logProbability: Double?

    /// What its random choices come from.
    let seed: UInt64
    private let sampling: Sampling
    private let maxTokens: Int
    private let endTokens: Set<Int32>
    private var tokens: TokenStream
    private var decoder: StreamingDecoder<SavedTokenizer>
    private var filter: StopFilter

    /// A generation that has not begun.
    ///
    /// - Parameters:
    ///   - defaults: the tokens that begin and end a text.
    ///   - spellings: those of the tokenizer, where they were made before; without a grammar they are not needed.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)`` for settings, ``GenerationError/constraint(_:)`` for a
    ///   grammar that the tokenizer cannot spell, `TokenizerError` for a prompt with a character that it does not know.
    public init(
        model: any CausalLanguageModel, tokenizer: SavedTokenizer, prompt: String,
        settings: GenerationSettings, defaults: GenerationDefaults = GenerationDefaults(),
        spellings: TokenSpellings? = nil
    ) throws {
        try GenerationError.check(
            "number of tokens", settings.maxTokens, GenerationSettings.tokenCounts)
        try settings.sampling.validate(vocabularySize: model.configuration.vocabularySize)
        let prompt = try EncodedPrompt(
            prompt, tokenizer: tokenizer, defaults: defaults,
            context: model.configuration.contextLength)
        seed = settings.seed
        sampling = settings.sampling
        tokens = TokenStream(
            model, prompt: prompt.ids,
            sampler: try Sampler(settings.sampling, seed: settings.seed),
            expectedCount: settings.maxTokens,
            constraint: try settings.grammar.map {
                try Self.constraint($0, spellings, tokenizer, endTokens: defaults.endTokens)
            })
        maxTokens = settings.maxTokens
        logProbability = settings.isScored ? 0 : nil
        endTokens = Set(defaults.endTokens)
        promptTokenCount = prompt.readCount
        decoder = StreamingDecoder(tokenizer)
        filter = StopFilter(settings.stopTexts)
        notices = prompt.notices
        if try tokens.isComplete() { finishReason = .stop }
    }

    /// A generation by a model from a file or directory.
    public init(_ loaded: LoadedModel, prompt: String, settings: GenerationSettings) throws {
        try self.init(
            model: loaded.causal(), tokenizer: loaded.tokenizer, prompt: prompt,
            settings: settings, defaults: loaded.generation)
    }

    private static func constraint(
        _ grammar: TextGrammar, _ spellings: TokenSpellings?, _ tokenizer: SavedTokenizer,
        endTokens: [Int32]
    ) throws(GenerationError) -> TokenConstraint {
        try GenerationError.wrapping { () throws(ConstraintError) in
            if let spellings {
                return try TokenConstraint(grammar, spellings: spellings, endTokens: endTokens)
            }
            return try TokenConstraint(
                grammar, spellings: TokenSpellings(tokenizer), endTokens: endTokens)
        }
    }

    /// The text that the next token makes certain, which may be empty; nil at the end.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``, and ``GenerationError/constraint(_:)`` where the grammar leaves no
    ///   token.
    public mutating func next() throws(GenerationError) -> String? {
        if finishReason != nil { return nil }
        let token = try nextToken()
        tokenCount += 1
        if endTokens.contains(token) {
            finishReason = .stop
            return rest()
        }
        var text = filter.append(decoder.append(token))
        if filter.isStopped {
            finishReason = .stop
        } else if try tokens.isComplete() {
            finishReason = .stop
            text += rest()
        } else if tokenCount == maxTokens {
            text += rest()
            finishReason = filter.isStopped ? .stop : .length
        }
        return text
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

    /// What was held back because more might have followed.
    private mutating func rest() -> String {
        filter.append(decoder.finish()) + filter.finish()
    }
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
            logProbability: logProbability)
    }
}
