public import AttendCheckpoints
internal import AttendLayers
public import AttendModels
public import AttendTensors

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

/// Takes steps on a task, whichever it is.
public protocol Stepping: Sendable {
    /// How the run was set up.
    var configuration: RunConfiguration { get }
    /// How many steps have been taken.
    var stepCount: Int { get }
    /// The model as it is now.
    var currentModel: AnyModel { get }
    /// The model's weights by name.
    func weights() -> [(name: String, tensor: Tensor)]
    /// The optimizer's state by name.
    func optimizerState() -> [(name: String, tensor: Tensor)]
    /// Takes one step: forward, loss, backward, clipping, update.
    mutating func step() -> StepResult
    /// The mean loss over a split, or its first part.
    func evaluate(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> Double
    /// Continues from a snapshot.
    mutating func load(_ snapshot: Snapshot) throws
    /// Takes these weights.
    mutating func load(weights: [String: Tensor]) throws
}

/// Trains a model on a task step by step.
///
/// Everything that a step draws – its batch, its dropout – depends on the seed and the number of the step alone, so a
/// trainer that is given the weights, the moments and the number of steps continues exactly.
public struct Trainer<Task: TrainingTask>: Stepping {
    /// How the run was set up.
    public let configuration: RunConfiguration
    /// What the model learns.
    public let task: Task
    /// The model as it is now.
    public private(set) var model: Task.Model
    /// The optimizer as it is now.
    public private(set) var optimizer: AdamW
    /// How many steps have been taken.
    public private(set) var stepCount = 0

    private let schedule: Schedule

    /// A trainer at its first step, with a fresh model.
    ///
    /// - Throws: ``ConfigurationError`` for sizes that make no model, or one that this machine cannot train.
    public init(configuration: RunConfiguration, task: Task) throws {
        try configuration.model.sizes.validate()
        let training = configuration.training
        try MemoryEstimate(configuration).check()
        self.configuration = configuration
        self.task = task
        var random = RandomSource(seed: configuration.seed)
        model = task.makeModel(random: &random)
        optimizer = AdamW(
            AdamW.Options(
                beta1: training.beta1, beta2: training.beta2, weightDecay: training.weightDecay))
        schedule = Schedule(training)
    }

    /// The model, by what it can be asked.
    public var currentModel: AnyModel { task.erased(model) }

    /// The model's weights by name.
    public func weights() -> [(name: String, tensor: Tensor)] { model.namedTensors() }

    /// The optimizer's state by name.
    public func optimizerState() -> [(name: String, tensor: Tensor)] { optimizer.namedTensors() }

    /// Takes one step: forward, loss, backward, clipping, update.
    public mutating func step() -> StepResult {
        let batch = task.batch(at: stepCount)
        var context = Context(
            random: RandomSource(seed: dropoutSeed(ofStep: stepCount)),
            precision: configuration.training.precision)
        let (loss, gradients) = valueWithGradients(of: model) {
            task.loss(of: $0, on: batch, context: &context)
        }
        let norm = gradients.norm
        let learningRate = schedule.learningRate(at: stepCount)
        optimizer.update(
            &model, with: gradients.clipped(norm: norm, to: configuration.training.gradientClip),
            learningRate: learningRate)
        stepCount += 1
        return StepResult(
            loss: loss, learningRate: learningRate, gradientNorm: norm,
            tokenCount: task.tokenCount(of: batch))
    }

    /// The mean loss over a split, or its first part.
    public func evaluate(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> Double {
        try task.evaluate(
            model, on: split, upTo: tokens, precision: configuration.training.precision,
            shouldStop: shouldStop)
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

    /// Takes these weights.
    ///
    /// - Throws: ``LoadingError`` where they do not fit.
    public mutating func load(weights: [String: Tensor]) throws {
        try model.load(weights)
    }
}
