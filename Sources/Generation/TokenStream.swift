internal import AttendLayers
public import AttendModels
internal import AttendTensors

/// The tokens with which a model continues others, one after the other.
///
/// Keys and values of the tokens so far are kept, so that each further token costs one pass of a single token; with a
/// ``Speculation`` one pass may bring several. What happens once the context is full, ``ContextOverflow`` tells; unless it
/// refuses, the tokens have no end.
public struct TokenStream: Sendable {
    /// The model.
    public let model: any CausalLanguageModel
    /// How many of the given tokens the model reads: of more than its context holds, the last ones, or what
    /// ``ContextOverflow/sinks(_:)`` leaves of them.
    public let promptCount: Int
    /// What came of the proposals so far.
    public private(set) var proposals = ProposalCounts()

    private let expectedCount: Int
    private var chooser: TokenChooser
    private var draft: (any TokenDraft)?
    private let proposalCount: Int
    private var window: TokenWindow
    /// For the next token, where they were made before they are needed: `[1, vocabulary]`.
    private var ahead: Tensor?
    /// Tokens that were chosen and not handed out yet.
    private var waiting: [Choice] = []
    private var chosenCount = 0

    private struct Choice {
        let token: Int32
        /// The model's own, before any step of sampling.
        let logits: [Float]
        /// Whether it was proposed.
        let isProposal: Bool
    }

    /// A continuation of some tokens.
    ///
    /// - Parameters:
    ///   - prompt: at least one id, each inside of the vocabulary.
    ///   - expectedCount: how many tokens will be asked for; more may be, up to the context's length they are paid for
    ///     by memory now.
    ///   - constraint: what the tokens after the prompt are held to.
    ///   - forbidden: ids that are not written unless nothing else is left.
    ///   - whenFull: what happens once the context is full.
    ///   - speculation: proposals that make the same tokens come faster, from a draft with the vocabulary of the model.
    public init(
        _ model: any CausalLanguageModel, prompt: [Int32], sampler: Sampler, expectedCount: Int,
        constraint: TokenConstraint? = nil, forbidden: Set<Int32> = [],
        whenFull: ContextOverflow = .slide, speculation: Speculation? = nil
    ) {
        self.model = model
        self.expectedCount = expectedCount
        proposalCount = speculation?.tokenCount ?? 0
        window = TokenWindow(
            model, text: prompt, overflow: whenFull, expectedCount: expectedCount)
        draft = speculation?.draft.begin(after: prompt, model: model, expectedCount: expectedCount)
        promptCount = window.tokens.count
        chooser = TokenChooser(
            prompt: window.tokens, sampler: sampler, constraint: constraint, forbidden: forbidden)
    }

    /// The next token, which from then on belongs to those that are continued.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``; ``GenerationError/constraint(_:)`` where the constraint leaves no
    ///   token; ``GenerationError/contextIsFull(limit:)`` where ``isFull`` is true; ``GenerationError/draft(_:)``.
    public mutating func next() throws(GenerationError) -> Int32 {
        try take().token
    }

    /// The next token, and the logarithm of the probability that the model itself gives it, before any step of sampling.
    ///
    /// - Throws: what ``next()`` throws.
    public mutating func nextScored() throws(GenerationError) -> (
        token: Int32, logProbability: Double
    ) {
        let choice = try take()
        return (
            choice.token, TokenChooser.logProbability(of: choice.token, in: choice.logits)
        )
    }

    /// Whether the context is full and ``ContextOverflow/refuse`` forbids that anything of it is forgotten.
    public var isFull: Bool { waiting.isEmpty && window.overflow == .refuse && window.room < 0 }

    /// Reads what is not read yet, so that copies need not do so.
    ///
    /// Where a draft proposes tokens, they are read with the last of these, so nothing is done ahead.
    mutating func readAhead() {
        if draft != nil || isFull { return }
        window.makeRoom()
        ahead = window.logits()
    }

    /// Draws the tokens from now on by another sampler with the same steps.
    mutating func draw(by sampler: Sampler) {
        chooser.sampler = sampler
    }

    /// Whether the constraint leaves nothing but the end; never without one.
    mutating func isComplete() throws(GenerationError) -> Bool {
        waiting.isEmpty ? try chooser.isComplete() : false
    }

    private mutating func take() throws(GenerationError) -> Choice {
        if waiting.isEmpty { try choose() }
        let choice = waiting.removeFirst()
        if choice.isProposal { proposals.kept += 1 }
        return choice
    }
}

extension TokenStream {
    /// Chooses at least one token, and as many more as were proposed and agree.
    private mutating func choose() throws(GenerationError) {
        if isFull { throw .contextIsFull(limit: model.configuration.contextLength) }
        window.makeRoom()
        let proposed = try propose()
        proposals.proposed += proposed.count
        for proposal in proposed { window.append(proposal.token) }
        let logits = ahead ?? window.logits(count: proposed.count + 1)
        ahead = nil
        var failure: GenerationError?
        do throws(GenerationError) {
            try choose(from: logits, proposed)
        } catch {
            failure = error
        }
        let tokens = waiting.map(\.token)
        window.replaceLast(proposed.count, by: tokens)
        draft?.replaceLast(proposed.count, by: tokens)
        chosenCount += tokens.count
        // Tokens before the failure are good; after them it comes again.
        if let failure, waiting.isEmpty { throw failure }
    }

    /// Proposals for the next tokens: so many that the model can read them all, and no more than will be asked for.
    private mutating func propose() throws(GenerationError) -> [ProposedToken] {
        var count = min(proposalCount, window.room)
        if chosenCount < expectedCount { count = min(count, expectedCount - chosenCount - 1) }
        guard count > 0, draft != nil else { return [] }
        return try draft?.propose(count, by: &chooser) ?? []
    }

    /// - Parameter logits: `[proposed + 1, vocabulary]`, before and after each proposal.
    private mutating func choose(
        from logits: Tensor, _ proposed: [ProposedToken]
    ) throws(GenerationError) {
        let (elements, width) = (logits.elements, logits.shape.width)
        for place in 0...proposed.count {
            let own = Array(elements[place * width..<(place + 1) * width])
            let proposal = place < proposed.count ? proposed[place] : nil
            let token = try chooser.choose(from: own, proposal: proposal)
            let isProposal = token == proposal?.token
            waiting.append(Choice(token: token, logits: own, isProposal: isProposal))
            if !isProposal { return }
            if try chooser.isComplete() { return }
        }
    }
}
