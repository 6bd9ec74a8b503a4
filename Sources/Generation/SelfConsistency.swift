/// Several texts after the same prompt, which vote on an answer.
///
/// ```swift
/// let result = try SelfConsistency(20, .after("The answer is"))
///     .run(Generator(loaded, prompt: question, settings: settings))
/// ```
///
/// Each text reasons in its own way; the answer that most of them come to is the likeliest to be right. Each text has one vote,
/// a text without an answer none. Of answers with as many votes the one comes first that occurred first.
///
/// - Source: Wang et al. 2023, "Self-consistency improves chain of thought reasoning in language models", §2, unweighted.
public struct SelfConsistency: Sendable {
    /// How many texts vote.
    public let count: Int
    /// Where the answer of a text is.
    public let rule: AnswerRule

    /// A vote among so many texts.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(_ count: Int, _ rule: AnswerRule) throws(GenerationError) {
        try GenerationError.check("number of texts", count, BestOf.counts)
        if rule == .after("") {
            throw .outOfRange(
                name: "text before the answer", value: "empty",
                accepted: "at least one character")
        }
        self.count = count
        self.rule = rule
    }

    /// An answer, and how many texts have it.
    public struct Vote: Hashable, Codable, Sendable {
        /// The answer, as the rule gives it.
        public let answer: String
        /// How many texts have it.
        public fileprivate(set) var count: Int
        /// The seed that gives the first of these texts by itself.
        public let seed: UInt64
    }

    /// What the texts came to.
    public struct Result: Sendable {
        /// The answers, in descending order of votes; at least one.
        public fileprivate(set) var votes: [Vote] = []
        /// How many texts have no answer.
        public fileprivate(set) var unansweredCount = 0
        /// The texts, in the order in which they were generated.
        public fileprivate(set) var texts: [GeneratedText] = []

        /// The answer that most texts have.
        public var answer: String { votes[0].answer }
        /// How many tokens all texts have together.
        public var totalTokenCount: Int { texts.reduce(0) { $0 + $1.tokenCount } }
    }

    /// Generates the texts, one after the other, and counts their answers.
    ///
    /// - Parameters:
    ///   - generator: one that has not begun; the first text has its seed, each further one a seed greater by 1, and all share
    ///     the reading of the prompt.
    ///   - progress: told how many texts there are, after each.
    ///   - shouldStop: asked after each token.
    /// - Throws: ``GenerationError/noAnswer(texts:)`` where no text has an answer; what generators throw; `CancellationError` where
    ///   it was told to stop.
    public func run(
        _ generator: Generator, progress: ((_ texts: Int) -> Void)? = nil,
        shouldStop: (() -> Bool)? = nil
    ) throws -> Result {
        var result = Result()
        let samples = TextSamples(after: generator, count: count)
        try samples.run(progress: progress, shouldStop: shouldStop) { text, seed in
            result.texts.append(text)
            guard let answer = rule.answer(in: text.text) else {
                result.unansweredCount += 1
                return
            }
            if let place = result.votes.firstIndex(where: { $0.answer == answer }) {
                result.votes[place].count += 1
            } else {
                result.votes.append(Vote(answer: answer, count: 1, seed: seed))
            }
        }
        if result.votes.isEmpty { throw GenerationError.noAnswer(texts: count) }
        result.votes = result.votes.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }.map(\.element)
        return result
    }
}
