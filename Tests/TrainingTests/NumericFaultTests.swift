import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendTraining
import Foundation
import Testing

@Suite(
    "SAFETY: Training. NaN/Inf loss: names the first offending operation or layer and stops or skips by policy"
)
struct NumericFaultTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func trainer(_ kind: DataKind = .text) throws -> any Stepping {
        let (configuration, data) = try runs.configured(kind)
        return try makeTrainer(configuration, data: data)
    }

    /// Changes some weights by their names.
    private func change(
        _ trainer: inout any Stepping, _ names: [String: (Float) -> Float]
    ) throws {
        var weights = Dictionary(
            uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
        for (name, function) in names {
            let tensor = try #require(weights[name], "\(name)")
            weights[name] = Tensor(tensor.elements.map(function), shape: tensor.shape)
        }
        try trainer.load(weights: weights)
    }

    @Test("A weight that is no number is named, and nothing moves")
    func weight() throws {
        var trainer = try trainer()
        try change(&trainer, ["h.1.mlp.c_fc.bias": { _ in .nan }])
        let before = trainer.weights().map(\.tensor.elements.description)
        #expect(try trainer.step().fault == .weight("h.1.mlp.c_fc.bias"))
        #expect(trainer.weights().map(\.tensor.elements.description) == before)
        #expect(trainer.stepCount == 1)
    }

    @Test(
        "The first part whose output is infinite is named, in parts of a batch too",
        arguments: [("h.0.mlp.c_fc.weight", "h.0.mlp"), ("h.1.mlp.c_fc.weight", "h.1.mlp")])
    func output(weight: String, part: String) throws {
        for accumulation in [1, 3] {
            var (configuration, data) = try runs.configured(.text)
            configuration.training.accumulation = accumulation
            var trainer = try makeTrainer(configuration, data: data)
            try change(&trainer, [weight: { $0 > 0 ? 3e38 : -3e38 }])
            let fault = try trainer.step().fault
            #expect(fault == .output(part), "\(fault.map { "\($0)" } ?? "none")")
        }
    }

    @Test(
        "--detect-anomaly: the operation and its part are named, and a sound step has the same bits"
    )
    func operation() throws {
        var (plain, watching) = try (trainer(), trainer())
        watching.detectsAnomalies = true
        for _ in 0..<3 {
            let result = try watching.step()
            let other = try plain.step()
            #expect(result.fault == nil && result.loss == other.loss)
        }
        #expect(
            watching.weights().map(\.tensor.elements) == plain.weights().map(\.tensor.elements))
        try change(&watching, ["h.1.mlp.c_fc.weight": { $0 > 0 ? 3e38 : -3e38 }])
        guard case .operation(let anomaly)? = try watching.step().fault else {
            Issue.record("no operation was named")
            return
        }
        #expect(anomaly.part == "h.1.mlp" && anomaly.operation == "linear" && !anomaly.isGradient)
    }

    @Test("A finite loss with infinite gradients moves nothing either")
    func gradient() throws {
        var trainer = try trainer()
        try change(
            &trainer,
            ["ln_f.weight": { _ in 1e20 }, "wte.weight": { $0 * 1e18 }])
        let before = trainer.weights().map(\.tensor.elements)
        let result = try trainer.step()
        #expect(result.loss.isFinite)
        let isGradient =
            switch result.fault {
            case .gradient, .gradientNorm: true
            default: false
            }
        #expect(isGradient, "\(result.fault.map { "\($0)" } ?? "none")")
        #expect(trainer.weights().map(\.tensor.elements) == before)
    }

    @Test("A step that is left out counts, and those after it learn")
    func after() throws {
        var trainer = try trainer()
        let good = Dictionary(uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
        try change(&trainer, ["wte.weight": { _ in .infinity }])
        #expect(try trainer.step().fault != nil)
        try trainer.load(weights: good)
        #expect(try trainer.step().fault == nil)
        #expect(trainer.stepCount == 2)
        #expect(
            trainer.weights().map(\.tensor.elements)
                != good.sorted { $0.key < $1.key }.map(\.value.elements))
    }

    @Test(
        "A run stops with a sentence, whichever the policy, where no step can be taken any more",
        arguments: NonFinitePolicy.allCases)
    func stops(policy: NonFinitePolicy) throws {
        var (configuration, data) = try runs.configured(.text)
        configuration.training.optimizer = .sgd
        configuration.training.learningRate = 100
        configuration.training.finalLearningRate = 100
        configuration.training.weightDecay = 100
        configuration.training.gradientClip = 1e9
        configuration.training.steps = 60
        configuration.training.evaluationInterval = 60
        configuration.training.nonFinite = policy
        let run = try TrainingRun.begin(
            configuration, data: data, at: runs.path("diverges"), commandLine: "attend train")
        var notices: [String] = []
        let error = #expect(throws: TrainingError.self) {
            try run.run(
                sample: { _ in ModelSample(text: "") }, shouldStop: { false }, report: { _ in },
                notice: { notices.append($0) })
        }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.contains("became infinite or not a number"), "\(sentence)")
        #expect(sentence.contains("In step "), "\(sentence)")
        let page = try String(contentsOfFile: runs.path("diverges/report.html"), encoding: .utf8)
        #expect(page.contains("steps of 60 made so far") || page.contains("60 steps"))
    }
}
