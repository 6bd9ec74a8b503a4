import Attend

extension GenerateCommand {
    /// The likeliest texts as a whole, rather than a token after the other.
    func runBeams(
        _ loaded: LoadedModel, _ prompt: String, count: Int, scoring: Sampling,
        grammar: TextGrammar?
    ) throws {
        let settings = search.applied(to: BeamSettings(scoring: scoring), beams: count)
        let generator = try readingPrompt {
            try BeamGenerator(
                loaded, prompt: prompt, beams: settings, maxTokens: maxTokens, stopTexts: stop,
                grammar: grammar)
        }
        generator.notices.forEach(Output.message)
        let clock = ContinuousClock()
        let begin = clock.now
        let texts: [BeamGenerator.Text]
        do {
            texts = try generator.run(
                best: search.nBest ?? 1,
                progress: { tokens in
                    if !common.json {
                        Output.progress("\(tokens.grouped) of at most \(maxTokens.grouped) tokens")
                    }
                }, shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw Interruption.requested
        }
        let seconds = (clock.now - begin) / .seconds(1)
        if common.json { tellWhetherCut(texts.first?.finishReason) }
        if common.json {
            return try Output.json(
                BeamReport(texts, promptTokens: generator.promptTokenCount, seconds: seconds))
        }
        Output.progress("")
        for (place, text) in texts.enumerated() {
            if texts.count > 1 {
                Output.message(
                    "\(place + 1) of \(texts.count): score \(Double(text.score).rounded(to: 4))")
            }
            try Output.line(text.text)
        }
        let best = texts.first
        tellWhetherCut(best?.finishReason)
        Output.message(
            "\((best?.tokenCount ?? 0).grouped) tokens with \(count) \(count == 1 ? "beam" : "beams") in "
                + "\(seconds.rounded(to: 1)) s; log-probability "
                + "\(Double(best?.logProbability ?? 0).rounded(to: 2)).")
        nextStep()
    }

    private struct BeamReport: Encodable {
        struct Hypothesis: Encodable {
            let text: String
            let tokens: Int
            let finishReason: FinishReason
            /// Absent where it is too large for a number of 32 bits.
            let score: Float?
            let logProbability: Float?

            init(_ text: BeamGenerator.Text) {
                self.text = text.text
                tokens = text.tokenCount
                finishReason = text.finishReason
                score = text.score.isFinite ? text.score : nil
                logProbability = text.logProbability.isFinite ? text.logProbability : nil
            }
        }

        /// The likeliest text, as without beams.
        let text: String
        let tokens: Int
        let promptTokens: Int
        let finishReason: FinishReason?
        let tokensPerSecond: Double
        let seconds: Double
        /// All of them, the likeliest first.
        let hypotheses: [Hypothesis]

        init(_ texts: [BeamGenerator.Text], promptTokens: Int, seconds: Double) {
            text = texts.first?.text ?? ""
            tokens = texts.first?.tokenCount ?? 0
            self.promptTokens = promptTokens
            finishReason = texts.first?.finishReason
            tokensPerSecond = Double(tokens) / max(seconds, 1e-9)
            self.seconds = seconds
            hypotheses = texts.map(Hypothesis.init)
        }
    }
}
