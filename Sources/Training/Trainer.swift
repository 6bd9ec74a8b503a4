public import AttendCheckpoints
internal import AttendLayers
public import AttendModels
public import AttendTensors
internal import AttendText

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
    /// What became of each part of the model, where that was asked for and the step was taken.
    public var layers: [MetricEvent.Layer]?
    /// What was infinite or not a number; the model is then as it was before the step.
    public let fault: NumericFault?
    /// How the step stood out, where it was left out for that; the model is then as it was before it.
    public let spike: SpikeGuard.Spike?
}

/// Takes steps on a task, whichever it is.
public protocol Stepping: Sendable {
    /// How the run was set up.
    var configuration: RunConfiguration { get }
    /// How many steps have been taken.
    var stepCount: Int { get }
    /// The model as it is now.
    var currentModel: AnyModel { get }
    /// What the run's steps were like lately, where those that stand out are left out.
    var spikeGuard: SpikeGuard { get set }
    /// Whether each operation's result and gradients are looked at for numbers that are infinite or none.
    var detectsAnomalies: Bool { get set }
    /// The most bytes that a forward pass has left for its backward pass; nil before the first step.
    var activationBytes: Int? { get }
    /// The loss on the first step's batch without dropout.
    ///
    /// - Throws: as a step does.
    func lossOfFirstBatch() throws -> Float
    /// The model's weights by name.
    func weights() -> [(name: String, tensor: Tensor)]
    /// The optimizer's state by name.
    func optimizerState() -> [(name: String, tensor: Tensor)]
    /// Takes one step: forward, loss, backward, clipping, update.
    ///
    /// - Parameter measuringLayers: whether to measure the parts of the model too; it changes no bit of them.
    /// - Throws: where the step's data lie in a file that cannot be read.
    mutating func step(measuringLayers: Bool) throws -> StepResult
    /// The mean loss over a split, or its first part.
    func evaluate(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> Double
    /// The same for each of several texts; none where there is one, or other data.
    func partLosses(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> [PartLoss]
    /// Continues from a snapshot.
    mutating func load(_ snapshot: Snapshot) throws
    /// Takes these weights.
    mutating func load(weights: [String: Tensor]) throws
}

extension Stepping {
    /// Takes one step: forward, loss, backward, clipping, update.
    public mutating func step() throws -> StepResult { try step(measuringLayers: false) }
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
    public private(set) var optimizer: Optimizer
    /// How many steps have been taken.
    public private(set) var stepCount = 0
    /// What the steps were like lately.
    public var spikeGuard = SpikeGuard()
    /// Whether each operation is looked at.
    public var detectsAnomalies = false
    /// The most bytes that a forward pass has left for its backward pass; nil before the first step.
    public private(set) var activationBytes: Int?

    private var average: WeightAverage?
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
        var learningRateFactors: [String: Float] = [:]
        if training.initialisation == .maximalUpdate {
            let scaling = try MaximalUpdate(configuration)
            try model.load(scaling.weights(for: model))
            learningRateFactors = scaling.learningRateFactors(for: model)
        } else if let initialisation = training.initialisation {
            try model.load(initialisation.weights(for: model, random: &random))
        }
        optimizer = Optimizer(
            OptimizerOptions(training), learningRateFactors: learningRateFactors)
        schedule = Schedule(training)
        average = training.weightAverage.map { WeightAverage(forgetting: $0, of: model) }
    }

    /// The model as it is to be used: with the mean of its weights, where one is kept.
    private var usedModel: Task.Model { average?.applied(to: model) ?? model }

    /// The model, by what it can be asked.
    public var currentModel: AnyModel { task.erased(usedModel) }

    /// The weights of the model as it is to be used, by name.
    public func weights() -> [(name: String, tensor: Tensor)] { usedModel.namedTensors() }

    /// The optimizer's state by name, with the weights that it moves where the model is used with others.
    public func optimizerState() -> [(name: String, tensor: Tensor)] {
        let own =
            average == nil ? [] : model.namedTensors().map { ("weight.\($0.name)", $0.tensor) }
        return optimizer.namedTensors(of: model) + own
    }

    /// Takes one step: forward, loss, backward, clipping, update.
    public mutating func step(measuringLayers: Bool) throws -> StepResult {
        let training = configuration.training
        let batch = try task.batch(at: training.overfitsOneBatch ? 0 : stepCount)
        var (loss, gradients, anomaly) = lossWithGradients(on: batch)
        let norm = gradients.norm
        let learningRate = schedule.learningRate(at: stepCount)
        func result(fault: NumericFault? = nil, spike: SpikeGuard.Spike? = nil) -> StepResult {
            StepResult(
                loss: loss, learningRate: learningRate, gradientNorm: norm,
                tokenCount: task.tokenCount(of: batch), fault: fault, spike: spike)
        }
        if !loss.isFinite || !norm.isFinite || anomaly != nil {
            let fault = fault(loss: loss, gradients: gradients, anomaly: anomaly, on: batch)
            passStep()
            return result(fault: fault)
        }
        if let threshold = training.spikeSkip,
            let spike = spikeGuard.spike(
                loss: Double(loss), norm: Double(norm), threshold: Double(threshold))
        {
            passStep()
            return result(spike: spike)
        }
        let unclipped = gradients
        if let limit = training.gradientValueClip {
            gradients = gradients.clipped(toValue: limit)
        }
        let clippedNorm = training.gradientValueClip == nil ? norm : gradients.norm
        let changes = optimizer.update(
            &model, with: gradients.clipped(norm: clippedNorm, to: training.gradientClip),
            learningRate: learningRate, precision: training.precision,
            measuringChanges: measuringLayers)
        stepCount += 1
        average?.add(model, atStep: stepCount)
        var taken = result()
        if measuringLayers {
            taken.layers = LayerFigures.layers(gradients: unclipped, changes: changes)
        }
        return taken
    }

    /// Counts a step that moves nothing.
    private mutating func passStep() {
        stepCount += 1
        optimizer.passStep()
    }

    /// The loss on the first step's batch without dropout.
    public func lossOfFirstBatch() throws -> Float {
        var context = Context(precision: configuration.training.precision)
        return try task.loss(of: usedModel, on: task.batch(at: 0), context: &context).item()
    }

    /// Looks for what was no finite number first: in the weights, then forward, then backward.
    private func fault(
        loss: Float, gradients: Gradients, anomaly: AnomalyWatch.Anomaly?, on batch: Task.Batch
    ) -> NumericFault {
        if let weight = model.namedTensors().first(where: { !$0.tensor.isFinite }) {
            return .weight(weight.name)
        }
        if let anomaly { return .operation(anomaly) }
        for (number, part) in batch.parts(configuration.training.accumulation).enumerated() {
            var context = context(ofPart: number)
            context.trace = Trace()
            _ = task.loss(of: model, on: part, context: &context)
            if let step = context.trace?.steps.first(where: { !$0.isFinite }) {
                return .output(step.name)
            }
        }
        if !loss.isFinite { return .loss }
        // The backward pass begins at the end of the model.
        let gradient = gradients.tensors.last { !$0.tensor.isFinite }
        return gradient.map { .gradient($0.name) } ?? .gradientNorm
    }

    /// What a part of this step's batch is computed with, such as its dropout.
    private func context(ofPart number: Int) -> Context {
        // The first part draws what an undivided batch draws.
        var context = Context(
            random: RandomSource(
                seed: dropoutSeed(ofStep: stepCount) &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15),
            precision: configuration.training.precision)
        context.zLoss = configuration.training.zLoss
        context.dropPath = configuration.training.dropPath
        context.recomputesBlocks = configuration.training.gradientCheckpointing
        return context
    }

    /// The mean loss of what a batch scores, and its gradients, computed in as many parts as the settings say.
    ///
    /// Each part counts by what it scores, so the result is that of the batch as a whole.
    ///
    /// - Returns: these, and the first number that was none, where all operations are looked at.
    private mutating func lossWithGradients(
        on batch: Task.Batch
    ) -> (loss: Float, gradients: Gradients, anomaly: AnomalyWatch.Anomaly?) {
        var sum: (loss: Float, gradients: Gradients)?
        let watch = detectsAnomalies ? AnomalyWatch() : nil
        var scored = 0
        for (number, part) in batch.parts(configuration.training.accumulation).enumerated() {
            var context = context(ofPart: number)
            if let watch { context.trace = Trace(watch: watch) }
            let live = TensorMemory.liveBytes
            var kept = 0
            let found = valueWithGradients(of: model, watch: watch) {
                let loss = task.loss(of: $0, on: part, context: &context)
                kept = TensorMemory.liveBytes - live
                return loss
            }
            activationBytes = max(activationBytes ?? 0, kept)
            let count = part.scoredCount
            defer { scored += count }
            guard let old = sum, scored > 0 else {
                sum = found
                continue
            }
            // A part in which nothing is scored has no loss of its own.
            if count == 0 { continue }
            let (before, now) = (
                Float(scored) / Float(scored + count), Float(count) / Float(scored + count)
            )
            sum = (
                old.loss * before + found.loss * now,
                old.gradients.weighted(before, plus: found.gradients, times: now)
            )
        }
        return (sum?.loss ?? .nan, sum?.gradients ?? Gradients([]), watch?.first)
    }

    /// The mean loss over a split, or its first part.
    public func evaluate(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> Double {
        try task.evaluate(
            usedModel, on: split, upTo: tokens, precision: configuration.training.precision,
            shouldStop: shouldStop)
    }

    /// The same for each of several texts; none where there is one, or other data.
    public func partLosses(
        on split: DataSplit, upTo tokens: Int?, shouldStop: () -> Bool
    ) throws -> [PartLoss] {
        try task.partLosses(
            usedModel, on: split, upTo: tokens, precision: configuration.training.precision,
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
        var state = try namedTensors(in: snapshot.optimizer())
        if average != nil {
            average = WeightAverage(
                forgetting: configuration.training.weightAverage ?? 0, of: model)
            let own = state.filter { $0.key.hasPrefix("weight.") }
            for name in own.keys { state[name] = nil }
            try model.load(
                Dictionary(
                    uniqueKeysWithValues: own.map { (String($0.key.dropFirst(7)), $0.value) }))
        }
        try optimizer.load(state, stepCount: snapshot.step, for: model)
        stepCount = snapshot.step
    }

    /// Takes these weights.
    ///
    /// - Throws: ``LoadingError`` where they do not fit.
    public mutating func load(weights: [String: Tensor]) throws {
        try model.load(weights)
    }
}
