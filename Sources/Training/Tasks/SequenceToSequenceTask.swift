public import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Writing a target after reading its source, with the target so far given (teacher forcing).
public struct SequenceToSequenceTask: TrainingTask {
    private let configuration: EncoderDecoder.Configuration
    private let dataset: PairDataset
    private let batches: BucketedPairBatches
    private let batchSize: BatchSize
    private let smoothing: Float

    /// A task on padded batches of pairs of similar length.
    ///
    /// - Throws: `DataError` where there are no pairs.
    public init(
        _ configuration: EncoderDecoder.Configuration, dataset: PairDataset,
        training: TrainingSettings, seed: UInt64
    ) throws {
        self.configuration = configuration
        self.dataset = dataset
        smoothing = training.labelSmoothing
        batchSize = .tokens(training.batchTokens)
        batches = try BucketedPairBatches(
            dataset.training, size: batchSize, seed: seed, specialTokens: dataset.specialTokens)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> EncoderDecoder {
        EncoderDecoder(configuration, random: &random)
    }

    /// A model that makes a sequence of another.
    public func erased(_ model: EncoderDecoder) -> AnyModel { .encoderDecoder(model) }

    /// Pairs of similar length, in a new order every epoch.
    public func batch(at step: Int) -> PairBatch { batches.batch(at: step) }

    /// Target tokens, the end included.
    public func tokenCount(of batch: PairBatch) -> Int { batch.scoredCount }

    /// Nats for each target token, with label smoothing.
    public func loss(
        of model: EncoderDecoder, on batch: PairBatch, context: inout Context
    ) -> Tensor {
        loss(of: model, on: batch, smoothing: smoothing, context: &context)
    }

    private func loss(
        of model: EncoderDecoder, on batch: PairBatch, smoothing: Float, context: inout Context
    ) -> Tensor {
        // A mask that hides nothing would only cost time.
        let mask =
            batch.sourceMask.allSatisfy { $0 != 0 }
            ? nil : Tensor(batch.sourceMask, shape: [batch.rows, batch.sourceColumns])
        return model.loss(
            sources: batch.sources, sourceMask: mask, targetInputs: batch.targetInputs,
            targetOutputs: batch.targetOutputs, batch: batch.rows, smoothing: smoothing,
            context: &context)
    }

    /// Nats for each target token.
    public func evaluate(
        _ model: EncoderDecoder, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        let pairs = split == .training ? dataset.training : dataset.validation
        let batches = try PairEvaluationBatches(
            pairs.prefix(tokens: tokens) { $0.target.count + 1 }, size: batchSize,
            specialTokens: dataset.specialTokens)
        var (sum, scored) = (0.0, 0)
        for batch in batches.batches {
            var context = Context(precision: precision)
            let loss = loss(of: model, on: batch, smoothing: 0, context: &context)
            sum += Double(loss.item()) * Double(batch.scoredCount)
            scored += batch.scoredCount
            if shouldStop() { break }
        }
        return sum / Double(scored)
    }
}
