import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite struct RecordedRunTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func train(_ name: String, _ kind: DataKind = .text, stopAfter: Int = .max) throws {
        try runs.train(runs.begin(name, kind), stopAfter: stopAfter)
    }

    private func edit(_ name: String, _ change: (String) -> String) throws {
        let path = runs.path("\(name)/metrics.jsonl")
        try change(try String(contentsOfFile: path, encoding: .utf8))
            .write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func aFinishedRunSaysWhatItCameTo() throws {
        try train("run")
        let run = try RecordedRun(at: runs.path("run"))
        #expect(run.name == "run" && run.state == .finished)
        #expect(run.steps == 12 && run.plannedSteps == 12)
        #expect(run.model == "gpt" && run.tokenizer == "character")
        #expect(run.parameters == run.configuration.model.sizes.parameterCount)
        var losses: [Double] = []
        var end: MetricEvent.Done?
        for event in try MetricsLog.events(
            in: URL(fileURLWithPath: runs.path("run/metrics.jsonl")))
        {
            if case .evaluation(let evaluation) = event { losses.append(evaluation.validationLoss) }
            if case .done(let done) = event { end = done }
        }
        #expect(losses.count == 4 && run.bestValidationLoss == losses.min())
        #expect(end != nil && run.bitsPerByte == end?.bitsPerByte && run.seconds == end?.seconds)
        #expect(abs(run.began.timeIntervalSinceNow) < 600)
        // All of its steps make no difference to what it came to.
        let whole = try RecordedRun(at: runs.path("run"), keepsSteps: true)
        #expect(whole.steps == run.steps && whole.bestValidationLoss == run.bestValidationLoss)
    }

    @Test func aStoppedRunSaysHowFarItCame() throws {
        try train("run", stopAfter: 6)
        let run = try RecordedRun(at: runs.path("run"))
        #expect(run.state == .stopped && run.steps == 6 && run.bitsPerByte == nil)
        // From its checkpoint.
        #expect((run.seconds ?? 0) > 0)
        #expect((run.bestValidationLoss ?? 0) > 0)
    }

    @Test func aRunWhoseLockIsHeldIsRunning() throws {
        try train("run", stopAfter: 6)
        var lock: RunLock? = try RunDirectory.open(at: runs.path("run")).lock()
        #expect(try RecordedRun(at: runs.path("run")).state == .running)
        #expect(lock != nil)
        lock = nil
        #expect(try RecordedRun(at: runs.path("run")).state == .stopped)
    }

    @Test func aLossThatIsNotFiniteIsSeen() throws {
        try train("run", stopAfter: 6)
        try edit("run") { text in
            text
                + #"{"event":"step","step":7,"loss":null,"learningRate":1,"gradientNorm":null,"tokensPerSecond":1}"#
                + "\n"
        }
        let run = try RecordedRun(at: runs.path("run"))
        #expect(run.state == .diverged && run.steps == 7)
    }

    @Test func aTornLineIsNoMatterAndADamagedOneIsAnError() throws {
        try train("run")
        try edit("run") { String($0.dropLast(20)) }
        #expect(try RecordedRun(at: runs.path("run")).state == .stopped)
        try edit("run") { "nonsense\n" + $0 }
        let error = try #require(throws: MetricsLogError.self) {
            try RecordedRun(at: runs.path("run"))
        }
        #expect(error.description.contains("line 1: "))
        try FileManager.default.removeItem(atPath: runs.path("run/metrics.jsonl"))
        #expect(throws: MetricsLogError.self) { try RecordedRun(at: runs.path("run")) }
    }

    @Test func aRunWithoutATextHasNoBitsPerByte() throws {
        try train("run", .pairs)
        let run = try RecordedRun(at: runs.path("run"))
        #expect(run.state == .finished && run.bitsPerByte == nil && run.model == "encoder-decoder")
    }
}
