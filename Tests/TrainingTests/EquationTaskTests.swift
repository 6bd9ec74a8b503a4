import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite("Learning equations")
struct EquationTaskTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func configured(
        share: Double = 0.5, change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> (configuration: RunConfiguration, data: TrainingData) {
        var request = TrainingData.Request(
            source: "modular-addition-7", seed: 5, tokenizer: .character)
        request.trainingShare = share
        let data = try TrainingData(request)
        var sizes = Llama.Configuration(
            vocabularySize: data.tokenizer.vocabularySize, contextLength: 3, layerCount: 1,
            headCount: 2, width: 16, hiddenWidth: 32)
        sizes.positions = PositionOptions(.learned)
        sizes.norm = .none
        sizes.hiddenFunction = .activation(.relu)
        sizes.hasBias = true
        sizes.initialDeviation = 0.25
        var training = TrainingSettings(
            steps: 12, batch: 100, learningRate: 1e-2, finalLearningRate: 1e-2, warmupSteps: 2,
            weightDecay: 0.1, evaluationInterval: 4, evaluationTokens: 1000, sampleTokens: 1,
            schedule: .constant)
        change(&training)
        return (
            RunConfiguration(
                attendVersion: "test", preset: "own", model: .llama(sizes),
                data: data.description, training: training, seed: 5), data
        )
    }

    private func results(
        _ trainer: any Stepping, _ data: TrainingData
    ) throws -> (training: EquationEvaluation, validation: EquationEvaluation) {
        guard case .causal(let model) = trainer.currentModel,
            case .equations(let equations) = data.content
        else {
            Issue.record("no equations")
            throw CancellationError()
        }
        func measured(_ some: [ModularAddition.Equation]) -> EquationEvaluation {
            EquationEvaluation(of: model, on: EquationEvaluationBatches(some, of: equations))
        }
        return (measured(equations.training), measured(equations.validation))
    }

    @Test("What is trained on is learnt by heart, and counted")
    func byHeart() throws {
        let (configuration, data) = try configured()
        var trainer = try makeTrainer(configuration, data: data)
        let before = try results(trainer, data)
        #expect(before.training.results.accuracy < 0.6)
        #expect(abs(before.training.loss - log(8)) < 1)
        for _ in 0..<150 { _ = try trainer.step() }
        let after = try results(trainer, data)
        #expect(after.training.results == AnswerShare(right: 24, count: 24))
        #expect(after.training.loss < 0.1 && after.validation.results.count == 25)
        let (loss, first) = try (
            trainer.evaluate(on: .training, upTo: nil, shouldStop: { false }),
            trainer.lossOfFirstBatch()
        )
        #expect(loss == after.training.loss && abs(loss - Double(first)) < 1e-5)
        let part = try trainer.evaluate(on: .training, upTo: 6, shouldStop: { false })
        #expect(part != loss)
    }

    @Test("Losses and answers are those of the logits at the last place")
    func evaluation() throws {
        let (configuration, data) = try configured()
        let trainer = try makeTrainer(configuration, data: data)
        guard case .causal(let model) = trainer.currentModel,
            case .equations(let equations) = data.content
        else { return }
        var (loss, right) = (0.0, 0)
        var answers: [Int32] = []
        for equation in equations.validation {
            let ids = [Int32(equation.left), Int32(equation.right), equations.signID]
            let row = model.logits(ids).elements.suffix(8).map(Double.init)
            loss += log(row.map(exp).reduce(0, +)) - row[equation.sum]
            let answer = row.indices.max { row[$0] < row[$1] } ?? -1
            answers.append(Int32(answer))
            if answer == equation.sum { right += 1 }
        }
        let found = try results(trainer, data).validation
        #expect(abs(found.loss - loss / Double(equations.validation.count)) < 1e-5)
        #expect(found.results.right == right && found.answers == answers)
    }

    @Test("Resume = uninterrupted, bit for bit", arguments: [3, 4, 12], [100, 7])
    func resume(step: Int, batch: Int) throws {
        func begin(_ name: String) throws -> TrainingRun {
            let (configuration, data) = try configured { $0.batch = batch }
            return try TrainingRun.begin(
                configuration, data: data, at: runs.path(name), commandLine: "attend train")
        }
        try runs.train(begin("whole"))
        do { try runs.train(begin("stopped"), stopAfter: step) }
        #expect(try runs.train(runs.resume("stopped")).isFinished)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("stopped", file: file) == runs.bytes("whole", file: file))
        }
        #expect(try runs.log("stopped") == runs.log("whole"))
    }

    @Test("A batch in parts has the same gradients, and another share is other data")
    func parts() throws {
        let (configuration, data) = try configured { $0.optimizer = .sgd }
        var divided = configuration
        divided.training.accumulation = 4
        var (one, other) = try (
            makeTrainer(configuration, data: data), makeTrainer(divided, data: data)
        )
        let (first, second) = (try one.step(), try other.step())
        #expect(abs(first.loss - second.loss) < 1e-5)
        #expect(abs(first.gradientNorm - second.gradientNorm) < 1e-5 * first.gradientNorm)
        #expect(first.tokenCount == 3 * 24)
        let less = try configured(share: 0.25).data.description
        #expect(less.sha256 != data.description.sha256 && less.trainingExampleCount == 12)
        var changed = configuration
        changed.data.trainingShare = 0.25
        let error = #expect(throws: CheckpointError.self) {
            try TrainingData(of: changed, tokenizer: data.tokenizer)
        }
        #expect(error?.description.contains("is not what the run began with") == true)
    }

    @Test("Models too small for the equations, and other tokenizers, are refused")
    func refusals() throws {
        let (configuration, data) = try configured()
        guard case .llama(var sizes) = configuration.model else { return }
        var small = configuration
        sizes.contextLength = 2
        small.model = .llama(sizes)
        var error = #expect(throws: ConfigurationError.self) {
            try makeTrainer(small, data: data)
        }
        #expect(error?.description.contains("has 3 tokens") == true)
        (sizes.contextLength, sizes.vocabularySize) = (3, 7)
        small.model = .llama(sizes)
        error = #expect(throws: ConfigurationError.self) { try makeTrainer(small, data: data) }
        #expect(error?.description.contains("8 tokens") == true)
        (sizes.vocabularySize, sizes.initialDeviation) = (8, .nan)
        small.model = .llama(sizes)
        error = #expect(throws: ConfigurationError.self) { try makeTrainer(small, data: data) }
        #expect(error?.description.contains("initialDeviation is nan") == true)
        error = #expect(throws: ConfigurationError.self) {
            try TrainingData(of: configuration, tokenizer: .byte(ByteTokenizer()))
        }
        #expect(error?.description.contains("vocabulary of its own") == true)
        let text = try runs.configured(.text)
        let mismatched = #expect(throws: ConfigurationError.self) {
            try makeTrainer(runs.configured(.masked).configuration, data: data)
        }
        #expect(mismatched?.description.contains("does not learn from data") == true)
        #expect(try makeTrainer(text.configuration, data: text.data).stepCount == 0)
    }

    @Test("The preset is that of the paper: all examples, much decay, no clipping")
    func preset() throws {
        let preset = try #require(Preset.named("modular-addition"))
        let training = preset.training
        #expect(training.learningRate == 1e-3 && training.finalLearningRate == 1e-3)
        #expect(training.weightDecay == 1 && training.decayed == .all)
        #expect(training.beta1 == 0.9 && training.beta2 == 0.98 && training.batch >= 5107)
        guard case .llama(let sizes) = preset.model else {
            Issue.record("not a llama")
            return
        }
        let deviation = try #require(sizes.initialDeviation)
        var random = RandomSource(seed: 1)
        for (name, tensor) in Llama(sizes, random: &random).namedTensors()
        where tensor.count > 10_000 {
            let squares = tensor.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
            let found = (squares / Double(tensor.count)).squareRoot()
            #expect(abs(found - Double(deviation)) < 0.03 * found, "\(name)")
        }
    }

    @Test("The report draws right answers of both parts on an axis of ratios, without step 0")
    func report() throws {
        func events(_ share: Double?) -> [MetricEvent] {
            [0, 100, 1000, 10_000].map { step in
                .evaluation(
                    .init(
                        step: step, trainLoss: 1, validationLoss: 2, accuracy: 0.25,
                        trainAccuracy: share))
            }
        }
        func figure(_ share: Double?) throws -> String {
            let html = Report(events(share), summary: SampleRun.summary).html
            let parts = html.components(separatedBy: "Right answers, percent")
            return try #require(parts.dropFirst().last).components(separatedBy: "</svg>")[0]
        }
        let (both, one) = try (figure(1), figure(nil))
        #expect(both.contains("training") && both.contains("validation"))
        #expect(!one.contains("training"))
        #expect(!both.contains("left out") && !both.contains("not shown"))
    }
}
