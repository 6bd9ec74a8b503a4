import ArgumentParser
import Attend

/// `attend inspect`: what is in a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "List a model's parts, their shapes and sizes.",
        discussion: """
            A preset whose vocabulary comes from its data is shown with the vocabulary of its usual data.

            Example:
              attend inspect runs/tales
              attend inspect --preset gpt2-124m
            """)

    @Argument(help: "The directory of a run.")
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
        let summary: ModelSummary
        if let preset {
            summary = try ModelSummary(preset.model)
        } else {
            let loaded = try LoadedModel.load(model ?? "")
            loaded.notices.forEach(Output.message)
            summary = ModelSummary(loaded.model, loaded.configuration.model)
            title =
                "Trained for \(loaded.step.grouped) steps on \(loaded.configuration.data.source.legible)"
        }
        if common.json { return try Output.json(Report(summary)) }
        if let title { try Output.line(title) }
        try PartsTable(summary).lines.forEach(Output.line)
        Output.next(
            model.map { "attend generate \(ShellWord.quoted($0))" }
                ?? "attend train --preset \(preset?.name ?? "default")")
    }

    private struct Report: Encodable {
        let architecture: String
        let parameters: Int
        let trainable: Int
        let megabytes: Double
        let flopsPerToken: Int
        let parts: [ModelSummary.Part]

        init(_ summary: ModelSummary) {
            architecture = summary.architecture
            parameters = summary.parameters
            trainable = summary.trainable
            megabytes = summary.megabytes
            flopsPerToken = summary.flopsPerToken
            parts = summary.parts
        }
    }
}
