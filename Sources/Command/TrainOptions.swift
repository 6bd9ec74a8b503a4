import ArgumentParser
import Attend
import Foundation

/// The flags of `attend train` that describe a new run.
struct TrainOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to learn from: \(Corpus.builtInNames.joined(separator: ", ")), or a text file.",
            valueName: "name|file"))
    var data: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The kind of model: gpt.", valueName: "name"),
        transform: { name in
            if name == "gpt" { return name }
            throw Name.unknown(name, among: ["gpt"])
        })
    var model: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The sizes and settings to start from: \(Preset.names.joined(separator: ", ")) (default: default).",
            valueName: "name"),
        transform: { name in
            if let preset = Preset.named(name) { return preset }
            throw Name.unknown(name, among: Preset.names)
        })
    var preset: Preset?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Sizes and settings from the config.json of another run; other flags come before it.",
            valueName: "file"))
    var config: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How text becomes tokens: character or byte.", valueName: "name"),
        transform: Name.of(TrainingData.TokenizerKind.self))
    var tokenizer: TrainingData.TokenizerKind?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many steps.", valueName: "n"),
        transform: Number.whole(1...1_000_000_000))
    var steps: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sequences in a batch.", valueName: "n"),
        transform: Number.whole(1...65_536))
    var batch: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Tokens in a sequence.", valueName: "n"),
        transform: Number.whole(1...1_048_576))
    var context: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Blocks of the model.", valueName: "n"),
        transform: Number.whole(1...1024))
    var layers: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Heads of each attention; must divide the width.", valueName: "n"),
        transform: Number.whole(1...4096))
    var heads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Width of the model; the feed-forward networks are four times as wide.", valueName: "n"),
        transform: Number.whole(1...65_536))
    var width: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The probability that a value is dropped in training.", valueName: "x"),
        transform: Number.real(0...0.95))
    var dropout: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The highest learning rate; the last one keeps its proportion to it.", valueName: "x"),
        transform: Number.positive(upTo: 10))
    var learningRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Steps between two evaluations.", valueName: "n"),
        transform: Number.whole(1...1_000_000_000))
    var evaluationInterval: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What matrix products round to: float32, or bfloat16 (faster where the processor multiplies it).",
            valueName: "name"),
        transform: Name.of(Precision.self))
    var precision: Precision?

    /// The first flag that was given, for a message about those that cannot be.
    var firstGivenFlag: String? {
        let given: [(String, Bool)] = [
            ("--data", data != nil), ("--model", model != nil), ("--preset", preset != nil),
            ("--config", config != nil), ("--tokenizer", tokenizer != nil),
            ("--steps", steps != nil),
            ("--batch", batch != nil), ("--context", context != nil), ("--layers", layers != nil),
            ("--heads", heads != nil), ("--width", width != nil), ("--dropout", dropout != nil),
            ("--learning-rate", learningRate != nil),
            ("--evaluation-interval", evaluationInterval != nil),
            ("--precision", precision != nil),
        ]
        return given.first { $0.1 }?.0
    }

    /// The configuration that preset, file and flags make together, and the data it is for.
    ///
    /// - Throws: `UsageError` for flags that do not fit together, `DataError` for data that cannot be used.
    func resolved(seed: UInt64?) throws -> (RunConfiguration, TrainingData) {
        let file = try config.map(RunConfiguration.read(fromFile:))
        if file != nil, preset != nil {
            throw UsageError(
                description:
                    "--config and --preset both give all sizes and settings; give one of them.")
        }
        let preset = preset ?? file.flatMap { Preset.named($0.preset) } ?? Preset.all[0]
        let seed = seed ?? file?.seed ?? 1
        guard let source = data ?? file?.data.source ?? preset.data else {
            throw UsageError(
                description:
                    "The preset \(preset.name) needs a text to learn from: give --data FILE.")
        }
        var model = file?.model ?? preset.model
        var training = file?.training ?? preset.training
        // The model is checked before the data is read, with any vocabulary.
        apply(to: &model, &training)
        try check(model, training)
        let text = try TrainingData(
            source: source, seed: seed,
            tokenizer: tokenizer ?? file.flatMap { .init(rawValue: $0.data.tokenizer) }
                ?? preset.tokenizer)
        let needed = text.tokenizer.vocabularySize
        if preset.hasFixedVocabulary, needed > model.vocabularySize {
            throw UsageError(
                description:
                    "The preset \(preset.name) has \(model.vocabularySize.grouped) tokens, but the text needs"
                    + " \(needed.grouped); give --tokenizer byte.")
        }
        if !preset.hasFixedVocabulary { model.vocabularySize = needed }
        let configuration = RunConfiguration(
            attendVersion: AttendCommand.configuration.version, preset: preset.name, model: model,
            data: text.description, training: training, seed: seed)
        return (configuration, text)
    }

    private func apply(to model: inout GPT.Configuration, _ training: inout TrainingSettings) {
        model.contextLength = context ?? model.contextLength
        model.layerCount = layers ?? model.layerCount
        model.headCount = heads ?? model.headCount
        if let width {
            model.width = width
            model.hiddenWidth = 4 * width
        }
        model.dropout = dropout.map(Float.init) ?? model.dropout
        if let steps {
            // A shorter run warms up for the same share of its steps.
            training.warmupSteps = min(training.warmupSteps, max(steps / 10, 1))
            training.steps = steps
        }
        training.batch = batch ?? training.batch
        if let learningRate {
            if training.learningRate > 0 {
                training.finalLearningRate *= Float(learningRate) / training.learningRate
            }
            training.learningRate = Float(learningRate)
        }
        training.evaluationInterval = evaluationInterval ?? training.evaluationInterval
        training.precision = precision ?? training.precision
    }

    private func check(_ model: GPT.Configuration, _ training: TrainingSettings) throws {
        if model.width % model.headCount != 0 {
            throw UsageError(
                description:
                    "--heads \(model.headCount) does not divide --width \(model.width); give a divisor of it."
            )
        }
        do {
            try model.validate()
            try training.validate()
        } catch let error as ConfigurationError {
            throw UsageError(description: "The sizes cannot be used: \(error).")
        }
        let tokens = training.batch.multipliedReportingOverflow(by: model.contextLength)
        if tokens.overflow || tokens.partialValue > TokenBatch.tokenLimit {
            throw UsageError(
                description:
                    "--batch \(training.batch.grouped) times --context \(model.contextLength.grouped) is more"
                    + " than \(TokenBatch.tokenLimit.grouped) tokens; lower one of them.")
        }
    }
}
