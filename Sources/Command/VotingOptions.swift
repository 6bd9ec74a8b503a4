import ArgumentParser
import Attend

/// The flags that let several texts vote on an answer.
struct VotingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write so many texts, with the seeds from that of --seed on, and show the answer that most of them come to.",
            valueName: "n"),
        transform: Number.whole(BestOf.counts))
    var selfConsistency: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --self-consistency: the answer of a text is what follows this, up to the end of the line (default: the "
                + "last number of the text).", valueName: "text"),
        transform: { text in
            if text.isEmpty { throw InvalidValue(description: "expected at least one character") }
            return text
        })
    var answerAfter: String?

    func validate() throws {
        if answerAfter != nil, selfConsistency == nil {
            throw ValidationError(
                "--answer-after finds the answers that --self-consistency counts; expected both.")
        }
    }

    /// Where the answer of a text is.
    var rule: AnswerRule { answerAfter.map(AnswerRule.after) ?? .lastNumber }
}
