import ArgumentParser
import Attend
import Foundation

/// The flags of `attend train` that describe a new run.
struct TrainOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to learn from: a text file; for pairs a directory with train.SRC and train.TGT, or a "
                + "file of two columns; or built-in: "
                + "\((Corpus.builtInNames + ParallelCorpus.builtInNames).joined(separator: ", ")).",
            valueName: "name|file|dir"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The family: \(Architecture.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(Architecture.self))
    var model: Architecture?

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
        help: ArgumentHelp("How text becomes tokens: character, byte or bpe.", valueName: "name"),
        transform: Name.of(TrainingData.TokenizerKind.self))
    var tokenizer: TrainingData.TokenizerKind?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many tokens a bpe vocabulary has.", valueName: "n"),
        transform: Number.whole(256...1_000_000))
    var vocabulary: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The ending of the source's files in a directory of pairs, such as de.",
            valueName: "ending"))
    var source: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The same for the target, such as en.", valueName: "ending"))
    var target: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("How many steps.", valueName: "n"),
        transform: Number.whole(1...1_000_000_000))
    var steps: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sequences in a batch of text.", valueName: "n"),
        transform: Number.whole(1...65_536))
    var batch: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens in a batch of pairs, padding included.", valueName: "n"),
        transform: Number.whole(1...10_000_000))
    var batchTokens: Int?

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
            "Width of the model; its feed-forward networks keep their proportion to it.",
            valueName: "n"),
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
        help: ArgumentHelp("Steps over which the learning rate rises.", valueName: "n"),
        transform: Number.whole(0...1_000_000_000))
    var warmup: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How the learning rate falls: cosine or noam.", valueName: "name"),
        transform: Name.of(ScheduleKind.self))
    var schedule: ScheduleKind?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much probability the targets of pairs share with other tokens.", valueName: "x"),
        transform: Number.real(0...0.9))
    var labelSmoothing: Double?

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
            ("--vocabulary", vocabulary != nil), ("--source", source != nil),
            ("--target", target != nil), ("--batch-tokens", batchTokens != nil),
            ("--warmup", warmup != nil), ("--schedule", schedule != nil),
            ("--label-smoothing", labelSmoothing != nil),
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
        let preset = try chosenPreset(file)
        let seed = seed ?? file?.seed ?? 1
        guard let source = data ?? file?.data.source ?? preset.data else {
            throw UsageError(
                description:
                    "The preset \(preset.name) needs something to learn from: give --data "
                    + (preset.kind == .pairs ? "DIR with train.SRC and train.TGT." : "FILE."))
        }
        let start = file?.model ?? preset.model
        if let model, model != start.architecture {
            throw UsageError(
                description:
                    "--model \(model.rawValue) is another family than \(start.architecture.rawValue), which "
                    + (file == nil ? "--preset \(preset.name)" : "--config")
                    + " has; give one of the two."
            )
        }
        var training = file?.training ?? preset.training
        let model = start.applying(sizes)
        apply(to: &training)
        // The model is checked before the data is read, with any vocabulary.
        let kind = file?.data.kind ?? preset.kind
        try check(model, training, kind)
        let text = try TrainingData(
            TrainingData.Request(
                source: source, kind: kind, seed: seed,
                tokenizer: tokenizer ?? file.flatMap { .init(rawValue: $0.data.tokenizer) }
                    ?? preset.tokenizer,
                vocabularySize: vocabulary ?? file?.model.vocabularySizes.first
                    ?? preset.vocabularySize,
                lengthLimit: model.sizes.contextLength,
                sourceName: self.source ?? file?.data.sourceName,
                targetName: target ?? file?.data.targetName))
        let needed = text.tokenizer.vocabularySize
        if preset.hasFixedVocabulary, let size = model.vocabularySizes.first, needed > size {
            throw UsageError(
                description:
                    "The preset \(preset.name) has \(size.grouped) tokens, but the text needs"
                    + " \(needed.grouped); give --tokenizer byte.")
        }
        var sized = preset.hasFixedVocabulary ? model : model.withVocabulary(needed)
        if case .labelled(let texts, _) = text.content { sized = sized.withClasses(texts.labels) }
        let configuration = RunConfiguration(
            attendVersion: AttendCommand.configuration.version, preset: preset.name, model: sized,
            data: text.description, training: training, seed: seed)
        return (configuration, text)
    }

    /// The preset that is named, or that goes with the file, the family or the data.
    private func chosenPreset(_ file: RunConfiguration?) throws -> Preset {
        if let preset { return preset }
        if let file { return Preset.named(file.preset) ?? .usual(for: file.model.architecture) }
        if let data, model == nil || model == .encoderDecoder,
            ParallelCorpus.builtInNames.contains(data), let task = Preset.named(data)
        {
            return task
        }
        if let model { return .usual(for: model) }
        if let data {
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: data, isDirectory: &isDirectory)
            if exists, isDirectory.boolValue || data.hasSuffix(".tsv") {
                return .usual(for: .encoderDecoder)
            }
        }
        return Preset.all[0]
    }

    private var sizes: SizeOverrides {
        var sizes = SizeOverrides()
        sizes.contextLength = context
        sizes.layerCount = layers
        sizes.headCount = heads
        sizes.width = width
        sizes.dropout = dropout.map(Float.init)
        return sizes
    }

    private func apply(to training: inout TrainingSettings) {
        if let steps {
            // A shorter run warms up for the same share of its steps.
            training.warmupSteps = min(training.warmupSteps, max(steps / 10, 1))
            training.steps = steps
        }
        training.warmupSteps = warmup ?? training.warmupSteps
        training.schedule = schedule ?? training.schedule
        training.labelSmoothing = labelSmoothing.map(Float.init) ?? training.labelSmoothing
        training.batch = batch ?? training.batch
        training.batchTokens = batchTokens ?? training.batchTokens
        if let learningRate {
            if training.learningRate > 0 {
                training.finalLearningRate *= Float(learningRate) / training.learningRate
            }
            training.learningRate = Float(learningRate)
        }
        training.evaluationInterval = evaluationInterval ?? training.evaluationInterval
        training.precision = precision ?? training.precision
    }

    private func check(
        _ model: AnyConfiguration, _ training: TrainingSettings, _ kind: DataKind
    ) throws {
        do {
            try model.sizes.validate()
            try training.validate()
        } catch let error as ConfigurationError {
            throw UsageError(description: "The sizes cannot be used: \(error).")
        }
        let context = model.sizes.contextLength
        if kind != .text {
            for (flag, value) in [("--batch", batch)] where value != nil {
                throw UsageError(
                    description:
                        "\(flag) is for text; the sentences of \(kind.rawValue) differ in length: give --batch-tokens."
                )
            }
            return
        }
        for (flag, isGiven) in [
            ("--batch-tokens", batchTokens != nil), ("--source", source != nil),
            ("--target", target != nil), ("--label-smoothing", labelSmoothing != nil),
        ] where isGiven {
            throw UsageError(
                description:
                    "\(flag) is for pairs of a source and a target; give --model encoder-decoder with it."
            )
        }
        let tokens = training.batch.multipliedReportingOverflow(by: context)
        if tokens.overflow || tokens.partialValue > TokenBatch.tokenLimit {
            throw UsageError(
                description:
                    "--batch \(training.batch.grouped) times --context \(context.grouped) is more"
                    + " than \(TokenBatch.tokenLimit.grouped) tokens; lower one of them.")
        }
    }
}
