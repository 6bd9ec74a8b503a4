/// One step on the way from a model's logits to the tokens among which the next one is drawn.
///
/// A step sees what the step before it left: the scores of the tokens that remain, whose softmax are their
/// probabilities. What each does is what Hugging Face transformers does of that name, or OpenAI's interface where that
/// is named. Where tokens are ranked, equals rank by ascending id. Every step leaves at least one token.
public enum SamplingStep: Hashable, Sendable {
    /// Divides the scores: below 1 the likely becomes likelier; 0 leaves the likeliest token alone, of equals that with
    /// the smallest id.
    ///
    /// - Source: Ackley, Hinton & Sejnowski 1985, §2.
    case temperature(Double)
    /// Keeps so many of the likeliest tokens.
    ///
    /// Never more than that: of tokens as likely as the last one kept, transformers keeps all.
    ///
    /// - Source: Fan, Lewis & Dauphin 2018, §5.
    case topK(Int)
    /// Keeps the fewest of the likeliest tokens that reach this probability together; 1 keeps all, 0 the likeliest.
    ///
    /// - Source: Holtzman et al. 2020, §3.1.
    case topP(Double)
    /// Keeps tokens at least this many times as likely as the likeliest; 0 keeps all.
    ///
    /// - Source: Nguyen et al. 2024, §3.
    case minP(Double)
    /// Keeps the tokens whose information is nearest to the entropy, the fewest that reach this probability together;
    /// tokens as near as the last of them stay too; 1 keeps all.
    ///
    /// - Source: Meister et al. 2023, §3, "Locally typical sampling".
    case typicalP(Double)
    /// Keeps tokens of at least this probability, or else the likeliest ones; 0 keeps all.
    ///
    /// - Source: Hewitt, Manning & Liang 2022, §4.1.
    case epsilonCutoff(Double)
    /// Keeps tokens of at least the probability min(ε, √ε · exp(−entropy)), or else the likeliest ones; 0 keeps all.
    ///
    /// - Source: Hewitt, Manning & Liang 2022, §4.2.
    case etaCutoff(Double)
    /// Divides positive scores of tokens that occurred, in the prompt or after it, and multiplies negative ones; 1
    /// changes nothing.
    ///
    /// - Source: Keskar et al. 2019, §4.1, as Hugging Face transformers amended it.
    case repetitionPenalty(Double)
    /// Subtracts this from a token's score for each time that it was generated; the prompt does not count.
    ///
    /// - Source: OpenAI's interface, `frequency_penalty`.
    case frequencyPenalty(Double)
    /// Subtracts this from the score of each token that was generated at all; the prompt does not count.
    ///
    /// - Source: OpenAI's interface, `presence_penalty`.
    case presencePenalty(Double)
    /// Rules out the tokens that would complete a sequence of so many tokens a second time, the prompt included; where
    /// that would leave none, it rules out none.
    ///
    /// - Source: Paulus, Xiong & Socher 2018, §2.5.
    case noRepeatNGram(Int)
    /// Adds to the scores of single tokens, given by their ids.
    ///
    /// - Source: OpenAI's interface, `logit_bias`.
    case logitBias([Int32: Double])
}

extension SamplingStep {
    /// Whether it makes sense where nothing is drawn: it makes single tokens more or less likely, and is none of the steps
    /// that keep the likeliest or change all alike.
    public var isForSearches: Bool {
        switch self {
        case .logitBias, .repetitionPenalty, .frequencyPenalty, .presencePenalty, .noRepeatNGram:
            true
        case .temperature, .topK, .topP, .minP, .typicalP, .epsilonCutoff, .etaCutoff: false
        }
    }

    /// The temperatures that are accepted.
    public static let temperatures = 0.0...100
    /// The numbers of tokens that are accepted for ``topK(_:)``.
    public static let counts = 1...10_000_000
    /// The probabilities and shares that are accepted.
    public static let probabilities = 0.0...1
    /// The repetition penalties that are accepted.
    public static let repetitionPenalties = 0.01...100
    /// The frequency and presence penalties that are accepted.
    public static let countPenalties = -2.0...2
    /// The lengths of sequences that are accepted for ``noRepeatNGram(_:)``.
    public static let nGramSizes = 1...64
    /// The biases that are accepted for a token.
    public static let biases = -100.0...100
    /// How many tokens one step may give a bias.
    public static let mostBiases = 1024

    /// Checks that its numbers are in their ranges.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate() throws(GenerationError) {
        switch self {
        case .temperature(let value):
            try GenerationError.check("temperature", value, Self.temperatures)
        case .topK(let count): try GenerationError.check("top-k", count, Self.counts)
        case .topP(let value): try GenerationError.check("top-p", value, Self.probabilities)
        case .minP(let value): try GenerationError.check("min-p", value, Self.probabilities)
        case .typicalP(let value): try GenerationError.check("typical-p", value, Self.probabilities)
        case .epsilonCutoff(let value):
            try GenerationError.check("epsilon cutoff", value, Self.probabilities)
        case .etaCutoff(let value):
            try GenerationError.check("eta cutoff", value, Self.probabilities)
        case .repetitionPenalty(let value):
            try GenerationError.check("repetition penalty", value, Self.repetitionPenalties)
        case .frequencyPenalty(let value):
            try GenerationError.check("frequency penalty", value, Self.countPenalties)
        case .presencePenalty(let value):
            try GenerationError.check("presence penalty", value, Self.countPenalties)
        case .noRepeatNGram(let size):
            try GenerationError.check("no-repeat n-gram size", size, Self.nGramSizes)
        case .logitBias(let biases): try Self.validate(biases)
        }
    }

    private static func validate(_ values: [Int32: Double]) throws(GenerationError) {
        try GenerationError.check("number of logit biases", values.count, 0...mostBiases)
        for (id, bias) in values.sorted(by: { $0.key < $1.key }) {
            if id < 0 {
                throw .outOfRange(
                    name: "token of a logit bias", value: "\(id)",
                    accepted: "the id of a token, which is 0 or more")
            }
            try GenerationError.check("logit bias of the token \(id)", bias, biases)
        }
    }
}
