public import AttendCheckpoints
public import AttendModels
public import AttendTensors
internal import AttendText
internal import Foundation

/// A training that fills a time on this machine, with what it will take and come to.
public struct TrainingPlan: Sendable {
    /// What is asked for.
    public struct Request: Sendable {
        /// How long the training may take.
        public var minutes: Double
        /// The most bytes that its process may have; nil for three quarters of the machine's.
        public var memoryLimit: Double?
        /// What matrix products round to.
        public var precision: Precision
        /// What all random choices come from.
        public var seed: UInt64
        /// The version that writes the plan.
        public var attendVersion: String

        /// A request.
        public init(
            minutes: Double, memoryLimit: Double? = nil, precision: Precision = .float32,
            seed: UInt64 = 1, attendVersion: String
        ) {
            self.minutes = minutes
            self.memoryLimit = memoryLimit
            self.precision = precision
            self.seed = seed
            self.attendVersion = attendVersion
        }
    }

    /// The run that is proposed, with its prediction.
    public let configuration: RunConfiguration
    /// What it will take and come to.
    public let prediction: TrainingPrediction
    /// Seconds that a step of it took.
    public let stepSeconds: Double
    /// Nats per token of a table of pairs on the same text, which the model has to be better than.
    public let bigramLoss: Double

    /// The fewest steps that are worth a plan.
    static let leastSteps = 20
    /// How many models are measured closely before the last one is taken.
    private static let measuredLimit = 3
    /// From this many times on that a run reads its text, dropout keeps the model from knowing it by heart.
    private static let repetitions = 10.0

    /// Measures this machine and proposes the model with the least loss.
    ///
    /// - Parameters:
    ///   - folder: a directory that does not exist yet, for a checkpoint that is written to see how long that takes.
    ///   - sample: writes a text, as the run will do at its evaluations.
    ///   - progress: told what is being done, in a line.
    /// - Returns: nil where it was asked to stop.
    /// - Throws: `ConfigurationError` where no model fits the time, the memory and the data.
    public static func make(
        _ request: Request, data: TrainingData, folder: String,
        sample: (RunConfiguration, AnyModel) -> ModelSample, shouldStop: () -> Bool,
        progress: (String) -> Void
    ) throws -> TrainingPlan? {
        guard let text = data.plannedText else {
            throw ConfigurationError(problems: [
                "plans are made for text, and the data are of the kind \(data.description.kind.rawValue)"
            ])
        }
        let rule = LossRule(
            bigram: try BigramEntropy.nats(
                of: text, vocabularySize: data.tokenizer.vocabularySize),
            floor: data.description.floor, uniqueTokens: Double(text.training.tokens.count))
        var search = PlanSearch(request: request, data: data, rule: rule)
        func measure(_ candidate: PlanCandidate, seconds: Double) throws {
            let configuration = search.configuration(of: candidate)
            progress(
                "measuring \(candidate.layers) layers of width \(candidate.width), context "
                    + "\(configuration.model.sizes.contextLength)")
            search.note(
                try PlanProbe(
                    configuration, data: data, seconds: seconds, folder: folder, sample: sample,
                    shouldStop: shouldStop), of: candidate)
        }
        for candidate in PlanCandidate.probed where !shouldStop() {
            try measure(candidate, seconds: 1.2)
        }
        for _ in 0..<measuredLimit {
            if shouldStop() { return nil }
            guard let best = search.best else { throw search.noModel }
            if search.isMeasuredClosely(best) { break }
            try measure(best, seconds: min(max(request.minutes * 3, 3), 10))
            search.noteClose(best)
        }
        return shouldStop() ? nil : try search.plan()
    }
}

extension TrainingData {
    /// The text that a plan is made for; nil for other kinds of data.
    ///
    /// Plans are made for one text: mixtures are given to `attend train` alone.
    var plannedText: TokenText? {
        if case .text(let texts) = content { texts.first?.text } else { nil }
    }
}

extension TrainingPlan {
    /// Whether a run of so many tokens reads its text often.
    static func isRepeated(_ tokens: Double, of unique: Double) -> Bool {
        tokens > repetitions * unique
    }
}
