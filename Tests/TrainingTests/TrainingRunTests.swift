import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

/// Short trainings of a tiny model in directories of their own.
@Suite("Training runs", .serialized)
final class TrainingRunTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "attend-runs-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let line = "the cat sat on the mat and the dog sat on the log. "
        try String(repeating: line, count: 40).write(
            toFile: source, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var source: String { folder + "/text.txt" }

    private func configuration(
        steps: Int = 12, dropout: Float = 0.1, seed: UInt64 = 5, learningRate: Float = 1e-2
    ) throws -> (RunConfiguration, TrainingData) {
        let data = try TrainingData(
            TrainingData.Request(source: source, seed: seed, tokenizer: .character))
        let model = GPT.Configuration(
            vocabularySize: data.tokenizer.vocabularySize, contextLength: 16, layerCount: 2,
            headCount: 2, width: 16,
            dropout: dropout)
        let training = TrainingSettings(
            steps: steps, batch: 3, learningRate: learningRate, finalLearningRate: 1e-3,
            warmupSteps: 2,
            evaluationInterval: 4, evaluationTokens: 200, sampleTokens: 5)
        let configuration = RunConfiguration(
            attendVersion: "test", preset: "default", model: .gpt(model), data: data.description,
            training: training,
            seed: seed)
        return (configuration, data)
    }

    @discardableResult
    private func train(
        _ run: TrainingRun, stopAfter limit: Int = .max
    ) throws -> (outcome: TrainingRun.Outcome, events: [MetricEvent]) {
        var events: [MetricEvent] = []
        let outcome = try run.run(
            sample: { _ in ModelSample(text: "a sample") },
            shouldStop: { run.trainer.stepCount >= limit },
            report: { events.append($0) }, notice: { Issue.record("notice: \($0)") })
        return (outcome, events)
    }

    private func begin(_ name: String, steps: Int = 12, seed: UInt64 = 5) throws -> TrainingRun {
        let (configuration, data) = try configuration(steps: steps, seed: seed)
        return try TrainingRun.begin(
            configuration, data: data, at: folder + "/" + name, commandLine: "attend train")
    }

    private func logged(_ name: String) throws -> [MetricEvent] {
        try MetricsLog.events(in: URL(fileURLWithPath: "\(folder)/\(name)/metrics.jsonl"))
    }

    private func weights(_ name: String, step: Int = 12, file: String = "model") throws -> Data {
        try Data(
            contentsOf: URL(
                fileURLWithPath: "\(folder)/\(name)/checkpoints/step-\(step)/\(file).safetensors"))
    }

    @Test("leaves everything that the command line promises, and learns")
    func wholeRun() throws {
        let run = try begin("whole", steps: 40)
        let (outcome, events) = try train(run)
        #expect({ if case .finished = outcome { true } else { false } }())
        for name in [
            "config.json", "metrics.jsonl", "tokenizer.json", "report.html", "samples.txt",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(folder)/whole/\(name)"))
        }
        let losses = events.compactMap {
            if case .evaluation(let event) = $0 { event.validationLoss } else { nil }
        }
        #expect(losses.count == 11)
        #expect(abs(losses[0] - log(Double(run.data.tokenizer.vocabularySize))) < 0.3)
        #expect(try #require(losses.last) < 0.8 * losses[0])
        #expect(try logged("whole").map(\.step) == events.map(\.step))
        #expect(run.directory.snapshots.step(named: .latest) == 40)
        let best = try #require(try run.directory.snapshots.find(.best))
        #expect(best.snapshot.step > 0)
    }

    @Test("SAFETY: Numerics. The same bits at 1 and 2 threads; another seed others")
    func determinism() throws {
        let before = threadCount
        defer { threadCount = before }
        for (name, threads) in [("one", 1), ("two", 2), ("five", 5)] {
            threadCount = threads
            try train(begin(name))
        }
        for file in ["model", "optimizer"] {
            let expected = try weights("one", file: file)
            #expect(try weights("two", file: file) == expected)
            #expect(try weights("five", file: file) == expected)
        }
        try train(begin("other", seed: 6))
        #expect(try weights("other") != weights("one"))
    }

    @Test(
        "SAFETY: Training. Resume = uninterrupted, bit for bit",
        arguments: [1, 4, 7, 11])
    func resume(step: Int) throws {
        try train(begin("uninterrupted"))
        do {
            let (outcome, _) = try train(begin("stopped"), stopAfter: step)
            #expect({ if case .interrupted = outcome { true } else { false } }())
        }
        let (resumed, notices) = try TrainingRun.resume(
            at: folder + "/stopped", commandLine: "attend train --resume")
        #expect(notices.isEmpty && resumed.trainer.stepCount == step)
        try train(resumed)
        for file in ["model", "optimizer"] {
            #expect(try weights("stopped", file: file) == weights("uninterrupted", file: file))
        }
        // The logs differ in nothing but times.
        let (resumedLog, wholeLog) = try (logged("stopped"), logged("uninterrupted"))
        #expect(resumedLog.map(\.step) == wholeLog.map(\.step))
        for (a, b) in zip(resumedLog, wholeLog) {
            if case .step(let a) = a, case .step(let b) = b {
                #expect(a.loss == b.loss && a.learningRate == b.learningRate)
            }
            if case .evaluation(let a) = a, case .evaluation(let b) = b { #expect(a == b) }
        }
    }

    @Test("SAFETY: Training. Changed data: clear refusal")
    func changedText() throws {
        try train(begin("changed"), stopAfter: 4)
        try String(repeating: "other words than before. ", count: 80).write(
            toFile: source, atomically: true, encoding: .utf8)
        #expect {
            _ = try TrainingRun.resume(at: folder + "/changed", commandLine: "")
        } throws: { error in
            // Another alphabet is noticed before the hash is.
            "\(error)".contains("text.txt")
                || "\(error)".contains("is not the text that the run began with")
        }
    }

    @Test("Data that have moved are learnt from where they are now, bit for bit, and no others")
    func movedText() throws {
        try train(begin("whole"))
        try train(begin("moved"), stopAfter: 5)
        let place = folder + "/elsewhere.txt"
        try FileManager.default.moveItem(atPath: source, toPath: place)
        func resume(from place: String?) throws -> TrainingRun {
            try TrainingRun.resume(at: folder + "/moved", dataNowAt: place, commandLine: "").run
        }
        #expect { _ = try resume(from: nil) } throws: {
            "\($0)".contains("text.txt: is what the run learns from, and is no longer there")
                && "\($0)".contains("--data FILE")
        }
        #expect { _ = try resume(from: folder + "/none.txt") } throws: {
            "\($0)".contains("none.txt")
        }
        let other = folder + "/other.txt"
        try String(repeating: "the dog sat on the cat. ", count: 80).write(
            toFile: other, atomically: true, encoding: .utf8)
        #expect { _ = try resume(from: other) } throws: {
            "\($0)".contains("other.txt: is not what the run began with (SHA-256 ")
                && "\($0)".contains("/text.txt by --data")
        }
        try train(resume(from: place))
        for file in ["model", "optimizer"] {
            #expect(try weights("moved", file: file) == weights("whole", file: file))
        }
    }

    @Test("A run that had more memory than it was to have says so at its end, and in its report")
    func memoryLimit() throws {
        func notices(_ name: String, limit: Double?) throws -> [String] {
            var told: [String] = []
            _ = try begin(name).run(
                memoryLimit: limit, sample: { _ in ModelSample(text: "") }, shouldStop: { false },
                report: { _ in }, notice: { told.append($0) })
            return told
        }
        let told = try notices("large", limit: 2e6)
        #expect(told.count == 1)
        #expect(told.first?.contains("at most, more than --memory-limit 2 MB") == true)
        guard case .done(let end)? = try logged("large").last else {
            Issue.record("no end")
            return
        }
        #expect(end.memoryLimitBytes == 2e6)
        let page = try String(contentsOfFile: folder + "/large/report.html", encoding: .utf8)
        #expect(page.contains("more than --memory-limit 2 MB"))
        #expect(page.contains("MB at most of the 2 MB allowed"))
        #expect(try notices("small", limit: 1e12).isEmpty)
        #expect(try notices("free", limit: nil).isEmpty)
        let free = try String(contentsOfFile: folder + "/free/report.html", encoding: .utf8)
        #expect(!free.contains("--memory-limit") && !free.contains("allowed"))
    }

    @Test("A second process is refused while a run is under way, a new run in its directory always")
    func exclusive() throws {
        let run = try begin("busy")
        try train(run, stopAfter: 4)
        #expect { _ = try TrainingRun.resume(at: folder + "/busy", commandLine: "") } throws: {
            "\($0)".contains("in use by process")
        }
        #expect { _ = try self.begin("busy") } throws: { "\($0)".contains("holds a run already") }
        withExtendedLifetime(run) {}
    }

    @Test("SAFETY: Training. Data shorter than the context leaves no directory behind")
    func shortData() throws {
        var (configuration, data) = try configuration()
        var sizes = SizeOverrides()
        sizes.contextLength = 100_000
        configuration.model = configuration.model.applying(sizes)
        #expect(throws: DataError.self) {
            _ = try TrainingRun.begin(
                configuration, data: data, at: folder + "/short", commandLine: "")
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/short"))
    }

    @Test(
        "A loss that is not finite ends the run with a sentence, and the checkpoint before it stays"
    )
    func divergence() throws {
        let (configuration, data) = try configuration(dropout: 0, learningRate: 100)
        var wild = configuration
        wild.training.gradientClip = 1e9
        wild.training.evaluationInterval = 1
        wild.training.steps = 400
        let run = try TrainingRun.begin(wild, data: data, at: folder + "/wild", commandLine: "")
        do {
            try train(run)
        } catch let error as TrainingError {
            #expect("\(error)".contains("--learning-rate"))
        }
        #expect(try run.directory.snapshots.find(.latest) != nil)
    }

    @Test("Sizes that need more memory than there is are refused")
    func memory() throws {
        var (configuration, data) = try configuration()
        configuration.training.batch = 65_536
        var sizes = SizeOverrides()
        (sizes.contextLength, sizes.width) = (1024, 4096)
        configuration.model = configuration.model.applying(sizes)
        #expect {
            _ = try makeTrainer(configuration, data: data)
        } throws: {
            "\($0)".contains("of memory")
        }
    }
}
