public import AttendTensors

/// What a forward pass needs to know besides its input.
///
/// Handed from layer to layer. Outside of training it is empty, and nothing is random.
public struct Context: Sendable {
    /// Draws for dropout; nil outside of training.
    public var random: RandomSource?

    /// What matrix products round their operands to.
    public var precision: Precision

    /// How much of the squared logarithm of the sum of exponentials of the logits is added to the loss.
    public var zLoss: Float = 0

    /// The probability that the last block of a stack leaves a sequence as it is, in each of its residual connections.
    public var dropPath: Float = 0

    /// Whether each block keeps only its input for the backward pass and is computed again there.
    public var recomputesBlocks = false

    /// Losses that layers ask for beside the model's own, such as that of a router whose load is uneven.
    public var auxiliaryLosses: [Tensor] = []

    /// How the routers of the layers have divided the tokens among their experts, in order.
    public var routerStatistics: [RouterStatistics] = []

    /// Told of every part that runs, where someone watches.
    public var trace: Trace?

    /// A context for evaluation and generation, or for training where a random source is given.
    public init(random: RandomSource? = nil, precision: Precision = .float32) {
        self.random = random
        self.precision = precision
    }

    /// A stream to draw dropout from; nil outside of training.
    mutating func dropoutStream(_ probability: Float) -> RandomStream? {
        probability > 0 ? random?.stream() : nil
    }

    /// The tensor with elements dropped in training, as it is otherwise.
    public mutating func dropout(_ x: Tensor, probability: Float) -> Tensor {
        guard let stream = dropoutStream(probability) else { return x }
        return x.droppedOut(probability: probability, random: stream)
    }

    /// The tensor `[batch, …]` with whole sequences dropped in training, as it is otherwise.
    ///
    /// - Source: stochastic depth: Huang et al. 2016, §3.
    mutating func droppingSequences(_ x: Tensor, probability: Float) -> Tensor {
        guard let stream = dropoutStream(probability) else { return x }
        let batch = x.shape[0]
        let kept = Tensor(repeating: 1, shape: [batch])
            .droppedOut(probability: probability, random: stream)
        return x.reshaped([batch, x.count / max(batch, 1)]).scaledRows(by: kept)
            .reshaped(x.shape)
    }
}
