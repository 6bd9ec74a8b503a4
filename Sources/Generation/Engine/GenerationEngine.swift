public import AttendCheckpoints
internal import AttendLayers
public import AttendModels
public import AttendText

/// Writes many texts at once with one model, a token of each in every pass.
///
/// ```swift
/// var engine = try GenerationEngine(loaded)
/// let id = try engine.submit(GenerationRequest(.text("Once"), settings: settings))
/// while !engine.isIdle {
///     for event in engine.step() { … }
/// }
/// ```
///
/// A pass reads the weights once for all texts, which is most of what a token costs. It takes the next token of each
/// text that is being written, and a limited number of tokens of the prompts that are being read, the oldest request's
/// first, so that a long prompt holds nobody up. Keys and values lie in pages of one pool; a request that begins as another
/// did shares its pages. Where no page is left, the request that was taken on last gives up its own and is read anew
/// later, while the first always goes on, so that all come to their end.
///
/// A request gives the same tokens as ``Generator`` gives, whatever else is under way, up to the rounding of logits: a
/// prompt that is read in parts may add up numbers in another order.
///
/// - Source: Yu et al. 2022 (Orca), §3.1, for passes over requests that come and go; Kwon et al. 2023 (PagedAttention), §4.
public struct GenerationEngine: Sendable {
    /// How much it takes on.
    public let limits: EngineLimits

    let model: any CausalLanguageModel
    let tokenizer: SavedTokenizer
    let defaults: GenerationDefaults
    var caches: [KeyValueCache]
    var pool: PagePool
    /// Those that are taken part of passes, the oldest first.
    var running: [EngineSequence] = []
    /// Those that wait for their turn, the oldest first.
    var waiting: [EngineSequence] = []
    /// What is known before the next pass.
    var events: [GenerationEvent] = []
    private var spellings: TokenSpellings?
    private var lastNumber: UInt64 = 0

    /// An engine without requests.
    ///
    /// - Parameter defaults: the tokens that begin and end a text.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)`` for limits.
    public init(
        model: any CausalLanguageModel, tokenizer: SavedTokenizer,
        defaults: GenerationDefaults = GenerationDefaults(), limits: EngineLimits = EngineLimits()
    ) throws(GenerationError) {
        try limits.validate()
        self.model = model
        self.tokenizer = tokenizer
        self.defaults = defaults
        self.limits = limits
        let context = model.configuration.contextLength
        let pageTokens = min(limits.pageTokenCount, context)
        let tokenBytes = model.makeCaches(batch: 1, capacity: 1).reduce(0) {
            $0 + $1.tokenBytes
        }
        let affordable = (512 << 20) / max(tokenBytes, 1)
        let wanted = limits.cacheTokenCount ?? min(limits.concurrentCount * context, affordable)
        let pageCount = (max(wanted, context) + pageTokens - 1) / pageTokens
        pool = PagePool(pageCount: pageCount, pageTokens: pageTokens)
        caches = model.makeCaches(batch: pageCount, capacity: pageTokens)
    }

    /// An engine for a model from a file or directory.
    ///
    /// - Throws: `FamilyError` for a model that continues no texts, `CheckpointError` where it has no tokenizer.
    public init(_ loaded: LoadedModel, limits: EngineLimits = EngineLimits()) throws {
        try self.init(
            model: loaded.causal(), tokenizer: loaded.tokenizer, defaults: loaded.generation,
            limits: limits)
    }

    /// Whether there is nothing to do and nothing to tell.
    public var isIdle: Bool { running.isEmpty && waiting.isEmpty && events.isEmpty }

    /// How many texts are being written or their prompts read.
    public var runningCount: Int { running.count }

    /// How many requests wait for their turn.
    public var waitingCount: Int { waiting.count }

    /// How many pages of the caches no request uses; of ``pageCount`` all where nothing is under way.
    public var unusedPageCount: Int { pool.availableCount }

    /// How many pages the caches have.
    public var pageCount: Int { pool.pageCount }

