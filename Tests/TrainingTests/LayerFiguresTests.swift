import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite("Parts of a model: measured in some steps, and moved by none of it")
struct LayerFiguresTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func trainer(
        _ kind: DataKind = .text, _ change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> any Stepping {
        var (configuration, data) = try runs.configured(kind)
        change(&configuration.training)
        return try makeTrainer(configuration, data: data)
    }

    private func bits(_ trainer: any Stepping) -> [[UInt32]] {
        (trainer.weights() + trainer.optimizerState()).map {
            $0.tensor.elements.map(\.bitPattern)
        }
    }

    @Test(
        "Norms and ratios are those of the weights before and after, with every optimizer",
        arguments: OptimizerKind.allCases)
    func figures(optimizer: OptimizerKind) throws {
        var measured = try trainer { $0.optimizer = optimizer }
        var plain = measured
        for _ in 0..<3 {
            let before = measured.weights()
            let result = try measured.step(measuringLayers: true)
            #expect(try plain.step().layers == nil)
            #expect(bits(measured) == bits(plain))
            let layers = try #require(result.layers)
            #expect(layers.map(\.name) == ["embedding", "block 1", "block 2", "head"])
            let total = layers.reduce(0) { $0 + $1.gradientNorm * $1.gradientNorm }.squareRoot()
            #expect(abs(total - Double(result.gradientNorm)) < 1e-5 * total)
            let parts = ModelParts(parameterNames: before.map(\.name))
            var sums = [(weight: Double, change: Double)](repeating: (0, 0), count: layers.count)
            for (index, (old, new)) in zip(before, measured.weights()).enumerated() {
                let part = parts.indices[index]
                for (a, b) in zip(old.tensor.elements, new.tensor.elements) {
                    sums[part].weight += Double(a) * Double(a)
                    sums[part].change += Double(b - a) * Double(b - a)
                }
            }
            for (layer, sum) in zip(layers, sums) {
                let (weight, change) = (sum.weight.squareRoot(), sum.change.squareRoot())
                #expect(abs(layer.weightNorm - weight) < 1e-5 * weight)
                #expect(abs(layer.updateRatio - change / weight) < 1e-4 * change / weight)
                #expect(layer.updateRatio > 0)
            }
        }
    }

    @Test("A batch in parts, clipped elements and a mean of weights are measured and not changed")
    func settings() throws {
        let changes: [(inout TrainingSettings) -> Void] = [
            { $0.accumulation = 3 }, { $0.gradientValueClip = 1e-3 }, { $0.weightAverage = 0.9 },
        ]
        for change in changes {
            var measured = try trainer(.text, change)
            var plain = measured
            for _ in 0..<2 {
                let result = try measured.step(measuringLayers: true)
                _ = try plain.step()
                let squares = try #require(result.layers).map { $0.gradientNorm * $0.gradientNorm }
                let total = squares.reduce(0, +).squareRoot()
                #expect(abs(total - Double(result.gradientNorm)) < 1e-5 * total, "before clipping")
            }
            #expect(bits(measured) == bits(plain))
        }
    }

    @Test("A step that is left out has no figures")
    func skippedStep() throws {
        var trainer = try trainer()
        var weights = Dictionary(
            uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
        let bias = try #require(weights["ln_f.weight"])
        weights["ln_f.weight"] = Tensor(bias.elements.map { _ in .nan }, shape: bias.shape)
        try trainer.load(weights: weights)
        let result = try trainer.step(measuringLayers: true)
        #expect(result.fault != nil && result.layers == nil)
    }

    @Test("Every family has its parts", arguments: DataKind.allCases)
    func families(kind: DataKind) throws {
        var trainer = try trainer(kind)
        let names = try #require(try trainer.step(measuringLayers: true).layers).map(\.name)
        #expect(
            names
                == (kind == .pairs
                    ? [
                        "embedding", "encoder block 1", "encoder block 2", "decoder block 1",
                        "decoder block 2",
                    ] : ["embedding", "block 1", "block 2", "head"]))
    }

    @Test(
        "A run logs them at its first, tenth and last step and before evaluations, resumed or not")
    func logged() throws {
        for (name, limit) in [("whole", Int.max), ("stopped", 9)] {
            try runs.train(runs.begin(name, .text), stopAfter: limit)
        }
        try runs.train(runs.resume("stopped"))
        let log = try runs.log("whole")
        let steps = log.compactMap { if case .layers(let event) = $0 { event.step } else { nil } }
        #expect(steps == [1, 4, 8, 10, 12])
        #expect(try runs.log("stopped") == log)
        // Each stands right behind the step that it is of.
        for (event, before) in zip(log.dropFirst(), log) {
            if case .layers(let layers) = event, case .step(let step) = before {
                #expect(step.step == layers.step)
            } else if case .layers = event {
                Issue.record("layers behind something else")
            }
        }
    }
}
