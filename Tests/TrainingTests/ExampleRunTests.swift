import AttendCheckpoints
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

/// Runs of models that learn from pairs, masked texts and labels.
@Suite("Runs on examples", .serialized)
struct ExampleRunTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    @Test(
        "SAFETY: Training. Resume = uninterrupted, bit for bit",
        arguments: [DataKind.pairs, .masked, .labelled], [1, 4, 7, 11, 12])
    func resume(kind: DataKind, step: Int) throws {
        try runs.train(runs.begin("whole", kind))
        do {
            let (isFinished, _) = try runs.train(runs.begin("stopped", kind), stopAfter: step)
            #expect(!isFinished)
        }
        let resumed = try runs.resume("stopped")
        #expect(resumed.trainer.stepCount == step)
        #expect(try runs.train(resumed).isFinished)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("stopped", file: file) == runs.bytes("whole", file: file))
        }
        #expect(try runs.log("stopped") == runs.log("whole"))
    }

    @Test("The weights at the end are the mean of those at the last evaluations")
    func averaging() throws {
        let (isFinished, notices) = try runs.train(
            runs.begin("averaged", .pairs, averagedCheckpoints: 3))
        #expect(isFinished)
        #expect(
            notices == ["The weights at the end are the mean of those at steps 4, 8, 12."])
        try runs.train(runs.begin("plain", .pairs))
        // Until then both runs are the same.
        #expect(try runs.bytes("averaged", step: 8) == runs.bytes("plain", step: 8))
        #expect(try runs.bytes("averaged", step: 12) != runs.bytes("plain", step: 12))
        let parts = try [
            runs.weights("averaged", step: 4), runs.weights("averaged", step: 8),
            runs.weights("plain", step: 12),
        ]
        let found = try runs.weights("averaged", step: 12)
        #expect(found.count == parts[0].count && found.count > 20)
        for (name, values) in found {
            for index in values.indices {
                let mean = parts.reduce(0) { $0 + Double($1[name]![index]) } / 3
                #expect(abs(Double(values[index]) - mean) < 1e-6, "\(name)")
            }
        }
    }

    @Test(
        "Averaging resumes exactly, wherever and however often a run was stopped",
        arguments: [[3], [4], [7], [11], [12], [8, 12], [1, 2, 5, 6, 7, 9, 10, 11, 12]])
    func resumedAveraging(stops: [Int]) throws {
        try runs.train(runs.begin("whole", .pairs, averagedCheckpoints: 3))
        do {
            let run = try runs.begin("stopped", .pairs, averagedCheckpoints: 3)
            #expect(try !runs.train(run, stopAfter: stops[0]).isFinished)
        }
        for step in stops.dropFirst() {
            #expect(try !runs.train(runs.resume("stopped"), stopAfter: step).isFinished)
        }
        #expect(try runs.train(runs.resume("stopped")).isFinished)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("stopped", file: file) == runs.bytes("whole", file: file))
        }
        #expect(try runs.log("stopped") == runs.log("whole"))
    }

    @Test(
        "SAFETY: Numerics. The same bits at 1 and 2 threads",
        arguments: [DataKind.pairs, .masked, .labelled])
    func threads(kind: DataKind) throws {
        let before = threadCount
        defer { threadCount = before }
        let (configuration, data) = try runs.configured(kind, batchTokens: 1500)
        var results: [[UInt32]] = []
        for threads in [1, 2, 5] {
            threadCount = threads
            var trainer = try makeTrainer(configuration, data: data)
            let loss = try trainer.step().loss
            #expect(loss.isFinite && loss > 0)
            let weights = trainer.weights().flatMap(\.tensor.elements)
            results.append([loss.bitPattern] + weights.map(\.bitPattern))
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test(
        "Data of another kind is refused", arguments: DataKind.allCases, DataKind.allCases)
    func mismatch(kind: DataKind, other: DataKind) throws {
        var (configuration, data) = try runs.configured(kind)
        if kind == other {
            #expect(try makeTrainer(configuration, data: data).stepCount == 0)
            return
        }
        data = try runs.configured(other).data
        configuration.data = data.description
        let error = #expect(throws: ConfigurationError.self) {
            try makeTrainer(configuration, data: data)
        }
        let sentence = "does not learn from data of the kind \(other.rawValue)"
        #expect(error?.description.contains(sentence) == true)
    }

    @Test(
        "What memory is needed follows from the tokens of a batch, where sequences differ in length"
    )
    func memory() throws {
        var (configuration, data) = try runs.configured(.pairs)
        configuration.training.batch = 65_536
        _ = try makeTrainer(configuration, data: data)
        configuration.training.batchTokens = 1 << 28
        let error = #expect(throws: ConfigurationError.self) {
            try makeTrainer(configuration, data: data)
        }
        #expect(error?.description.contains("of memory") == true)
    }
}
