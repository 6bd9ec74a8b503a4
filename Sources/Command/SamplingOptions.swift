import ArgumentParser
import Attend

/// The flags of `attend generate` about how tokens are chosen.
struct SamplingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How freely to choose: 0 always takes the likeliest token, 1 follows the model (default: 0.8).",
            valueName: "x"),
        transform: Number.real(SamplingStep.temperatures))
    var temperature: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Choose among the n likeliest tokens (default: all).", valueName: "n"),
        transform: Number.whole(SamplingStep.counts))
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among the likeliest tokens that have this probability together.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among tokens with at least this share of the likeliest one's probability.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var minP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among the tokens that are about as surprising as the average, and have this probability together.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var typicalP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Choose among tokens of at least this probability.", valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var epsilonCutoff: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "As --epsilon-cutoff, with less than that where many tokens are about as likely.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var etaCutoff: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make tokens that occurred already, in the prompt too, less likely, where greater than 1.",
            valueName: "x"),
        transform: Number.real(SamplingStep.repetitionPenalties))
    var repetitionPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take so much from a token's logit for each time that it was written.", valueName: "x"),
        transform: Number.real(SamplingStep.countPenalties))
    var frequencyPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take so much from a token's logit once it was written.", valueName: "x"),
        transform: Number.real(SamplingStep.countPenalties))
    var presencePenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Never write the same n tokens in a row twice, those of the prompt included, unless nothing else is left.",
            valueName: "n"),
        transform: Number.whole(SamplingStep.nGramSizes))
    var noRepeatNgram: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Add this to the logit of a token, which is an id or its text in double quotes: 17=-100 or '\" the\"=2'; may "
                + "be given several times.", valueName: "id=x"),
        transform: LogitBiasFlag.read)
    var logitBias: [LogitBiasFlag] = []

    /// The flags that were given, by name.
    var given: [String] {
        [
            ("--logit-bias", !logitBias.isEmpty),
            ("--repetition-penalty", repetitionPenalty != nil),
            ("--frequency-penalty", frequencyPenalty != nil),
            ("--presence-penalty", presencePenalty != nil),
            ("--no-repeat-ngram", noRepeatNgram != nil), ("--temperature", temperature != nil),
            ("--top-k", topK != nil), ("--top-p", topP != nil), ("--min-p", minP != nil),
            ("--typical-p", typicalP != nil), ("--epsilon-cutoff", epsilonCutoff != nil),
            ("--eta-cutoff", etaCutoff != nil),
        ].filter(\.1).map(\.0)
    }

    private static let usualTemperature = 0.8

    /// The flags in the order in which they are applied, which is that of Hugging Face transformers.
    static let order = [
        "--logit-bias", "--repetition-penalty", "--frequency-penalty", "--presence-penalty",
        "--no-repeat-ngram", "--temperature", "--top-k", "--top-p", "--min-p", "--typical-p",
        "--epsilon-cutoff", "--eta-cutoff",
    ]

    /// The steps that were asked for, without those that change nothing.
    func sampling(for loaded: LoadedModel) throws -> Sampling {
        var steps: [SamplingStep] = []
        if !logitBias.isEmpty {
            steps.append(.logitBias(try LogitBiasFlag.biases(logitBias, for: loaded)))
        }
        func add(_ value: Double?, neutral: Double, _ step: (Double) -> SamplingStep) {
            if let value, value != neutral { steps.append(step(value)) }
        }
        add(repetitionPenalty, neutral: 1, SamplingStep.repetitionPenalty)
        add(frequencyPenalty, neutral: 0, SamplingStep.frequencyPenalty)
        add(presencePenalty, neutral: 0, SamplingStep.presencePenalty)
        if let noRepeatNgram { steps.append(.noRepeatNGram(noRepeatNgram)) }
        add(temperature ?? Self.usualTemperature, neutral: 1, SamplingStep.temperature)
        if let topK { steps.append(.topK(topK)) }
        add(topP, neutral: 1, SamplingStep.topP)
        add(minP, neutral: 0, SamplingStep.minP)
        add(typicalP, neutral: 1, SamplingStep.typicalP)
        add(epsilonCutoff, neutral: 0, SamplingStep.epsilonCutoff)
        add(etaCutoff, neutral: 0, SamplingStep.etaCutoff)
        return Sampling(steps)
    }
}
