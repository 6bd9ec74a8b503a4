/// What a beam search has found, and how likely the model holds it.
public struct Hypothesis: Hashable, Sendable {
    /// The ids, without those that begin and end it.
    public let tokens: [Int32]
    /// What hypotheses are compared by: the log-probability, with what steps of scoring made of it and less what a diversity
    /// penalty took, over the length penalty.
    public let score: Float
    /// The sum of the logarithms of the tokens' probabilities, the end token's included where the search came to it.
    public let logProbability: Float
    /// Whether the end token follows; otherwise the length limit cut it off.
    public let isEnded: Bool

    /// A hypothesis.
    public init(tokens: [Int32], score: Float, logProbability: Float, isEnded: Bool) {
        self.tokens = tokens
        self.score = score
        self.logProbability = logProbability
        self.isEnded = isEnded
    }

    /// What there is to say of nothing.
    static let empty = Hypothesis(tokens: [], score: 0, logProbability: 0, isEnded: true)
}
