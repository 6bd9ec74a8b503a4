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
    /// The batches of the first half of the steps, the easiest first; none without a curriculum.
    private let easyBatches: [BucketedPairBatches]
    private let easySteps: Int
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
        easySteps = training.steps / 2
        easyBatches = try Self.easyBatches(
            dataset, size: batchSize, seed: seed, training.curriculum)
    }

    /// In how many steps the easy examples become all.
    private static let curriculumStages = 8

    /// Batches of the shortest eighth of the pairs, of the shortest two eighths, and so on but for all.
    private static func easyBatches(
        _ dataset: PairDataset, size: BatchSize, seed: UInt64, _ curriculum: Curriculum?
    ) throws -> [BucketedPairBatches] {
        guard curriculum == .easyToHard else { return [] }
        let lengths = dataset.training.map { max($0.source.count, $0.target.count + 1) }
        let order = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        return try (1..<curriculumStages).map { stage in
            let count = max(1, order.count * stage / curriculumStages)
            return try BucketedPairBatches(
                order.prefix(count).map { dataset.training[$0] }, size: size, seed: seed,
                specialTokens: dataset.specialTokens)
        }
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> EncoderDecoder {
        EncoderDecoder(configuration, random: &random)
    }

    /// A model that makes a sequence of another.
    public func erased(_ model: EncoderDecoder) -> AnyModel { .encoderDecoder(model) }

    /// Pairs of similar length, in a new order every epoch.
    ///
    /// With a curriculum, those of the first half of the steps are from the shortest of them, ever more.
    public func batch(at step: Int) -> PairBatch {
        guard step < easySteps, !easyBatches.isEmpty else { return batches.batch(at: step) }
        return easyBatches[step * easyBatches.count / easySteps].batch(at: step)
    }

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
