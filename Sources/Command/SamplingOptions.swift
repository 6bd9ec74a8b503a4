import ArgumentParser
import Attend

/// The flags of `attend generate` about how tokens are drawn.
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

    /// The flags that were given, by name.
    var given: [String] {
        [
            ("--temperature", temperature != nil), ("--top-k", topK != nil),
            ("--top-p", topP != nil), ("--min-p", minP != nil),
            ("--typical-p", typicalP != nil), ("--epsilon-cutoff", epsilonCutoff != nil),
            ("--eta-cutoff", etaCutoff != nil),
        ].filter(\.1).map(\.0)
    }

    private static let usualTemperature = 0.8

    /// The flags in the order in which they are applied, which is that of Hugging Face transformers.
    static let order =
        PenaltyOptions.order + [
            "--temperature", "--top-k", "--top-p", "--min-p", "--typical-p", "--epsilon-cutoff",
            "--eta-cutoff",
        ]

    /// The temperature that was asked for, or else that the model's makers suggest.
    func temperature(for loaded: LoadedModel) -> Double {
        temperature ?? loaded.generation.sampling.temperature ?? Self.usualTemperature
    }

    /// The steps that were asked for, or else that the model's makers suggest, without those that change nothing.
    func steps(for loaded: LoadedModel) -> [SamplingStep] {
        var steps: [SamplingStep] = []
        func add(_ value: Double?, neutral: Double, _ step: (Double) -> SamplingStep) {
            if let value, value != neutral { steps.append(step(value)) }
        }
        let suggested = loaded.generation.sampling
        add(temperature(for: loaded), neutral: 1, SamplingStep.temperature)
        if let count = topK ?? suggested.topK { steps.append(.topK(count)) }
        add(topP ?? suggested.topP, neutral: 1, SamplingStep.topP)
        add(minP ?? suggested.minP, neutral: 0, SamplingStep.minP)
        add(typicalP ?? suggested.typicalP, neutral: 1, SamplingStep.typicalP)
        add(epsilonCutoff ?? suggested.epsilonCutoff, neutral: 0, SamplingStep.epsilonCutoff)
        add(etaCutoff ?? suggested.etaCutoff, neutral: 0, SamplingStep.etaCutoff)
        return steps
    }

    /// The flags that would say what the model's makers suggest and no flag says otherwise.
    func suggestions(of loaded: LoadedModel) -> [SuggestedFlag] {
        let suggested = loaded.generation.sampling
        let first = SuggestedFlag("--temperature", temperature, suggested.temperature)
        // Where the likeliest token is taken, the others change nothing.
        if temperature(for: loaded) == 0 { return first.map { [$0] } ?? [] }
        return [
            first,
            SuggestedFlag("--top-k", topK, suggested.topK),
            SuggestedFlag("--top-p", topP, suggested.topP, neutral: 1),
            SuggestedFlag("--min-p", minP, suggested.minP, neutral: 0),
            SuggestedFlag("--typical-p", typicalP, suggested.typicalP, neutral: 1),
            SuggestedFlag("--epsilon-cutoff", epsilonCutoff, suggested.epsilonCutoff, neutral: 0),
            SuggestedFlag("--eta-cutoff", etaCutoff, suggested.etaCutoff, neutral: 0),
        ].compactMap { $0 }
    }
}
