internal import AttendText

/// How those who made a model suggest to choose its tokens, as `generation_config.json` says it in transformers' terms.
///
/// What is nil they did not say. The numbers are as they stand there; whether they make sense is judged where they are used.
public struct SuggestedSampling: Hashable, Sendable {
    /// What scores are divided by; 0 where nothing is to be random.
    public var temperature: Double?
    /// How many of the likeliest tokens are kept.
    public var topK: Int?
    /// The probability that the likeliest tokens reach together.
    public var topP: Double?
    /// The least share of the likeliest token's probability.
    public var minP: Double?
    /// The probability that the tokens of about the average information reach together.
    public var typicalP: Double?
    /// The least probability of a token.
    public var epsilonCutoff: Double?
    /// The least probability of a token where one is much likelier than the others.
    public var etaCutoff: Double?
    /// What positive scores of tokens that occurred are divided by, and negative ones multiplied.
    public var repetitionPenalty: Double?
    /// The length of sequences of tokens that do not occur twice.
    public var noRepeatNGram: Int?

    /// Nothing is suggested.
    public init() {}
}

extension SuggestedSampling {
    /// What a file says; a 0 that stands for no limit there is nil here.
    ///
    /// Where the file wants no random choices, only what applies without them is kept; where it wants them and says no
    /// temperature, transformers takes 1.
    init(_ fields: inout ConfigurationFields) {
        repetitionPenalty = fields.optionalDouble("repetition_penalty")
        noRepeatNGram = fields.limit("no_repeat_ngram_size")
        let isSaid = fields.contains("do_sample")
        if !fields.flag("do_sample", default: true) {
            temperature = 0
            return
        }
        temperature = fields.optionalDouble("temperature") ?? (isSaid ? 1 : nil)
        topK = fields.limit("top_k")
        topP = fields.optionalDouble("top_p")
        minP = fields.optionalDouble("min_p")
        typicalP = fields.optionalDouble("typical_p")
        epsilonCutoff = fields.optionalDouble("epsilon_cutoff")
        etaCutoff = fields.optionalDouble("eta_cutoff")
    }

    /// The fields of a file that says the same; none where nothing is suggested.
    var fields: [(name: String, value: JSONValue)] {
        func number(_ value: Double?) -> JSONValue? { value.map { .number("\($0)") } }
        let isGreedy = temperature == 0
        let drawn: [(String, JSONValue?)] = [
            ("temperature", isGreedy ? nil : number(temperature)),
            ("top_k", topK.map { .integer($0) }),
            ("top_p", number(topP)), ("min_p", number(minP)), ("typical_p", number(typicalP)),
            ("epsilon_cutoff", number(epsilonCutoff)), ("eta_cutoff", number(etaCutoff)),
        ]
        let all =
            // A file that says this and no temperature has 1, which is another suggestion than none.
            [("do_sample", temperature == nil ? nil : .bool(!isGreedy))]
            + (isGreedy ? [] : drawn) + [
                ("repetition_penalty", number(repetitionPenalty)),
                ("no_repeat_ngram_size", noRepeatNGram.map { .integer($0) }),
            ]
        return all.compactMap { name, value in value.map { (name: name, value: $0) } }
    }
}

extension ConfigurationFields {
    /// A whole number that may be missing; 0 stands for none.
    fileprivate mutating func limit(_ name: String) -> Int? {
        let number = contains(name) ? integer(name) : 0
        return number == 0 ? nil : number
    }
}
