import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Foundation

/// The directory of a run with a random model, removed when the last reference to it is gone.
final class SavedRun {
    let path: String

    /// Saves a model as a training on this data would leave it.
    init(
        _ model: AnyModel, _ sizes: AnyConfiguration, tokenizer: SavedTokenizer,
        source: String = "data", seed: UInt64 = 1
    ) throws {
        path = NSTemporaryDirectory() + "attend-saved-\(UUID().uuidString)"
        let run = try RunDirectory.create(at: path)
        let data = DataDescription(
            source: source, sha256: "0", trainingCharacterCount: 100, validationCharacterCount: 10,
            kind: sizes.architecture.dataKind, documentSeparator: nil, floor: nil)
        let settings = TrainingSettings(
            steps: 10, batch: 2, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 2,
            evaluationInterval: 5, evaluationTokens: 64)
        try run.writeConfiguration(
            RunConfiguration(
                attendVersion: "0", preset: "own", model: sizes, data: data, training: settings,
                seed: seed))
        try run.writeTokenizer(tokenizer)
        try run.snapshots.save(
            step: 10,
            model: model.module.namedTensors().map {
                SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor)
            }, optimizer: [], state: ["steps": 10], isBest: true)
    }

    /// Makes a model of these sizes and saves it.
    convenience init(
        _ sizes: AnyConfiguration, tokenizer: SavedTokenizer, source: String = "data",
        seed: UInt64 = 1
    ) throws {
        var random = RandomSource(seed: seed)
        try self.init(
            sizes.makeModel(random: &random), sizes, tokenizer: tokenizer, source: source,
            seed: seed)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func load() throws -> LoadedModel { try LoadedModel.load(path) }

    /// Writes a text into the directory.
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        return path + "/" + name
    }
}
