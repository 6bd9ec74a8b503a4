import Attend
import Foundation

/// The directory of a run with a tiny random model, removed when the last reference to it is gone.
final class TinyRun {
    static let characters = "\n abcdefgh.🦊"
    static let configuration = GPT.Configuration(
        vocabularySize: characters.unicodeScalars.count, contextLength: 16, layerCount: 2,
        headCount: 2, width: 16)

    let path: String
    private(set) var model: GPT

    /// - Parameters:
    ///   - separator: what the run's data ends documents with.
    ///   - change: what to do to the model before it is saved.
    init(separator: String? = nil, change: (inout GPT) -> Void = { _ in }) throws {
        path = NSTemporaryDirectory() + "attend-command-\(UUID().uuidString)"
        var random = RandomSource(seed: 11)
        model = GPT(Self.configuration, random: &random)
        change(&model)
        let run = try RunDirectory.create(at: path)
        let settings = TrainingSettings(
            steps: 10, batch: 2, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 2,
            evaluationInterval: 5, evaluationTokens: 64)
        let data = DataDescription(
            source: "letters.txt", sha256: String(repeating: "0", count: 64),
            trainingCharacterCount: 100, validationCharacterCount: 10,
            documentSeparator: separator, floor: nil)
        try run.writeConfiguration(
            RunConfiguration(
                attendVersion: "0.1.0", preset: "default", model: .gpt(Self.configuration),
                data: data,
                training: settings, seed: 1))
        try run.writeTokenizer(
            SavedTokenizer.character(CharacterTokenizer(text: Self.characters)))
        try run.snapshots.save(
            step: 10,
            model: model.namedTensors().map {
                SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor)
            }, optimizer: [], state: ["steps": 10], isBest: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in the directory.
    func file(_ name: String) -> String { path + "/" + name }

    /// Replaces a text in a file of the directory.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: file(name), encoding: .utf8)
        precondition(text.contains(old), "\(old) is not in \(text)")
        try text.replacingOccurrences(of: old, with: new)
            .write(toFile: file(name), atomically: true, encoding: .utf8)
    }

    /// Writes a file into the directory.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}
