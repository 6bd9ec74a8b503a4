import ArgumentParser
import Attend

/// The flags that make single tokens more or less likely, however the next one is then chosen.
struct PenaltyOptions: ParsableArguments {
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
            ("--no-repeat-ngram", noRepeatNgram != nil),
        ].filter(\.1).map(\.0)
    }

    /// The flags in the order in which they are applied, which is that of Hugging Face transformers.
    static let order = [
        "--logit-bias", "--repetition-penalty", "--frequency-penalty", "--presence-penalty",
        "--no-repeat-ngram",
    ]

    /// The steps that were asked for, or else that the model's makers suggest, without those that change nothing.
    func steps(for loaded: LoadedModel) throws -> [SamplingStep] {
        var steps: [SamplingStep] = []
        if !logitBias.isEmpty {
            steps.append(.logitBias(try LogitBiasFlag.biases(logitBias, for: loaded)))
        }
        func add(_ value: Double?, neutral: Double, _ step: (Double) -> SamplingStep) {
            if let value, value != neutral { steps.append(step(value)) }
        }
        let suggested = loaded.generation.sampling
        add(
            repetitionPenalty ?? suggested.repetitionPenalty, neutral: 1,
            SamplingStep.repetitionPenalty)
        add(frequencyPenalty, neutral: 0, SamplingStep.frequencyPenalty)
        add(presencePenalty, neutral: 0, SamplingStep.presencePenalty)
        if let size = noRepeatNgram ?? suggested.noRepeatNGram {
            steps.append(.noRepeatNGram(size))
        }
        return steps
    }

    /// The flags that would say what the model's makers suggest and no flag says otherwise.
    func suggestions(of loaded: LoadedModel) -> [SuggestedFlag] {
        let suggested = loaded.generation.sampling
        return [
            SuggestedFlag(
                "--repetition-penalty", repetitionPenalty, suggested.repetitionPenalty, neutral: 1),
            SuggestedFlag("--no-repeat-ngram", noRepeatNgram, suggested.noRepeatNGram),
        ].compactMap { $0 }
    }
}
