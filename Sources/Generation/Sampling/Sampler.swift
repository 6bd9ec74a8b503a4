internal import AttendTensors

/// Draws tokens from a model's logits, the same ones for the same seed.
///
/// ```swift
/// var sampler = try Sampler([.temperature(0.8), .topP(0.95)], seed: 1)
/// let token = try sampler.token(from: logits, after: history)
/// ```
public struct Sampler: Sendable {
    /// What it does.
    public let sampling: Sampling
    private var random: RandomSource

    /// A sampler that has drawn nothing yet.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(_ sampling: Sampling, seed: UInt64) throws(GenerationError) {
        try sampling.validate()
        self.sampling = sampling
        random = RandomSource(seed: seed)
    }

    /// Draws a token.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`; −∞ rules a token out.
    ///   - history: the tokens before it, for steps that look at them.
    /// - Throws: ``GenerationError/logitsAreNotFinite`` where a logit is +∞ or not a number, or all are −∞.
    public mutating func token(
        from logits: [Float], after history: TokenHistory = TokenHistory()
    ) throws(GenerationError) -> Int32 {
        // Nothing that follows could change the choice, so no list is made.
        if sampling.steps.first == .temperature(0) { return try Self.greatest(of: logits) }
        var candidates = try Candidates(logits: logits, sampling, history)
        return candidates.pick(uniform())
    }

    /// A random number in [0, 1).
    ///
    /// Of 53 random bits, so that also very unlikely tokens occur as often as they should.
    mutating func uniform() -> Double {
        Double(random.next() >> 11) * 0x1p-53
    }

    /// The tokens that ``token(from:after:)`` may draw, each with its probability, the likeliest first.
    public func distribution(
        of logits: [Float], after history: TokenHistory = TokenHistory()
    ) throws(GenerationError) -> [(id: Int32, probability: Double)] {
        var candidates = try Candidates(logits: logits, sampling, history)
        return candidates.distribution()
    }

    /// The probability with which ``token(from:after:)`` draws each token, by id: `[vocabulary]`, of sum 1.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite`` where a logit is +∞ or not a number, or all are −∞.
    public func probabilities(
        of logits: [Float], after history: TokenHistory = TokenHistory()
    ) throws(GenerationError) -> [Double] {
        var candidates = try Candidates(logits: logits, sampling, history)
        return candidates.probabilities(vocabularySize: logits.count)
    }

    private static func greatest(of logits: [Float]) throws(GenerationError) -> Int32 {
        var (best, greatest) = (-1, -Float.infinity)
        for (id, logit) in logits.enumerated() {
            guard logit < .infinity else { throw .logitsAreNotFinite }
            if logit > greatest { (best, greatest) = (id, logit) }
        }
        if best < 0 { throw .logitsAreNotFinite }
        return Int32(best)
    }
}
