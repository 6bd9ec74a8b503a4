internal import AttendTensors

/// Chooses the next token from a model's logits.
///
/// The steps, in the order of Hugging Face transformers: repetition penalty, temperature, top-k, top-p, min-p. Each
/// works on the probabilities that the one before it left, made to sum to 1 again. At temperature 0 the token with the
/// greatest logit is taken and the steps after that change nothing. Among equal tokens the one with the smaller id
/// comes first.
public struct Sampler: Sendable {
    /// What it does.
    public let settings: SamplingSettings
    private var random: RandomSource

    /// A sampler that always draws the same for the same seed.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(_ settings: SamplingSettings, seed: UInt64) throws(GenerationError) {
        try settings.validate()
        self.settings = settings
        random = RandomSource(seed: seed)
    }

    /// Draws a token.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`; −∞ rules a token out.
    ///   - seen: the tokens that occurred already, for the repetition penalty.
    /// - Throws: ``GenerationError/logitsAreNotFinite`` where a logit is +∞ or not a number, or all are −∞.
    public mutating func token(
        from logits: [Float], seen: Set<Int32> = []
    ) throws(GenerationError) -> Int32 {
        let logits = try penalised(logits, seen)
        if settings.temperature == 0 { return Self.greatest(of: logits) }
        // 53 random bits, so that also very unlikely tokens occur as often as they should.
        return candidates(logits).pick(Double(random.next() >> 11) * 0x1p-53)
    }

    /// The tokens that ``token(from:seen:)`` may draw, each with its probability.
    public func distribution(
        of logits: [Float], seen: Set<Int32> = []
    ) throws(GenerationError) -> [(id: Int32, probability: Double)] {
        let logits = try penalised(logits, seen)
        if settings.temperature == 0 { return [(Self.greatest(of: logits), 1)] }
        return candidates(logits).distribution
    }

    private func candidates(_ logits: [Float]) -> Candidates {
        var candidates = Candidates(logits: logits, temperature: settings.temperature)
        if let count = settings.topK { candidates.keepTop(count) }
        candidates.keepTop(probability: settings.topP)
        candidates.keepAtLeast(share: settings.minP)
        return candidates
    }

    /// The logits, of which those of tokens seen before are divided by the penalty where positive and multiplied where
    /// negative.
    ///
    /// - Source: Keskar et al. 2019, §4.1, as Hugging Face transformers amended it.
    private func penalised(
        _ logits: [Float], _ seen: Set<Int32>
    ) throws(GenerationError) -> [Float] {
        var logits = logits
        let penalty = Float(settings.repetitionPenalty)
        if penalty != 1 {
            for id in seen where logits.indices.contains(Int(id)) {
                let logit = logits[Int(id)]
                logits[Int(id)] = logit > 0 ? logit / penalty : logit * penalty
            }
        }
        let isUsable =
            logits.allSatisfy { $0 < .infinity } && logits.contains { $0 > -.infinity }
        if !isUsable { throw .logitsAreNotFinite }
        return logits
    }

    private static func greatest(of logits: [Float]) -> Int32 {
        var best = 0
        for id in logits.indices where logits[id] > logits[best] { best = id }
        return Int32(best)
    }
}
