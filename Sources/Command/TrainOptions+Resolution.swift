import ArgumentParser
import Attend
import Foundation

extension TrainOptions {
    /// The configuration that preset, file and flags make together, and the data it is for.
    ///
    /// - Throws: `UsageError` for flags that do not fit together, `DataError` for data that cannot be used.
    func resolved(
        seed: UInt64?
    ) throws -> (configuration: RunConfiguration, data: TrainingData, encoder: BERT?) {
        let file = try config.map {
            try Preset.configuration(fromFile: $0, version: AttendCommand.configuration.version)
        }
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
        let isPrepared = PreparedText.isPrepared(source)
        if isPrepared, tokenizer != nil || vocabulary != nil {
            throw UsageError(
                description:
                    "--data \(source.quoted) was prepared with a tokenizer of its own, so "
                    + "\(tokenizer != nil ? "--tokenizer" : "--vocabulary") cannot be given with it; give it"
                    + " to attend prepare.")
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
        let kind = file?.data.kind ?? preset.kind
        try check(source: source, kind: kind, architecture: start.architecture)
        try checkFlags(kind: kind, model: start)
        try checkEquations(source: source, preset: preset, isFromFile: file != nil)
        var training = file?.training ?? preset.training
        if encoder != nil, start.architecture != .classifier {
            throw UsageError(
                description:
                    "--encoder is for a classifier, not for \(start.architecture.rawValue); give --model classifier with it."
            )
        }
        if encoder != nil, regularisation.initialisation ?? training.initialisation != nil {
            throw UsageError(
                description:
                    "--initialisation draws new weights, and --encoder brings trained ones; give one of the two."
            )
        }
        let trained = try encoder.map { try LoadedModel.load($0) }
        let model = try withEncoder(trained, in: start).applying(sizes)
        try apply(to: &training)
        try checkSettings(training)
        // The model is checked before the data is read, with any vocabulary.
        try check(model, training, kind)
        let tokenizer =
            tokenizer?.kind ?? file.flatMap { .init(rawValue: $0.data.tokenizer) }
            ?? preset.tokenizer
        if isPrepared, kind != .text {
            throw UsageError(
                description:
                    "--data \(source.quoted) was prepared from a text, and the family"
                    + " \(start.architecture.rawValue) learns from \(kind.rawValue); give --model gpt or llama."
            )
        }
        if kind != .text, tokenizer == .byte {
            throw UsageError(
                description:
                    "--tokenizer byte has no special tokens, which examples of unequal length need; give character or bpe."
            )
        }
        if vocabulary != nil, tokenizer != .bytePair {
            throw UsageError(
                description:
                    "--vocabulary is the size of a bpe vocabulary, and the tokenizer is \(tokenizer.rawValue); give --tokenizer bpe with it."
            )
        }
        var request = TrainingData.Request(
            source: source, kind: kind, seed: seed,
            tokenizer: tokenizer,
            vocabularySize: vocabulary ?? file?.model.vocabularySizes.first
                ?? preset.vocabularySize,
            lengthLimit: model.sizes.contextLength,
            sourceName: self.source ?? file?.data.sourceName,
            targetName: target ?? file?.data.targetName)
        request.trainingShare = trainingShare ?? file?.data.trainingShare
        request.mixture = mix.isEmpty ? (data == nil ? file?.data.mixture ?? [] : []) : mix
        if let problem = MixedSource.problem(request.mixture) {
            throw UsageError(
                description: "--mix \(problem); expected shares of at most 1 together.")
        }
        if case .file(let path)? = self.tokenizer {
            request.savedTokenizer = try TokenizerFile.read(at: path)
        } else {
            request.savedTokenizer = try trained?.tokenizer
        }
        let text = try TrainingData(request)
        let needed = text.tokenizer.vocabularySize
        if preset.hasFixedVocabulary, let size = model.vocabularySizes.first, needed > size {
            throw UsageError(
                description:
                    "The preset \(preset.name) has \(size.grouped) tokens, but the text needs"
                    + " \(needed.grouped); give --tokenizer byte.")
        }
        var sized = preset.hasFixedVocabulary ? model : model.withVocabulary(needed)
        if case .labelled(let texts, _) = text.content { sized = sized.withClasses(texts.labels) }
        if case .equations(let equations) = text.content {
            // What config.json says is what each step learns from.
            training.batch = min(training.batch, equations.training.count)
        }
        var configuration = RunConfiguration(
            attendVersion: AttendCommand.configuration.version, preset: preset.name, model: sized,
            data: text.description, training: training, seed: seed)
        configuration.startedFrom = trained?.path
        if let problem = configuration.curriculumProblem {
            throw UsageError(description: "The run \(problem); change the one or the other.")
        }
        // A prediction is for the run that was planned, and for no other.
        var planned = configuration
        planned.prediction = file?.prediction
        if planned == file { configuration = planned }
        if case .encoder(let model)? = trained?.model { return (configuration, text, model) }
        return (configuration, text, nil)
    }

    /// The configuration with the sizes of a trained encoder.
    private func withEncoder(
        _ trained: LoadedModel?, in start: AnyConfiguration
    ) throws -> AnyConfiguration {
        guard let trained, case .classifier(var configuration) = start else { return start }
        guard case .encoder(let sizes) = trained.configuration else {
            throw trained.familyError(
                "which no classifier can begin with; give the run of an encoder")
        }
        let flags = [
            ("--context", context != nil), ("--layers", layers != nil), ("--heads", heads != nil),
            ("--width", width != nil), ("--tokenizer", tokenizer != nil),
            ("--vocabulary", vocabulary != nil),
        ]
        if let flag = flags.first(where: \.1)?.0 {
            throw UsageError(
                description:
                    "--encoder brings its own sizes and tokenizer, so \(flag) cannot be given with it."
            )
        }
        configuration.encoder = sizes
        return .classifier(configuration)
    }

    /// Built-in data of all kinds.
    static let builtInNames =
        Corpus.builtInNames + ParallelCorpus.builtInNames + LabelledTexts.builtInNames
        + [ModularAddition.baseName]

    /// Refuses built-in data that the family does not learn from, which would otherwise be looked for as files.
    private func check(source: String, kind: DataKind, architecture: Architecture) throws {
        let (names, what) =
            switch kind {
            case .text: (Corpus.builtInNames + [ModularAddition.baseName], "text")
            case .masked: (Corpus.builtInNames, "text")
            case .pairs: (ParallelCorpus.builtInNames, "pairs")
            case .labelled: (LabelledTexts.builtInNames, "texts with labels")
            }
        if !Self.builtInNames.contains(source), ModularAddition.modulus(named: source) == nil,
            FileKind.of(source) == nil
        {
            throw DataError.unknownName(
                source, suggestion: nearestName(to: source, in: Self.builtInNames), known: names)
        }
        if Self.builtInNames.contains(source), !names.contains(source) {
            throw UsageError(
                description:
                    "--data \(source) does not go with the family \(architecture.rawValue), which learns from \(what);"
                    + " expected a file of these or \(names.joined(separator: ", ")).")
        }
    }

    /// Refuses flags that equations leave no choice of, or that are for nothing else.
    private func checkEquations(source: String, preset: Preset, isFromFile: Bool) throws {
        let name = ModularAddition.baseName
        if ModularAddition.modulus(named: source) == nil {
            if trainingShare != nil {
                throw UsageError(
                    description:
                        "--training-share is for equations; give --data \(name) with it.")
            }
            if preset.data == name, !isFromFile {
                throw UsageError(
                    description:
                        "--preset \(preset.name) learns equations and nothing else; expected --data \(name) or, with"
                        + " another modulus, such as \(name)-59.")
            }
        } else {
            let flags = [
                ("--tokenizer", tokenizer != nil), ("--vocabulary", vocabulary != nil),
                ("--mix", !mix.isEmpty), ("--packing", packing != nil),
                ("--context-schedule", contextSchedule != nil),
            ]
            if let flag = flags.first(where: \.1)?.0 {
                throw UsageError(
                    description:
                        "\(flag) cannot be given with equations, whose numbers are the tokens and each of which is a"
                        + " row by itself; leave it out.")
            }
        }
    }

    /// Refuses flags that would have no effect on data of this kind, or on this family.
    private func checkFlags(kind: DataKind, model: AnyConfiguration) throws {
        func refuse(_ flags: [(String, Bool)], _ reason: String) throws {
            for (flag, isGiven) in flags where isGiven {
                throw UsageError(description: "\(flag) \(reason).")
            }
        }
        if kind == .text {
            try refuse(
                [("--batch-tokens", batchTokens != nil)],
                "is for examples of unequal length; the batches of a text are given by --batch")
        } else {
            try refuse(
                [("--batch", batch != nil)],
                "is for text; examples of unequal length are given by --batch-tokens")
            try refuse(
                [
                    ("--packing", packing != nil), ("--mix", !mix.isEmpty),
                    ("--context-schedule", contextSchedule != nil),
                ], "is for text, not for examples of unequal length")
        }
        if kind != .pairs {
            try refuse(
                [
                    ("--source", source != nil), ("--target", target != nil),
                    ("--label-smoothing", regularisation.labelSmoothing != nil),
                    ("--curriculum", curriculum != nil),
                ],
                "is for pairs of a source and a target; give --model encoder-decoder with it")
        }
        switch model {
        case .gptOSS:
            try refuse(
                [("--dropout", regularisation.dropout != nil)],
                "has no effect on gpt-oss, which drops no single values; --drop-path drops branches"
            )
        case .ladder(let rung):
            let name = rung.rung.rawValue
            try refuse(
                [("--gradient-checkpointing", memory.gradientCheckpointing)],
                "has no effect on \(name), a rung of the ladder; use --model gpt")
            try refuse(
                [
                    ("--layers", layers != nil), ("--dropout", regularisation.dropout != nil),
                    ("--drop-path", regularisation.dropPath != nil),
                ],
                "has no effect on \(name), a rung of the ladder; use --model gpt")
            if rung.rung == .bigram || rung.rung == .singleHead {
                try refuse(
                    [("--heads", heads != nil)],
                    "has no effect on \(name); use --model multi-head")
            }
            if rung.rung == .bigram {
                try refuse([("--width", width != nil)], "has no effect on bigram, which is a table")
            }
        default: break
        }
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
        if let data, model == nil, ModularAddition.modulus(named: data) != nil,
            let addition = Preset.named(ModularAddition.baseName)
        {
            return addition
        }
        if let model { return .usual(for: model) }
        if encoder != nil { return .usual(for: .classifier) }
        if let data {
            if LabelledTexts.builtInNames.contains(data) { return .usual(for: .classifier) }
            if PreparedText.isPrepared(data) { return Preset.all[0] }
            let isTable = data.hasSuffix(".tsv") && FileManager.default.fileExists(atPath: data)
            if isTable || TextFile.isDirectory(data) {
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
        // What one batch is learnt by heart with must not be dropped.
        sizes.dropout = regularisation.dropout.map(Float.init) ?? (guards.overfitOneBatch ? 0 : nil)
        return sizes
    }

    private func apply(to training: inout TrainingSettings) throws {
        if let steps {
            // A shorter run warms up for the same share of its steps.
            training.warmupSteps = min(training.warmupSteps, max(steps / 10, 1))
            training.steps = steps
        }
        training.warmupSteps = warmup ?? training.warmupSteps
        training.schedule = schedule ?? training.schedule
        training.batch = batch ?? training.batch
        training.batchTokens = batchTokens ?? training.batchTokens
        if let learningRate {
            if training.learningRate > 0 {
                training.finalLearningRate *= Float(learningRate) / training.learningRate
            }
            training.learningRate = Float(learningRate)
        }
        training.decayShare = decayShare.map(Float.init) ?? training.decayShare
        if let optimizer, optimizer != training.optimizer {
            training.optimizer = optimizer
            training.momentum = nil
        }
        training.momentum = momentum.map(Float.init) ?? training.momentum
        training.weightDecay = weightDecay.map(Float.init) ?? training.weightDecay
        training.decayed = decayed ?? training.decayed
        training.gradientClip = gradientClip.map(Float.init) ?? training.gradientClip
        training.gradientValueClip =
            gradientValueClip.map(Float.init) ?? training.gradientValueClip
        try regularisation.apply(to: &training)
        memory.apply(to: &training)
        training.weightAverage = weightAverage.map(Float.init) ?? training.weightAverage
        training.nonFinite = nonFinite ?? training.nonFinite
        training.packing = packing ?? training.packing
        training.contextSchedule = contextSchedule ?? training.contextSchedule
        training.curriculum = curriculum ?? training.curriculum
        training.evaluationInterval = evaluationInterval ?? training.evaluationInterval
        training.precision = precision ?? training.precision
        guards.apply(to: &training)
        if guards.overfitOneBatch {
            training.labelSmoothing = regularisation.labelSmoothing.map(Float.init) ?? 0
        }
    }

    /// Refuses flags that would have no effect with the optimizer or the schedule.
    private func checkSettings(_ training: TrainingSettings) throws {
        if momentum != nil, ![.sgd, .nesterov, .muon].contains(training.optimizer) {
            throw UsageError(
                description:
                    "--momentum has no effect on \(training.optimizer.rawValue); give --optimizer sgd, nesterov or muon with it."
            )
        }
        if decayShare != nil, training.schedule != .warmupStableDecay {
            throw UsageError(
                description:
                    "--decay-share has no effect on the schedule \(training.schedule.rawValue); give --schedule wsd with it."
            )
        }
        if decayed != nil, training.weightDecay == 0 {
            throw UsageError(
                description:
                    "--decayed has no effect with a weight decay of 0; give --weight-decay with it."
            )
        }
    }

    private func check(
        _ model: AnyConfiguration, _ training: TrainingSettings, _ kind: DataKind
    ) throws {
        do {
            try model.sizes.validate()
            try training.validate()
            if training.initialisation == .maximalUpdate {
                try MaximalUpdate.check(model.architecture)
            }
        } catch let error as ConfigurationError {
            // What a flag can change is named by the flag.
            let problems = error.problems.map {
                $0.replacing("headCount ", with: "--heads ")
                    .replacing("divide width ", with: "divide --width ")
            }
            throw UsageError(
                description: "The sizes cannot be used: \(problems.joined(separator: "; ")).")
        }
        let context = model.sizes.contextLength
        if kind != .text { return }
        let tokens = training.batch.multipliedReportingOverflow(by: context)
        if tokens.overflow || tokens.partialValue > TokenBatch.tokenLimit {
            throw UsageError(
                description:
                    "--batch \(training.batch.grouped) times --context \(context.grouped) is more"
                    + " than \(TokenBatch.tokenLimit.grouped) tokens; lower one of them.")
        }
    }
}
