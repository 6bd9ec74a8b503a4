import Attend

extension GenerateCommand {
    /// Several texts, and the answer that most of them come to.
    func runVotes(_ generator: Generator, of loaded: LoadedModel, count: Int) throws {
        try checkThatTextsDiffer("--self-consistency \(count)", by: loaded)
        generator.notices.forEach(Output.message)
        let begin = ContinuousClock.now
        let result: SelfConsistency.Result
        do {
            result = try SelfConsistency(count, voting.rule).run(
                generator, progress: { showProgress($0, of: count) },
                shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw Interruption.requested
        }
        if common.json {
            let seconds = (ContinuousClock.now - begin) / .seconds(1)
            let first = result.texts[Int(result.votes[0].seed &- generator.seed)]
            return try Output.json(
                VoteReport(
                    text: first.text, answer: result.answer, votes: result.votes,
                    unanswered: result.unansweredCount, texts: result.texts.map(\.text),
                    tokens: result.totalTokenCount, promptTokens: generator.promptTokenCount,
                    finishReason: first.finishReason,
                    tokensPerSecond: Double(result.totalTokenCount) / max(seconds, 1e-9),
                    seed: generator.seed))
        }
        Output.progress("")
        try Output.line(result.answer)
        for vote in result.votes.prefix(10) {
            Output.message("\(vote.count) of \(count): \(vote.answer) (seed \(vote.seed))")
        }
        if result.votes.count > 10 {
            Output.message("\(result.votes.count - 10) other answers.")
        }
        if result.unansweredCount > 0 {
            Output.message("\(result.unansweredCount) of \(count) without an answer.")
        }
        nextStep()
    }

    private struct VoteReport: Encodable {
        /// The first text that comes to the answer.
        let text: String
        let answer: String
        let votes: [SelfConsistency.Vote]
        let unanswered: Int
        let texts: [String]
        let tokens: Int
        let promptTokens: Int
        let finishReason: FinishReason?
        let tokensPerSecond: Double
        let seed: UInt64
    }
}
