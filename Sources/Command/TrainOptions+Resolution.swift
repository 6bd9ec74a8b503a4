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
        if isPrepared, let flag = text.firstGivenFlag {
            throw UsageError(
                description:
                    "--data \(source.quoted) was prepared with a tokenizer of its own, so "
                    + "\(flag) cannot be given with it; give it"
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
            self.text.tokenizer?.kind ?? file.flatMap { .init(rawValue: $0.data.tokenizer) }
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
        if self.text.vocabulary != nil, tokenizer != .bytePair {
            throw UsageError(
                description:
                    "--vocabulary is the size of a bpe vocabulary, and the tokenizer is \(tokenizer.rawValue); give --tokenizer bpe with it."
            )
        }
        var request = TrainingData.Request(
            source: source, kind: kind, seed: seed,
            tokenizer: tokenizer,
            vocabularySize: self.text.vocabulary ?? file?.model.vocabularySizes.first
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
        if case .file(let path)? = self.text.tokenizer {
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
}
