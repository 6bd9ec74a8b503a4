import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite("Batches computed in parts, and means of weights")
struct AccumulationTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func trainer(
        _ kind: DataKind, _ change: (inout TrainingSettings) -> Void
    ) throws -> any Stepping {
        var (configuration, data) = try runs.configured(kind, dropout: 0)
        configuration.training.batch = 12
        change(&configuration.training)
        return try makeTrainer(configuration, data: data)
    }

    private func difference(_ one: any Stepping, _ other: any Stepping) -> Float {
        zip(one.weights(), other.weights()).map { own, other in
            zip(own.tensor.elements, other.tensor.elements).map { abs($0 - $1) }.max() ?? 0
        }.max() ?? .nan
    }

    @Test(
        "Four parts of three are a batch of twelve; parts count by what they score",
        arguments: DataKind.allCases)
    func parts(kind: DataKind) throws {
        var whole = try trainer(kind) { $0.optimizer = .sgd }
        var divided = try trainer(kind) {
            $0.optimizer = .sgd
            $0.accumulation = 4
        }
        for _ in 0..<4 {
            let (one, other) = (try whole.step(), try divided.step())
            #expect(abs(one.loss - other.loss) < 1e-6 * one.loss)
            #expect(abs(one.gradientNorm - other.gradientNorm) < 1e-5 * one.gradientNorm)
            #expect(one.tokenCount == other.tokenCount)
        }
        #expect(difference(whole, divided) < 1e-6)
    }

    @Test("More parts than examples are as many as there are examples")
    func manyParts() throws {
        var whole = try trainer(.text) { $0.optimizer = .sgd }
        var divided = try trainer(.text) {
            $0.optimizer = .sgd
            $0.accumulation = 1000
        }
        _ = (try whole.step(), try divided.step())
        #expect(difference(whole, divided) < 1e-6)
    }

    @Test("The mean of weights is what its formula says, and is what is used and saved")
    func weightAverage() throws {
        var plain = try trainer(.text) { _ in }
        var averaged = try trainer(.text) { $0.weightAverage = 0.5 }
        var means = plain.weights().map { $0.tensor.elements.map(Double.init) }
        for step in 1...6 {
            #expect(try plain.step().loss == averaged.step().loss, "the mean changes no step")
            let kept = min(0.5, Double(1 + step) / Double(10 + step))
            for (index, weights) in plain.weights().enumerated() {
                means[index] = zip(means[index], weights.tensor.elements).map {
                    $0 * kept + Double($1) * (1 - kept)
                }
            }
        }
        for (mean, weights) in zip(means, averaged.weights()) {
            for (wanted, found) in zip(mean, weights.tensor.elements) {
                #expect(abs(Double(found) - wanted) < 1e-6)
            }
        }
        #expect(difference(plain, averaged) > 1e-4)
        let own = averaged.optimizerState().filter { $0.name.hasPrefix("weight.") }
        #expect(own.map { "weight.\($0.name)" }.count == plain.weights().count)
        for (own, weights) in zip(own, plain.weights()) {
            #expect(own.name == "weight.\(weights.name)")
            #expect(own.tensor.elements == weights.tensor.elements)
        }
    }

    @Test(
        "A run that is interrupted goes on with the same bits, whatever moves its weights",
        arguments: OptimizerKind.allCases)
    func resumed(kind: OptimizerKind) throws {
        func begin(_ name: String) throws -> TrainingRun {
            var (configuration, data) = try runs.configured(.text)
            configuration.training.optimizer = kind
            configuration.training.accumulation = 2
            configuration.training.weightAverage = 0.9
            configuration.training.gradientValueClip = 0.05
            configuration.training.schedule = .warmupStableDecay
            return try TrainingRun.begin(
                configuration, data: data, at: runs.path(name), commandLine: "attend train")
        }
        func run(_ run: TrainingRun, steps: Int = .max) throws {
            var count = 0
            _ = try run.run(
                sample: { _ in ModelSample(text: "") }, shouldStop: { count >= steps },
                report: { if case .step = $0 { count += 1 } }, notice: { _ in })
        }
        try run(begin("whole"))
        try run(begin("halted"), steps: 7)
        try run(TrainingRun.resume(at: runs.path("halted"), commandLine: "attend train").run)
        for file in ["model.safetensors", "optimizer.safetensors"] {
            let files = try ["whole", "halted"].map {
                try Data(
                    contentsOf: URL(fileURLWithPath: runs.path("\($0)/checkpoints/step-12/\(file)"))
                )
            }
            #expect(files[0] == files[1], "\(file)")
        }
    }
}
