/// Where the tokens of a generation come from.
protocol TokenSource: Sendable {
    /// The next token.
    mutating func next() throws(GenerationError) -> Int32
    /// The next token, and the logarithm of the probability that the model itself gives it.
    mutating func nextScored() throws(GenerationError) -> (token: Int32, logProbability: Double)
    /// Whether nothing but the end can follow.
    mutating func isComplete() throws(GenerationError) -> Bool
    /// Whether the context is full, and nothing of it may be forgotten.
    var isFull: Bool { get }
    /// What came of proposals.
    var proposals: ProposalCounts { get }
    /// Reads what is not read yet, so that copies need not do so.
    mutating func readAhead()
    /// Draws the tokens from now on by another sampler with the same steps.
    mutating func draw(by sampler: Sampler)
}

extension TokenStream: TokenSource {}

/// A contrastive search has no end of its own, proposes nothing, has read what there is to read, and draws nothing.
extension ContrastiveSearch: TokenSource {
    func isComplete() -> Bool { false }
    var isFull: Bool { false }
    var proposals: ProposalCounts { ProposalCounts() }
    func readAhead() {}
    func draw(by sampler: Sampler) {}
}
