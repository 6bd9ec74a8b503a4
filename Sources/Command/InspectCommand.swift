import ArgumentParser
import Attend

/// `attend inspect`: what is in a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "List a model's parts, their shapes and sizes.",
        discussion: """
            A preset whose vocabulary comes from its data is shown with the vocabulary of its usual data. \
            With --trace one batch of made-up tokens walks through the model, and every part's output, \
            work and time are shown.

            Example:
              attend inspect runs/tales
              attend inspect --preset gpt2-124m
              attend inspect --preset vaswani-base --trace
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A preset instead of a run: \(Preset.names.joined(separator: ", ")).",
            valueName: "name"),
        transform: { name in
            guard let preset = Preset.named(name) else {
                throw Name.unknown(name, among: Preset.names)
            }
            return preset
        })
    var preset: Preset?

    @Flag(help: "Walk one batch through the model and show every part's shape, work and time.")
    var trace = false

    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (model == nil) == (preset == nil) {
            throw ValidationError(
                model == nil
                    ? "Neither a run nor --preset is given; expected one of them."
                    : "Both a run and --preset are given; expected one of them.")
        }
    }

    func run() throws {
        common.apply()
        var title: String?
        let model: AnyModel
        let configuration: AnyConfiguration
        if let preset {
            configuration = preset.model
            try configuration.sizes.validate()
            var random = RandomSource(seed: 0)
            model = configuration.makeModel(random: &random)
        } else {
            let loaded = try loading.load(self.model ?? "")
            (model, configuration) = (loaded.model, loaded.configuration)
            title = loaded.training.map {
                "Trained for \($0.step.grouped) steps on \($0.configuration.data.source.legible)"
            }
        }
        let summary = ModelSummary(model, configuration)
        if trace {
            let trace = ModelTrace(of: model, configuration)
            if common.json { return try Output.json(Report(summary, trace)) }
            try TraceTable(trace).lines.forEach(Output.line)
            return Output.next("attend bench W4")
        }
        if common.json { return try Output.json(Report(summary, nil)) }
        if let title { try Output.line(title) }
        try PartsTable(summary).lines.forEach(Output.line)
        Output.next("attend inspect \(subject) --trace")
    }

    /// What is inspected, as it is typed.
    private var subject: String {
        model.map(ShellWord.quoted) ?? "--preset \(preset?.name ?? "default")"
    }

    private struct Report: Encodable {
        let architecture: String
        let parameters: Int
        let trainable: Int
        let megabytes: Double
        let flopsPerToken: Int
        let parts: [ModelSummary.Part]
        let trace: [Trace.Step]?
        let routers: [RouterStatistics]?

        init(_ summary: ModelSummary, _ trace: ModelTrace?) {
            architecture = summary.architecture
            parameters = summary.parameters
            trainable = summary.trainable
            megabytes = summary.megabytes
            flopsPerToken = summary.flopsPerToken
            parts = summary.parts
            self.trace = trace?.steps
            routers = trace.flatMap { $0.routers.isEmpty ? nil : $0.routers }
        }
    }
}
