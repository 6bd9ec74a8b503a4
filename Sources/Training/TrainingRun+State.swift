public import AttendCheckpoints

extension TrainingRun {
    /// What a checkpoint's `state.json` holds.
    public struct State: Codable, Sendable {
        /// The configuration of the run, to notice where `config.json` has been edited since.
        public var configuration: RunConfiguration
        /// The step at which the losses were last measured.
        public var evaluatedStep: Int?
        /// The validation loss then, in nats per token.
        public var validationLoss: Double?
        /// The lowest loss on the part of the validation split that all evaluations look at.
        public var bestValidationLoss: Double?
        /// Seconds of training so far, without evaluations.
        public var trainingSeconds = 0.0
        /// How many evaluations in a row have brought no lower validation loss.
        public var evaluationsWithoutGain: Int?
        /// Why the run ended before all steps were taken.
        public var endedEarly: MetricEvent.Done.Reason?
        /// What the steps were like lately, where those that stand out are left out.
        public var spikeGuard: SpikeGuard?
        /// Seconds of the run so far, with all that it does; nil for runs of older versions.
        public var totalSeconds: Double?
        /// The most bytes that a forward pass has left for its backward pass, in whichever process; nil before the
        /// first step, and for runs of older versions.
        public var activationBytes: Int?
    }

    /// How a run ended.
    public enum Outcome: Hashable, Sendable {
        /// All steps were taken.
        case finished
        /// It ended before that, as its settings ask for.
        case endedEarly(MetricEvent.Done.Reason)
        /// It was stopped after a step, and saved.
        case interrupted
    }
}
