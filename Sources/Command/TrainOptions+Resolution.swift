import ArgumentParser
import Attend
import Foundation

/// A new run, as flags, files and presets together say.
struct ResolvedTraining {
    let configuration: RunConfiguration
    let data: TrainingData
    /// What a classifier begins with.
    let encoder: BERT?
}

extension TrainOptions {
    /// The configuration that preset, file and flags make together, and the data it is for.
    ///
    /// - Throws: `UsageError` for flags that do not fit together, `DataError` for data that cannot be used.
    func resolved(seed: UInt64?) throws -> ResolvedTraining {
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
        let start = file?.model ?? preset.model
        let kind = file?.data.kind ?? preset.kind
        try checkPrepared(source)
        try checkFamily(start, preset: preset, isFromFile: file != nil)
        try check(source: source, kind: kind, architecture: start.architecture)
        try checkFlags(kind: kind, model: start)
        try checkEquations(source: source, preset: preset, isFromFile: file != nil)
        var training = file?.training ?? preset.training
        try checkEncoder(start, training)
        let trained = try encoder.map { try LoadedModel.load($0) }
        let model = try withEncoder(trained, in: start).applying(sizes)
        try apply(to: &training)
        try checkSettings(training)
        // The model is checked before the data is read, with any vocabulary.
        try check(model, training, kind)
        let data = try TrainingData(
            request(
                source: source, kind: kind, seed: seed, model: model, file: file, preset: preset,
                trained: trained))
        let sized = try sized(model, for: data, preset: preset)
        if case .equations(let equations) = data.content {
            // What config.json says is what each step learns from.
            training.batch = min(training.batch, equations.training.count)
        }
        var configuration = RunConfiguration(
            attendVersion: AttendCommand.configuration.version, preset: preset.name, model: sized,
            data: data.description, training: training, seed: seed)
        configuration.startedFrom = trained?.path
        if let problem = configuration.curriculumProblem {
            throw UsageError(description: "The run \(problem); change the one or the other.")
        }
        if let problem = configuration.accumulationProblem {
            throw UsageError(description: problem)
        }
        // A prediction is for the run that was planned, and for no other.
        var planned = configuration
        planned.prediction = file?.prediction
        if planned == file { configuration = planned }
        var encoder: BERT?
        if case .encoder(let model)? = trained?.model { encoder = model }
        return ResolvedTraining(configuration: configuration, data: data, encoder: encoder)
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
