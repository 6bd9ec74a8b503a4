import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

/// Rows of what must hold under the heading "Training": those that need a training, but no process of their own.
///
/// The others: `CheckpointsTests/SnapshotFaultTests` and `SnapshotStoreTests`, `NumericFaultTests`, `TrainingRunTests`, and
/// `CommandTests/TrainingSafetyTests`.
@Suite("SAFETY: Training", .serialized)
struct GuardedTrainingTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func begin(
        _ name: String, _ change: (inout TrainingSettings) -> Void
    ) throws -> TrainingRun {
        var (configuration, data) = try runs.configured(.text)
        change(&configuration.training)
        return try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
    }

    private func events(_ name: String) throws -> [MetricEvent] {
        try MetricsLog.events(in: URL(fileURLWithPath: runs.path("\(name)/metrics.jsonl")))
    }

    private func expectSame(_ name: String, _ other: String, step: Int) throws {
        for file in ["model", "optimizer"] {
            #expect(
                try runs.bytes(name, step: step, file: file)
                    == runs.bytes(other, step: step, file: file))
        }
        #expect(try runs.log(name) == runs.log(other))
    }

    @Test(
        "Loss spike skip: the step moves nothing, is told and logged, and resume = uninterrupted, bit for bit",
        arguments: [70, 97, 120])
    func spikes(stop: Int) throws {
        func settings(_ training: inout TrainingSettings) {
            (training.steps, training.evaluationInterval) = (140, 50)
            training.spikeSkip = 1.5
        }
        let notices = try runs.train(begin("whole", settings)).notices
        let skipped = try events("whole").compactMap { event -> Int? in
            if case .step(let step) = event, step.skipped == .spike { step.step } else { nil }
        }
        #expect(skipped.count == notices.count && skipped.count > 2 && skipped[0] > 64)
        #expect(notices.first?.contains("Step \(skipped[0]) is left out, since its ") == true)
        try runs.train(begin("stopped", settings), stopAfter: stop)
        #expect(try runs.train(runs.resume("stopped")).isFinished)
        try expectSame("whole", "stopped", step: 140)
        let (configuration, data) = try runs.configured(.text)
        var guarded = configuration
        settings(&guarded.training)
        var trainer = try makeTrainer(guarded, data: data)
        while trainer.stepCount < skipped[0] - 1 { _ = try trainer.step() }
        let before = trainer.weights().map(\.tensor.elements)
        #expect(try trainer.step().spike != nil)
        #expect(trainer.weights().map(\.tensor.elements) == before)
    }

    @Test(
        "Early stopping: out of patience after so many evaluations without gain, and resume = uninterrupted, bit for bit",
        arguments: [3, 8, 9, 13])
    func patience(stop: Int) throws {
        func settings(_ training: inout TrainingSettings) {
            (training.steps, training.evaluationInterval) = (60, 4)
            // So slow that the validation loss stays what it is, however a processor rounds.
            (training.learningRate, training.finalLearningRate) = (1e-30, 1e-30)
            training.patience = 3
        }
        var told: [String] = []
        let run = try begin("whole", settings)
        let outcome = try run.run(
            sample: { _ in ModelSample(text: "a sample", accuracy: 0.5) }, shouldStop: { false },
            report: { _ in }, notice: { told.append($0) })
        let steps = run.trainer.stepCount
        #expect(outcome == .endedEarly(.patience) && steps < 60)
        let best = try #require(run.directory.snapshots.step(named: .best))
        #expect(steps == best + 3 * 4)
        #expect(told.last?.contains("3 evaluations in a row") == true)
        #expect(told.last?.contains("step \(best), which checkpoints/best names") == true)
        guard case .done(let done)? = try events("whole").last else { throw Missing() }
        #expect(done.reason == .patience && done.steps == steps && done.validationLoss.isFinite)
        let page = try String(contentsOfFile: runs.path("whole/report.html"), encoding: .utf8)
        #expect(page.contains("brought no lower validation loss"))
        if stop >= steps { return }
        try runs.train(begin("stopped", settings), stopAfter: stop)
        try runs.train(runs.resume("stopped"))
        try expectSame("whole", "stopped", step: steps)
        #expect(throws: TrainingError.endedEarly(path: runs.path("stopped"), steps: steps)) {
            try runs.resume("stopped")
        }
    }

    private struct Missing: Error {}

    @Test("--keep: the newest N checkpoints and the best stay", arguments: [1, 3])
    func keep(count: Int) throws {
        let run = try begin("kept") {
            ($0.steps, $0.evaluationInterval, $0.keptCheckpoints) = (20, 2, count)
        }
        try runs.train(run)
        let best = try #require(run.directory.snapshots.step(named: .best))
        let newest = stride(from: 20, to: 20 - 2 * count, by: -2)
        #expect(
            try run.directory.snapshots.snapshots().map(\.step)
                == Set(newest).union([best]).sorted())
    }

    @Test("--overfit-one-batch: one batch is learnt by heart, and a model that cannot is suspected")
    func overfitting() throws {
        func verdict(_ name: String, steps: Int, rate: Float) throws -> String? {
            try runs.train(
                begin(name) {
                    ($0.steps, $0.evaluationInterval) = (steps, 1000)
                    ($0.learningRate, $0.finalLearningRate) = (rate, rate)
                    $0.overfitsOneBatch = true
                    $0.weightDecay = 0
                }
            ).notices.last
        }
        #expect(try verdict("learns", steps: 250, rate: 3e-2)?.hasPrefix("Learnt by heart") == true)
        let bad = try verdict("stands", steps: 5, rate: 1e-6)
        #expect(bad?.hasPrefix("Not learnt by heart") == true)
        #expect(bad?.contains("--learning-rate") == true)
    }

    @Test("A run that died before its first checkpoint begins again, with a notice")
    func beforeTheFirstCheckpoint() throws {
        try runs.train(runs.begin("whole", .text))
        do { _ = try runs.begin("young", .text) }
        let (run, notices) = try TrainingRun.resume(
            at: runs.path("young"), commandLine: "attend train")
        #expect(notices.count == 1 && notices[0].contains("begins at step 0"))
        try runs.train(run)
        try expectSame("whole", "young", step: 12)
    }

    @Test("A directory in which a run died before it was one is begun in again")
    func unfinishedStart() throws {
        do { _ = try runs.begin("torn", .text) }
        let files = FileManager.default
        try files.moveItem(
            atPath: runs.path("torn/config.json"),
            toPath: runs.path("torn/config.json.12ab.partial"))
        try files.moveItem(
            atPath: runs.path("torn/tokenizer.json"),
            toPath: runs.path("torn/tokenizer.json.12ab.partial"))
        try runs.train(runs.begin("torn", .text))
        #expect(
            !(try files.contentsOfDirectory(atPath: runs.path("torn")).contains {
                $0.hasSuffix(".partial")
            }))
        // What someone has logged or put there is left alone.
        do { _ = try runs.begin("logged", .text) }
        try files.removeItem(atPath: runs.path("logged/config.json"))
        try "{}\n".write(
            toFile: runs.path("logged/metrics.jsonl"), atomically: true, encoding: .utf8)
        #expect(throws: CheckpointError.self) { try runs.begin("logged", .text) }
    }

    @Test(
        "A run that died between its last checkpoint and its end says what is left, and one that has ended is left alone"
    )
    func theEnd() throws {
        try runs.train(runs.begin("whole", .text))
        try runs.train(runs.begin("torn", .text))
        let log = runs.path("whole/metrics.jsonl")
        let whole = try String(contentsOfFile: log, encoding: .utf8)
        #expect(throws: TrainingError.finished(path: runs.path("whole"), steps: 12)) {
            try runs.resume("whole")
        }
        #expect(try String(contentsOfFile: log, encoding: .utf8) == whole)
        // It died after the end of its log, before its report.
        let report = runs.path("whole/report.html")
        try "an older report".write(toFile: report, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: report)
        #expect(throws: TrainingError.finished(path: runs.path("whole"), steps: 12)) {
            try runs.resume("whole")
        }
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("Trained for 12"))
        let lines = whole.split(separator: "\n").dropLast()
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: runs.path("torn/metrics.jsonl"), atomically: true, encoding: .utf8)
        try runs.train(runs.resume("torn"))
        #expect(try runs.log("torn") == runs.log("whole"))
    }

    @Test("A log that is gone or too short is told of, and the training goes on to the same end")
    func deletedLog() throws {
        try runs.train(runs.begin("whole", .text))
        try runs.train(runs.begin("bare", .text), stopAfter: 8)
        let log = runs.path("bare/metrics.jsonl")
        try FileManager.default.removeItem(atPath: log)
        do {
            let (run, notices) = try TrainingRun.resume(at: runs.path("bare"), commandLine: "")
            #expect(notices.count == 1 && notices[0].contains("metrics.jsonl"))
            #expect(
                notices[0].contains("is gone and begun anew, while the checkpoint is of step 8"))
            try runs.train(run, stopAfter: 10)
        }
        guard case .start? = try events("bare").first else { throw Missing() }
        let short = try runs.resume("bare")
        try runs.train(short)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("bare", file: file) == runs.bytes("whole", file: file))
        }
    }
}
