/// Something that happened in training: one line of `metrics.jsonl` and of `attend train --json`.
///
/// Each event is one JSON object whose member `event` names its kind. JSON has no way to write a
/// number that is not finite; such a number is written as `null` and read back as not-a-number, so
/// that every line is valid JSON and a column of losses holds nothing but numbers and gaps.
///
/// Fractions are written with the digits of a 32-bit Float, the precision they are computed in.
public enum MetricEvent: Hashable, Sendable {
    /// Training begins.
    case start(Start)
    /// One step of the optimizer is done.
    case step(Step)
    /// The parts of the model were measured in the step before.
    case layers(Layers)
    /// The losses on both splits were measured.
    case evaluation(Evaluation)
    /// The model wrote a text.
    case sample(Sample)
    /// Training has ended.
    case done(Done)

    /// What is being trained.
    public struct Start: Hashable, Sendable {
        /// How many numbers the model learns.
        public var parameters: Int
        /// The run directory.
        public var run: String
        /// The least possible loss in nats per token, where it is known.
        public var floor: Double?

        /// The start of a run.
        public init(parameters: Int, run: String, floor: Double? = nil) {
            self.parameters = parameters
            self.run = run
            self.floor = floor
        }
    }

    /// One step of the optimizer.
    public struct Step: Hashable, Sendable {
        /// How many steps have been made, this one included.
        public var step: Int
        /// The loss on the batch of this step in nats per token.
        public var loss: Double
        /// The factor that the step was scaled by.
        public var learningRate: Double
        /// The Euclidean norm of all gradients before clipping.
        public var gradientNorm: Double
        /// Tokens trained on in one second of this step.
        public var tokensPerSecond: Double
        /// Why the step moved nothing; nil where it did.
        public var skipped: Skipped?

        /// Why a step is left out.
        public enum Skipped: String, Codable, Hashable, Sendable {
            /// Something was infinite or not a number.
            case nonFinite = "non-finite"
            /// Its loss or gradient norm stood out of those before it.
            case spike
        }

        /// A step and its measurements.
        public init(
            step: Int, loss: Double, learningRate: Double, gradientNorm: Double,
            tokensPerSecond: Double, skipped: Skipped? = nil
        ) {
            self.skipped = skipped
            self.step = step
            self.loss = loss
            self.learningRate = learningRate
            self.gradientNorm = gradientNorm
            self.tokensPerSecond = tokensPerSecond
        }
    }

    /// A measurement of the loss on both splits.
    public struct Evaluation: Hashable, Sendable {
        /// How many steps had been made.
        public var step: Int
        /// The mean loss on the training split in nats per token.
        public var trainLoss: Double
        /// The mean loss on the validation split in nats per token.
        public var validationLoss: Double
        /// The least possible loss in nats per token, where it is known.
        public var floor: Double?
        /// The share of validation answers that are right, where there are right ones.
        public var accuracy: Double?
        /// The loss on the validation split of each text by its name, where several are mixed.
        public var validationLosses: [String: Double]?
        /// The share of training answers that are right, where they are counted too.
        public var trainAccuracy: Double?

        /// The losses after some steps.
        public init(
            step: Int, trainLoss: Double, validationLoss: Double, floor: Double? = nil,
            accuracy: Double? = nil, validationLosses: [String: Double]? = nil,
            trainAccuracy: Double? = nil
        ) {
            self.validationLosses = validationLosses
            self.trainAccuracy = trainAccuracy
            self.step = step
            self.trainLoss = trainLoss
            self.validationLoss = validationLoss
            self.floor = floor
            self.accuracy = accuracy
        }
    }

    /// A text written by the model.
    public struct Sample: Hashable, Sendable {
        /// How many steps had been made.
        public var step: Int
        /// The text, its prompt included.
        public var text: String

        /// A text written after some steps.
        public init(step: Int, text: String) {
            self.step = step
            self.text = text
        }
    }

    /// The end of training.
    public struct Done: Hashable, Sendable {
        /// The run directory.
        public var run: String
        /// How many steps were made in all.
        public var steps: Int
        /// The last mean loss on the validation split in nats per token.
        public var validationLoss: Double
        /// The same in bits for each byte of the validation split, where that is a text: a measure that does
        /// not depend on what the tokens are.
        public var bitsPerByte: Double?
        /// How long training took.
        public var seconds: Double
        /// How long the run took, with evaluations, samples and checkpoints.
        public var totalSeconds: Double?
        /// The most memory that the process had, in bytes.
        public var peakMemoryBytes: Double?
        /// The most that forward passes left for backward passes, in bytes.
        public var activationBytes: Double?
        /// How much memory the process was to have at most, in bytes; nil where no limit was given.
        public var memoryLimitBytes: Double?
        /// Why it ended before all steps were taken; nil where it did not.
        public var reason: Reason?

        /// What ends a training early.
        public enum Reason: String, Codable, Hashable, Sendable {
            /// As many evaluations in a row as the settings allow brought no lower validation loss.
            case patience
        }

        /// The end of a run.
        public init(
            run: String, steps: Int, validationLoss: Double, bitsPerByte: Double? = nil,
            seconds: Double, totalSeconds: Double? = nil, peakMemoryBytes: Double? = nil,
            activationBytes: Double? = nil, memoryLimitBytes: Double? = nil, reason: Reason? = nil
        ) {
            self.totalSeconds = totalSeconds
            self.peakMemoryBytes = peakMemoryBytes
            self.activationBytes = activationBytes
            self.memoryLimitBytes = memoryLimitBytes
            self.run = run
            self.reason = reason
            self.bitsPerByte = bitsPerByte
            self.steps = steps
            self.validationLoss = validationLoss
            self.seconds = seconds
        }
    }

    /// The number of the step that the event tells of; nil for every other event.
    var madeStep: Int? {
        if case .step(let event) = self { event.step } else { nil }
    }

    /// The loss of the step that the event tells of; nil for every other event.
    var trainingLoss: Double? {
        if case .step(let event) = self { event.loss } else { nil }
    }

    /// The number of steps made when the event happened; nil for the start.
    public var step: Int? {
        switch self {
        case .start: nil
        case .step(let event): event.step
        case .layers(let event): event.step
        case .evaluation(let event): event.step
        case .sample(let event): event.step
        case .done(let event): event.steps
        }
    }
}
