public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// What a model learns: its batches, its loss on one of them, and how well it does.
///
/// A ``Trainer`` takes steps on any task; which task a run has follows from the family of its model.
public protocol TrainingTask: Sendable {
    /// What learns.
    associatedtype Model: Module
    /// What one step learns from.
    associatedtype Batch: RowBatch

    /// A model with fresh weights.
    func makeModel(random: inout RandomSource) -> Model
    /// The same model, by what it can be asked.
    func erased(_ model: Model) -> AnyModel
    /// The batch of a step, counted from 0; always the same for the same step.
    ///
    /// - Throws: where its tokens lie in a file that cannot be read.
    func batch(at step: Int) throws -> Batch
    /// How many tokens a batch has that are not padding.
    func tokenCount(of batch: Batch) -> Int
    /// The mean loss of what the batch scores, in nats.
    func loss(of model: Model, on batch: Batch, context: inout Context) -> Tensor
    /// The mean loss over a split, without dropout and label smoothing, in nats for each thing scored.
    ///
    /// - Parameters:
    ///   - tokens: how many tokens to look at, about; all where nil.
    ///   - shouldStop: asked after each batch; where it answers yes the figure is of no use.
    func evaluate(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double
    /// The same for each of several texts; none where there is one, or other data.
    func partLosses(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> [PartLoss]
}

extension TrainingTask {
    /// None: the data have no parts.
    public func partLosses(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> [PartLoss] { [] }
}

/// How many tokens an evaluation computes at a time, at least.
let evaluatedTokens = 4096

extension Array {
    /// The first examples, until they have so many tokens together; all where nil.
    func prefix(tokens limit: Int?, count: (Element) -> Int) -> [Element] {
        guard let limit else { return self }
        var sum = 0
        return Array(
            prefix { example in
                defer { sum += count(example) }
                return sum < limit
            })
    }
}

/// A part of the data.
public enum DataSplit: Hashable, Sendable {
    /// What the model learns from.
    case training
    /// What it never sees in training.
    case validation
}
