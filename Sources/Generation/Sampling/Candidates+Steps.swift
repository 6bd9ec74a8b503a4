extension Candidates {
    /// What a sampling leaves of logits.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    init(
        logits: [Float], _ sampling: Sampling, _ history: TokenHistory
    ) throws(GenerationError) {
        try self.init(logits: logits)
        for step in sampling.steps { apply(step, history) }
    }

    /// Takes one step.
    mutating func apply(_ step: SamplingStep, _ history: TokenHistory) {
        switch step {
        case .temperature(let temperature): divide(by: temperature)
        case .topK(let count): keepTop(count)
        case .topP(let probability): keepTop(probability: probability)
        case .minP(let share): keepAtLeast(share: share)
        case .typicalP(let probability): keepTypical(probability: probability)
        case .epsilonCutoff(let epsilon): keepAtLeast(probability: epsilon)
        case .etaCutoff(let epsilon): keepAtLeast(eta: epsilon)
        case .repetitionPenalty(let penalty):
            if penalty == 1 { return }
            rescore(history.occurring) { _, score in
                score < 0 ? score * penalty : score / penalty
            }
        case .frequencyPenalty(let penalty):
            if penalty == 0 { return }
            rescore(history.counts.keys) { id, score in
                score - penalty * Double(history.counts[id] ?? 0)
            }
        case .presencePenalty(let penalty):
            if penalty == 0 { return }
            rescore(history.counts.keys) { _, score in score - penalty }
        case .noRepeatNGram(let size): remove(history.repetitions(ofSize: size))
        case .logitBias(let biases):
            rescore(biases.keys) { id, score in score + (biases[id] ?? 0) }
        }
    }
}
