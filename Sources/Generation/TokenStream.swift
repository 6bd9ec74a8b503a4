internal import AttendLayers
public import AttendModels
internal import AttendTensors

/// The tokens with which a model continues others, one after the other, without end.
///
/// Keys and values of the tokens so far are kept, so that each further token costs one pass of a single token. Once the
/// context is full, the window slides: the last half of the context is read anew, with positions from 0, and the tokens
/// before it are forgotten. So half of the context is always in sight, and reading anew costs little on the average.
public struct TokenStream: Sendable {
    /// The model.
    public let model: any CausalLanguageModel
    /// How many of the given tokens the model reads: the last ones where there are more than its context holds.
    public let promptCount: Int

    private var sampler: Sampler
    /// What the tokens after the prompt are held to.
    private var constraint: TokenConstraint?
    private var caches: [KeyValueCache]
    /// What the model has not read yet.
    private var unread: [Int32]
    /// `[1, vocabulary]`, for the next token, where they were made before they are needed.
    private var ahead: Tensor?
    /// What it has read or is about to read, as far as a window that slides may need it.
    private var window: [Int32]
    private var history: TokenHistory

    /// A continuation of some tokens.
    ///
    /// - Parameters:
    ///   - prompt: at least one id, each inside of the vocabulary.
    ///   - expectedCount: how many tokens will be asked for; more may be, up to the context's length they are paid for
    ///     by memory now.
    ///   - constraint: what the tokens after the prompt are held to.
    public init(
        _ model: any CausalLanguageModel, prompt: [Int32], sampler: Sampler, expectedCount: Int,
        constraint: TokenConstraint? = nil
    ) {
        if prompt.isEmpty { shapeError("a token stream needs at least one token to continue") }
        let context = model.configuration.contextLength
        self.model = model
        self.sampler = sampler
        self.constraint = constraint
        unread = prompt.suffix(context)
        window = unread
        promptCount = unread.count
        history = TokenHistory(prompt: unread, for: sampler.sampling)
        let (needed, overflow) = promptCount.addingReportingOverflow(max(expectedCount, 1))
        caches = model.makeCaches(batch: 1, capacity: overflow ? context : min(needed, context))
    }

    /// The next token, which from then on belongs to those that are continued.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``, and ``GenerationError/constraint(_:)`` where the constraint leaves no
    ///   token.
    public mutating func next() throws(GenerationError) -> Int32 {
        try draw().token
    }

    /// The next token, and the logarithm of the probability that the model itself gives it, before any step of sampling.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    public mutating func nextScored() throws(GenerationError) -> (
        token: Int32, logProbability: Double
    ) {
        let (token, logits) = try draw()
        let normalizer = Double(logits.logSumExp().elements[0])
        return (token, Double(logits.elements[Int(token)]) - normalizer)
    }

    private mutating func draw() throws(GenerationError) -> (token: Int32, logits: Tensor) {
        let logits = logits()
        var permitted = logits.elements
        try GenerationError.wrapping { () throws(ConstraintError) in
            try constraint?.mask().apply(to: &permitted)
        }
        let token = try sampler.token(from: permitted, after: history)
        try GenerationError.wrapping { () throws(ConstraintError) in
            try constraint?.advance(by: token)
        }
        unread = [token]
        window.append(token)
        history.append(token)
        return (token, logits)
    }

    /// Reads what is not read yet, so that copies need not do so.
    mutating func readAhead() {
        ahead = logits()
    }

    /// Draws the tokens from now on by another sampler with the same steps.
    mutating func draw(by sampler: Sampler) {
        self.sampler = sampler
    }

    private mutating func logits() -> Tensor {
        if let made = ahead {
            ahead = nil
            return made
        }
        makeRoom()
        defer { unread = [] }
        return model.nextLogits(unread, caches: &caches)
    }

    /// Whether the constraint leaves nothing but the end; never without one.
    mutating func isComplete() throws(GenerationError) -> Bool {
        try GenerationError.wrapping { () throws(ConstraintError) in
            try constraint?.isComplete() ?? false
        }
    }

    private mutating func makeRoom() {
        guard let cache = caches.first, cache.count + unread.count > cache.capacity else { return }
        let context = model.configuration.contextLength
        if cache.count + unread.count <= context {
            // More tokens are wanted than were expected.
            unread = window
        } else {
            window = window.suffix(max(context / 2, 1))
            unread = window
        }
        caches = model.makeCaches()
    }
}
