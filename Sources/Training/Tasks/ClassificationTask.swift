public import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Telling to which class a text belongs.
public struct ClassificationTask: TrainingTask {
    private let configuration: SequenceClassifier.Configuration
    private let encoder: BERT?
    private let batches: LabelledBatches
    private let dataset: LabelledDataset
    private let size: BatchSize

    /// A task on batches of texts of similar length.
    ///
    /// - Parameter encoder: a trained encoder to begin with; nil for fresh weights.
    /// - Throws: `DataError` where there are no texts.
    public init(
        _ configuration: SequenceClassifier.Configuration, dataset: LabelledDataset,
        encoder: BERT? = nil, training: TrainingSettings, seed: UInt64
    ) throws {
        self.configuration = configuration
        self.encoder = encoder
        self.dataset = dataset
        size = .tokens(training.batchTokens)
        batches = try LabelledBatches(
            dataset.training, size: size, seed: seed, specialTokens: dataset.specialTokens)
    }

    /// A model with a fresh head, on the trained encoder where there is one.
    public func makeModel(random: inout RandomSource) -> SequenceClassifier {
        encoder.map { SequenceClassifier(encoder: $0, configuration, random: &random) }
            ?? SequenceClassifier(configuration, random: &random)
    }

    /// A model that tells classes apart.
    public func erased(_ model: SequenceClassifier) -> AnyModel { .classifier(model) }

    /// Texts of similar length, in a new order every epoch.
    public func batch(at step: Int) -> LabelledBatch { batches.batch(at: step) }

    /// Tokens that are read.
    public func tokenCount(of batch: LabelledBatch) -> Int { batch.mask.count { $0 != 0 } }

    /// Nats for each text.
    public func loss(
        of model: SequenceClassifier, on batch: LabelledBatch, context: inout Context
    ) -> Tensor {
        model.loss(
            batch.inputs, batch: batch.rows,
            mask: Tensor(batch.mask, shape: [batch.rows, batch.columns]), labels: batch.labels,
            context: &context)
    }

    /// Nats for each text.
    public func evaluate(
        _ model: SequenceClassifier, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        let texts = split == .training ? dataset.training : dataset.validation
        let batches = try LabelledEvaluationBatches(
            texts.prefix(tokens: tokens) { $0.ids.count }, size: size,
            specialTokens: dataset.specialTokens)
        return ClassificationEvaluation(
            of: model, on: batches.batches, precision: precision, shouldStop: shouldStop
        ).loss
    }
}
