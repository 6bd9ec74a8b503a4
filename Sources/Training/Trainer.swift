public import AttendCheckpoints
internal import AttendLayers
public import AttendModels
internal import AttendTensors
public import AttendText

/// Trains a model step by step.
///
/// Everything that a step draws – its batch, its dropout – depends on the seed and the number of the step alone, so a
/// trainer that is given the weights, the moments and the number of steps continues exactly.
public struct Trainer: Sendable {
    /// What one step shows.
    public struct StepResult: Sendable {
        /// The loss on the step's batch, before the update, in nats per token.
        public let loss: Float
        /// The learning rate of the update.
        public let learningRate: Float
        /// The norm of all gradients together, before clipping.
        public let gradientNorm: Float
        /// How many tokens the batch has.
        public let tokenCount: Int
    }

    /// How the run was set up.
    public let configuration: RunConfiguration
    /// The model as it is now.
    public private(set) var model: GPT
    /// The optimizer as it is now.
    public private(set) var optimizer: AdamW
    /// How many steps have been taken.
    public private(set) var stepCount = 0

    private let batches: any BatchSource
    private let schedule: CosineSchedule

    /// A trainer at its first step, with a fresh model.
    ///
    /// - Throws: ``ConfigurationError`` for sizes that make no model, ``DataError`` for data shorter than the context.
    public init(configuration: RunConfiguration, dataset: TokenDataset) throws {
        try configuration.model.validate()
        let training = configuration.training
        try MemoryEstimate(configuration.model, training).check()
        self.configuration = configuration
        batches = try dataset.trainingBatches(
            context: configuration.model.contextLength, rows: training.batch,
            seed: configuration.seed)
        var random = RandomSource(seed: configuration.seed)
        model = GPT(configuration.model, random: &random)
        optimizer = AdamW(
            AdamW.Options(
                beta1: training.beta1, beta2: training.beta2, weightDecay: training.weightDecay))
        schedule = CosineSchedule(training)
    }

    /// Takes one step: forward, loss, backward, clipping, update.
    public mutating func step() -> StepResult {
        let batch = batches.batch(at: stepCount)
        var context = Context(
            random: RandomSource(seed: dropoutSeed(ofStep: stepCount)),
            precision: configuration.training.precision)
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(
                inputs: batch.inputs, targets: batch.targets, batch: batch.rows, context: &context)
        }
        let norm = gradients.norm
        let learningRate = schedule.learningRate(at: stepCount)
        optimizer.update(
            &model, with: gradients.clipped(norm: norm, to: configuration.training.gradientClip),
            learningRate: learningRate)
        stepCount += 1
        return StepResult(
            loss: loss, learningRate: learningRate, gradientNorm: norm,
            tokenCount: batch.inputs.count)
    }

    /// A seed that no other step has, and that differs from the one that made the model.
    private func dropoutSeed(ofStep step: Int) -> UInt64 {
        var mixed = configuration.seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(step + 1)
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        return mixed ^ mixed >> 27
    }

    /// Continues from a snapshot.
    ///
    /// - Throws: ``LoadingError`` where the snapshot does not fit the configuration, and errors of reading it.
    public mutating func load(_ snapshot: Snapshot) throws {
        try model.load(namedTensors(in: snapshot.model()))
        try optimizer.load(
            namedTensors(in: snapshot.optimizer()), stepCount: snapshot.step, for: model)
        stepCount = snapshot.step
    }
}