    /// Takes on a request, whose events the next calls of ``step()`` tell.
    ///
    /// - Throws: ``RequestRefusal``.
    public mutating func submit(
        _ request: GenerationRequest
    ) throws(RequestRefusal) -> GenerationRequest.ID {
        if waiting.count >= max(limits.waitingCount, limits.concurrentCount - running.count) {
            throw .tooManyWaiting(limit: waiting.count)
        }
        try checkStopTexts(request.settings.stopTexts)
        let ids = try ids(of: request.prompt)
        lastNumber += 1
        let id = GenerationRequest.ID(number: lastNumber)
        var sequence: EngineSequence
        do throws(GenerationError) {
            sequence = try makeSequence(id, ids, request.settings)
            if try sequence.chooser.isComplete() { _ = sequence.text.end(.stop) }
        } catch {
            throw .settings(error)
        }
        let size = model.configuration.vocabularySize
        if let place = sequence.tokens.firstIndex(where: { $0 < 0 || Int($0) >= size }) {
            throw .unknownToken(
                id: sequence.tokens[place], place: place, vocabularySize: size)
        }
        if sequence.text.finishReason == nil {
            waiting.append(sequence)
        } else {
            events.append(finished(sequence))
        }
        return id
    }

    /// Gives up a request, of which no event follows; false where none of this number is under way.
    @discardableResult
    public mutating func cancel(_ id: GenerationRequest.ID) -> Bool {
        let told = events.count
        events.removeAll { $0.request == id }
        if let place = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: place)
            return true
        }
        guard let place = running.firstIndex(where: { $0.id == id }) else {
            return events.count < told
        }
        running[place].leave(&pool)
        running.remove(at: place)
        return true
    }

    private mutating func makeSequence(
        _ id: GenerationRequest.ID, _ ids: [Int32], _ settings: GenerationSettings
    ) throws(GenerationError) -> EngineSequence {
        try GenerationError.check(
            "number of tokens", settings.maxTokens, 1...limits.tokensPerRequest)
        try settings.sampling.validate(vocabularySize: model.configuration.vocabularySize)
        try settings.whenFull.validate()
        let context = model.configuration.contextLength
        let prompt = try PromptTokens(
            ids, tokenizer: tokenizer, defaults: defaults, context: context,
            overflow: settings.whenFull)
        var constraint: TokenConstraint?
        if let grammar = settings.grammar {
            if spellings == nil {
                spellings = try GenerationError.wrapping { () throws(ConstraintError) in
                    try TokenSpellings(tokenizer)
                }
            }
            constraint = try TokenConstraint(
                grammar, spellings, tokenizer, endTokens: defaults.endTokens)
        }
        let tokens = settings.whenFull.cut(prompt.ids, to: context)
        return EngineSequence(
            id: id, tokens: tokens, prompt: prompt,
            chooser: TokenChooser(
                prompt: tokens, sampler: try Sampler(settings.sampling, seed: settings.seed),
                constraint: constraint, forbidden: defaults.unwrittenTokens),
            text: TextAssembly(settings, tokenizer: tokenizer, endTokens: defaults.endTokens),
            settings: settings)
    }

    private func ids(of prompt: GenerationRequest.Prompt) throws(RequestRefusal) -> [Int32] {
        let limit = EngineLimits.promptByteLimit
        switch prompt {
        case .tokens(let ids):
            if ids.count > limit { throw .promptTooLarge(count: ids.count, limit: limit) }
            return ids
        case .text(let text):
            if text.utf8.count > limit {
                throw .promptTooLarge(count: text.utf8.count, limit: limit)
            }
            do throws(TokenizerError) {
                return try tokenizer.encoding(of: text).ids
            } catch {
                throw .prompt(error)
            }
        }
    }

    private func checkStopTexts(_ texts: [String]) throws(RequestRefusal) {
        if texts.count > EngineLimits.stopTextLimit {
            throw .tooManyStopTexts(count: texts.count, limit: EngineLimits.stopTextLimit)
        }
        let limit = EngineLimits.stopTextByteLimit
        for (place, text) in texts.enumerated() where text.utf8.count > limit {
            throw .stopTextTooLong(place: place, bytes: text.utf8.count, limit: limit)
        }
    }

    func finished(_ sequence: EngineSequence) -> GenerationEvent {
        GenerationEvent(
            request: sequence.id,
            kind: .finished(
                GenerationEvent.Summary(
                    finishReason: sequence.text.finishReason ?? .length,
                    tokenCount: sequence.text.tokenCount,
                    promptTokenCount: sequence.promptTokenCount,
                    sharedTokenCount: min(
                        sequence.sharedTokenCount ?? 0, sequence.promptTokenCount),
                    notices: sequence.notices,
                    logProbability: sequence.logProbability)))
    }
}
