import Attend

extension GenerateCommand {
    /// Several texts, and the answer that most of them come to.
    func runVotes(_ generator: Generator, count: Int) throws {
        try checkThatTextsDiffer("--self-consistency \(count)")
        generator.notices.forEach(Output.message)
        let result: SelfConsistency.Result
        do {
            result = try SelfConsistency(count, voting.rule).run(
                generator, progress: { showProgress($0, of: count) },
                shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw Interruption.requested
        }
        if common.json {
            return try Output.json(
                VoteReport(
                    answer: result.answer, votes: result.votes,
                    unanswered: result.unansweredCount, texts: result.texts.map(\.text),
                    tokens: result.totalTokenCount, promptTokens: generator.promptTokenCount,
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
        let answer: String
        let votes: [SelfConsistency.Vote]
        let unanswered: Int
        let texts: [String]
        let tokens: Int
        let promptTokens: Int
        let seed: UInt64
    }
}
