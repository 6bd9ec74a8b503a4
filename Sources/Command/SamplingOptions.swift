import ArgumentParser
import Attend

/// The flags of `attend generate` about how tokens are chosen.
struct SamplingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How freely to choose: 0 always takes the likeliest token, 1 follows the model.",
            valueName: "x"),
        transform: Number.real(SamplingStep.temperatures))
    var temperature = Self.usualTemperature

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
    var topP = 1.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among tokens with at least this share of the likeliest one's probability.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var minP = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among the tokens that are about as surprising as the average, and have this probability together.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var typicalP = 1.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Choose among tokens of at least this probability.", valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var epsilonCutoff = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "As --epsilon-cutoff, with less than that where many tokens are about as likely.",
            valueName: "x"),
        transform: Number.real(SamplingStep.probabilities))
    var etaCutoff = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make tokens that occurred already, in the prompt too, less likely, where greater than 1.",
            valueName: "x"),
        transform: Number.real(SamplingStep.repetitionPenalties))
    var repetitionPenalty = 1.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take so much from a token's logit for each time that it was written.", valueName: "x"),
        transform: Number.real(SamplingStep.countPenalties))
    var frequencyPenalty = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Take so much from a token's logit once it was written.", valueName: "x"),
        transform: Number.real(SamplingStep.countPenalties))
    var presencePenalty = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Never write the same n tokens in a row twice, those of the prompt included.",
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

    /// The flags that were given and change something, by name.
    var given: [String] {
        [
            ("--logit-bias", !logitBias.isEmpty), ("--repetition-penalty", repetitionPenalty != 1),
            ("--frequency-penalty", frequencyPenalty != 0),
            ("--presence-penalty", presencePenalty != 0),
            ("--no-repeat-ngram", noRepeatNgram != nil),
            ("--temperature", temperature != Self.usualTemperature), ("--top-k", topK != nil),
            ("--top-p", topP < 1), ("--min-p", minP > 0), ("--typical-p", typicalP < 1),
            ("--epsilon-cutoff", epsilonCutoff > 0), ("--eta-cutoff", etaCutoff > 0),
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
        if repetitionPenalty != 1 { steps.append(.repetitionPenalty(repetitionPenalty)) }
        if frequencyPenalty != 0 { steps.append(.frequencyPenalty(frequencyPenalty)) }
        if presencePenalty != 0 { steps.append(.presencePenalty(presencePenalty)) }
        if let noRepeatNgram { steps.append(.noRepeatNGram(noRepeatNgram)) }
        if temperature != 1 { steps.append(.temperature(temperature)) }
        if let topK { steps.append(.topK(topK)) }
        if topP < 1 { steps.append(.topP(topP)) }
        if minP > 0 { steps.append(.minP(minP)) }
        if typicalP < 1 { steps.append(.typicalP(typicalP)) }
        if epsilonCutoff > 0 { steps.append(.epsilonCutoff(epsilonCutoff)) }
        if etaCutoff > 0 { steps.append(.etaCutoff(etaCutoff)) }
        return Sampling(steps)
    }
}
