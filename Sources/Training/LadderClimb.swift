public import AttendCheckpoints
public import AttendFigures
public import AttendModels
internal import AttendText
internal import AttendTensors

/// Trains the ladder, from the bigram to GPT, on the same data, so that each idea's gain is seen.
///
/// Every rung gets the same number of steps on the same batches.
public struct LadderClimb: Sendable {
    /// One model of the ladder, trained.
    public struct Rung: Codable, Hashable, Sendable {
        /// Its name.
        public let model: String
        /// How many numbers it has learnt.
        public let parameters: Int
        /// The loss on all of the validation split, in nats per token.
        public let validationLoss: Double
        /// How long training took.
        public let seconds: Double
        /// What the rung adds to the one below.
        public let idea: String
        /// The loss on the first part of the validation split after so many steps.
        public let curve: [Point]
    }

    /// A loss in the course of a training.
    public struct Point: Codable, Hashable, Sendable {
        /// How many steps had been taken.
        public let step: Int
        /// Nats per token.
        public let loss: Double
    }

    /// What happens on the way.
    public struct Progress: Sendable {
        /// The rung that is being trained.
        public let model: String
        /// Which one it is, from 0, and of how many.
        public let rung: Int
        /// How many steps it has taken.
        public let step: Int
        /// The loss on the last batch.
        public let loss: Float
    }

    /// The models and what each adds.
    public static let ideas: [(architecture: Architecture, idea: String)] = [
        (.bigram, "a table: what follows the last token"),
        (.singleHead, "attention: looking back, in one way"),
        (.multiHead, "several heads: looking back in several ways"),
        (.block, "a block: residual connections, norms, a feed-forward network"),
        (.gpt, "depth: several blocks"),
    ]

    /// How many steps each rung takes.
    public var steps: Int
    /// What everything random comes from.
    public var seed: UInt64
    private let data: TrainingData
    private let evaluations = 10

    /// A climb on this text.
    public init(data: TrainingData, steps: Int, seed: UInt64) {
        self.data = data
        self.steps = steps
        self.seed = seed
    }

    /// The configuration of a rung.
    public func configuration(of architecture: Architecture, version: String) -> RunConfiguration {
        let size = data.tokenizer.vocabularySize
        var training = TrainingSettings(
            steps: steps, batch: 16, learningRate: architecture == .bigram ? 3e-2 : 3e-3,
            finalLearningRate: 1e-4, warmupSteps: min(100, max(steps / 10, 1)),
            evaluationInterval: max(steps / evaluations, 1), evaluationTokens: 32_768)
        training.sampleTokens = 0
        let model: AnyConfiguration
        if let rung = LadderConfiguration.Rung(rawValue: architecture.rawValue) {
            model = .ladder(
                LadderConfiguration(
                    rung: rung, vocabularySize: size, contextLength: 64, width: 128, headCount: 4))
        } else {
            model = .gpt(
                GPT.Configuration(
                    vocabularySize: size, contextLength: 64, layerCount: 4, headCount: 4,
                    width: 128, hasBias: false, activation: .gelu))
        }
        return RunConfiguration(
            attendVersion: version, preset: "ladder", model: model, data: data.description,
            training: training, seed: seed)
    }

    /// Trains all rungs.
    ///
    /// - Parameters:
    ///   - report: told after each step.
    ///   - finished: told after each rung.
    /// - Returns: the rungs from the lowest; nil where `shouldStop` ended the climb.
    /// - Throws: `DataError` for data that is too short.
    public func climb(
        version: String, shouldStop: () -> Bool, report: (Progress) -> Void,
        finished: (Rung) -> Void
    ) throws -> [Rung]? {
        var rungs: [Rung] = []
        let clock = ContinuousClock()
        for (number, (architecture, idea)) in Self.ideas.enumerated() {
            let configuration = configuration(of: architecture, version: version)
            var trainer = try makeTrainer(configuration, data: data)
            let interval = configuration.training.evaluationInterval
            var (curve, seconds) = ([Point](), 0.0)
            func measure(_ step: Int) throws {
                let loss = try trainer.evaluate(
                    on: .validation, upTo: configuration.training.evaluationTokens,
                    shouldStop: shouldStop)
                curve.append(Point(step: step, loss: loss))
            }
            try measure(0)
            for step in 1...steps {
                let begin = clock.now
                let result = try trainer.step()
                seconds += (clock.now - begin) / .seconds(1)
                if let fault = result.fault {
                    throw TrainingError.notFinite(step: step, fault)
                }
                report(
                    Progress(
                        model: architecture.rawValue, rung: number, step: step, loss: result.loss))
                if step.isMultiple(of: interval) { try measure(step) }
                if shouldStop() { return nil }
            }
            let loss = try trainer.evaluate(on: .validation, upTo: nil, shouldStop: shouldStop)
            if shouldStop() { return nil }
            let rung = Rung(
                model: architecture.rawValue,
                parameters: configuration.model.sizes.parameterCount, validationLoss: loss,
                seconds: seconds, idea: idea, curve: curve)
            rungs.append(rung)
            finished(rung)
        }
        return rungs
    }

    /// All rungs' losses over their steps.
    public static func figure(_ rungs: [Rung], data: String) -> LineChart {
        LineChart(
            "The ladder", subtitle: "validation loss on \(data); each rung adds one idea",
            series: rungs.map { rung in
                LineChart.Series(
                    "\(rung.model) \(Numeral.fixed(rung.validationLoss, places: 3))",
                    points: rung.curve.map { FigurePoint(x: Double($0.step), y: $0.loss) })
            },
            xAxis: .init("step", includesZero: true), yAxis: .init("nats per token"))
    }
}
