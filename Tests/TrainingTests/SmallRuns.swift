import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation

/// Small data of every kind in a folder of their own, and tiny models that learn from them.
final class SmallRuns {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "attend-examples-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var (text, pairs, labelled) = ("", "", "")
        for number in 0..<120 {
            let digits = String(number * 7919 % 10_007)
            text += "line \(digits) of the text\n"
            pairs += "\(digits)\t\(String(digits.reversed()))\n"
            labelled += "\(number % 3 == 0 ? "third" : "other")\tnumber \(digits)\n"
        }
        for (name, content) in [("text", text), ("pairs", pairs), ("labelled", labelled)] {
            try content.write(toFile: path(name), atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The path of a file or a run.
    func path(_ name: String) -> String { folder + "/" + name }

    /// A tiny model and the data that it learns from.
    func configured(
        _ kind: DataKind, averagedCheckpoints: Int = 1, batchTokens: Int = 96, dropout: Float = 0.1
    ) throws -> (configuration: RunConfiguration, data: TrainingData) {
        let file = kind == .masked ? "text" : kind.rawValue
        var request = TrainingData.Request(
            source: path(file), kind: kind, seed: 5, tokenizer: .character, lengthLimit: 24)
        request.lengthLimit = 24
        let data = try TrainingData(request)
        var model = Self.model(kind, dropout).withVocabulary(data.tokenizer.vocabularySize)
        if case .labelled(let texts, _) = data.content { model = model.withClasses(texts.labels) }
        let training = TrainingSettings(
            steps: 12, batch: 3, learningRate: 1e-2, finalLearningRate: 1e-3, warmupSteps: 2,
            evaluationInterval: 4, evaluationTokens: 200, sampleTokens: 5,
            batchTokens: batchTokens, labelSmoothing: kind == .pairs ? 0.1 : 0,
            averagedCheckpoints: averagedCheckpoints)
        let configuration = RunConfiguration(
            attendVersion: "test", preset: "default", model: model, data: data.description,
            training: training, seed: 5)
        return (configuration, data)
    }

    private static func model(_ kind: DataKind, _ dropout: Float) -> AnyConfiguration {
        var encoder = BERT.Configuration(
            vocabularySize: 40, contextLength: 24, layerCount: 2, headCount: 2, width: 16)
        encoder.dropout = dropout
        switch kind {
        case .text:
            return .gpt(
                GPT.Configuration(
                    vocabularySize: 40, contextLength: 24, layerCount: 2, headCount: 2, width: 16,
                    dropout: dropout))
        case .masked: return .encoder(encoder)
        case .pairs:
            return .encoderDecoder(
                EncoderDecoder.Configuration(
                    sourceVocabularySize: 40, targetVocabularySize: 40, contextLength: 24,
                    width: 16, headCount: 2, hiddenWidth: 32, encoderLayerCount: 2,
                    decoderLayerCount: 2, dropout: dropout))
        case .labelled:
            return .classifier(
                SequenceClassifier.Configuration(encoder: encoder, classes: ["a", "b"]))
        }
    }

    /// Begins a run of a tiny model.
    func begin(
        _ name: String, _ kind: DataKind, averagedCheckpoints: Int = 1
    ) throws -> TrainingRun {
        let (configuration, data) = try configured(kind, averagedCheckpoints: averagedCheckpoints)
        return try TrainingRun.begin(
            configuration, data: data, at: path(name), commandLine: "attend train")
    }

    /// Continues a run.
    func resume(_ name: String) throws -> TrainingRun {
        try TrainingRun.resume(at: path(name), commandLine: "attend train --resume").run
    }

    /// Trains to the end, or until so many steps are taken.
    ///
    /// - Returns: whether it came to the end, and what the user was told.
    @discardableResult
    func train(
        _ run: TrainingRun, stopAfter limit: Int = .max
    ) throws -> (isFinished: Bool, notices: [String]) {
        var notices: [String] = []
        let outcome = try run.run(
            sample: { _ in ModelSample(text: "a sample", accuracy: 0.5) },
            shouldStop: { run.trainer.stepCount >= limit }, report: { _ in },
            notice: { notices.append($0) })
        return (outcome == .finished, notices)
    }

    /// The bytes of a file of a checkpoint.
    func bytes(_ name: String, step: Int = 12, file: String = "model") throws -> Data {
        try Data(
            contentsOf: URL(
                fileURLWithPath: path("\(name)/checkpoints/step-\(step)/\(file).safetensors")))
    }

    /// The weights of a checkpoint by name.
    func weights(_ name: String, step: Int) throws -> [String: [Float]] {
        let file = try Snapshot(path: path("\(name)/checkpoints/step-\(step)")).model()
        var weights: [String: [Float]] = [:]
        for entry in file.entries { weights[entry.name] = try file.floats(entry.name) }
        return weights
    }

    /// What was logged, without times.
    func log(_ name: String) throws -> [MetricEvent] {
        try MetricsLog.events(in: URL(fileURLWithPath: path("\(name)/metrics.jsonl"))).map {
            switch $0 {
            case .step(var step):
                step.tokensPerSecond = 0
                return .step(step)
            case .start(var start):
                start.run = ""
                return .start(start)
            case .done(var done):
                (done.seconds, done.run) = (0, "")
                (done.totalSeconds, done.peakMemoryBytes) = (nil, nil)
                // Tensors of tests beside it count, too.
                done.activationBytes = nil
                return .done(done)
            default: return $0
            }
        }
    }
}
