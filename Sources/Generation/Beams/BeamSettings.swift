/// How a beam search goes on and when it ends.
///
/// The defaults are those of Hugging Face transformers.
public struct BeamSettings: Hashable, Sendable {
    /// When a search ends that has not come to its length limit.
    public enum Stopping: String, CaseIterable, Hashable, Sendable {
        /// As soon as as many hypotheses are finished as there are beams; transformers calls it `True`.
        case always
        /// When the likeliest live hypothesis would not be better than the worst of the finished ones if it ended now, which
        /// overlooks what a penalty above 0 gives to longer ones; transformers calls it `False`.
        case heuristic
        /// When no live hypothesis can become better than the worst of the finished ones, whatever follows.
        case never
    }

    /// How many unfinished hypotheses are pursued side by side; 1 takes the likeliest token each time.
    public var count: Int
    /// What log-probabilities are divided by.
    public var lengthPenalty: LengthPenalty
    /// When the search ends.
    public var stopping: Stopping
    /// Into how many groups of the same size the beams are divided, each of which avoids the tokens of those before it.
    ///
    /// - Source: Vijayakumar et al. 2018, "Diverse beam search", §3, with Hamming diversity.
    public var groupCount: Int
    /// What a token loses of its log-probability for each hypothesis of an earlier group that goes on with it at the same step.
    public var diversityPenalty: Double
    /// How many tokens a hypothesis has before it may end, as far as its limit permits.
    public var minimumLength: Int
    /// Steps on the log-probabilities of the next tokens, by which hypotheses are then compared: those that
    /// ``SamplingStep/isForSearches`` says; what they add and take away, scores keep, while
    /// ``Hypothesis/logProbability`` is the model's.
    public var scoring: Sampling

    /// The numbers of beams that are accepted.
    public static let counts = 1...64
    /// The diversity penalties that are accepted.
    public static let diversityPenalties = 0.0...1000

    /// Settings; those left out are transformers' own.
    public init(
        _ count: Int = 4, lengthPenalty: LengthPenalty = .power(1), stopping: Stopping = .heuristic,
        groupCount: Int = 1, diversityPenalty: Double = 0, minimumLength: Int = 0,
        scoring: Sampling = []
    ) {
        self.count = count
        self.lengthPenalty = lengthPenalty
        self.stopping = stopping
        self.groupCount = groupCount
        self.diversityPenalty = diversityPenalty
        self.minimumLength = minimumLength
        self.scoring = scoring
    }

    /// How the base model of 2017 translates: with 4 beams and Wu's penalty of 0.6, until nothing better can be found.
    ///
    /// - Source: Vaswani et al. 2017, §6.1.
    public static func translation(_ count: Int = 4, minimumLength: Int = 0) -> BeamSettings {
        BeamSettings(
            count, lengthPenalty: .wu(0.6), stopping: .never, minimumLength: minimumLength)
    }

    /// How many beams a group has.
    var groupSize: Int { count / groupCount }

    /// Checks every setting by itself and beside the others.
    ///
    /// - Parameter vocabularySize: how many tokens the model knows; without it, ids of tokens are not held to that.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate(vocabularySize: Int? = nil) throws(GenerationError) {
        try GenerationError.check("number of beams", count, Self.counts)
        try scoring.validate(vocabularySize: vocabularySize)
        if let step = scoring.steps.first(where: { !$0.isForSearches }) {
            throw .outOfRange(
                name: "step of scoring", value: "\(step)",
                accepted: "penalties, biases and n-grams that do not repeat, since nothing is drawn"
            )
        }
        try GenerationError.check(
            "length penalty", lengthPenalty.exponent, LengthPenalty.exponents)
        try GenerationError.check("number of beam groups", groupCount, 1...count)
        if count % groupCount != 0 {
            throw .outOfRange(
                name: "number of beam groups", value: "\(groupCount)",
                accepted: "a divisor of the number of beams, \(count)")
        }
        try GenerationError.check(
            "diversity penalty", diversityPenalty, Self.diversityPenalties)
        if (groupCount == 1) != (diversityPenalty == 0) {
            throw .outOfRange(
                name: "diversity penalty", value: "\(diversityPenalty)",
                accepted: groupCount == 1
                    ? "0 where there is one group of beams, which has none to differ from"
                    : "a number greater than 0, without which all groups of beams find the same")
        }
        try GenerationError.check(
            "minimum length", minimumLength, 0...TranslationSettings.lengths.upperBound)
    }
}
