public import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Predicting each token of a text from those before it.
public struct LanguageModelTask<Model: CausalLanguageModel>: TrainingTask {
    private let configuration: Model.Configuration
    private let text: TokenText
    private let batches: any BatchSource
    private let rows: Int
    private let packing: Packing

    /// A task on windows of the context's length.
    ///
    /// - Throws: `DataError` for data shorter than the context.
    public init(
        _ configuration: Model.Configuration, text: TokenText, training: TrainingSettings,
        seed: UInt64
    ) throws {
        self.configuration = configuration
        self.text = text
        (rows, packing) = (training.batch, training.packing)
        let context = configuration.contextLength
        batches = try text.trainingBatches(
            context: context, rows: rows, seed: seed, packing: packing)
        _ = try text.validationBatches(context: context, rows: rows, packing: packing)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> Model {
        Model(configuration, random: &random)
    }

    /// A model that predicts.
    public func erased(_ model: Model) -> AnyModel { .causal(model) }

    /// Random windows.
    public func batch(at step: Int) throws -> TokenBatch { try batches.batch(at: step) }

    /// All tokens that are no padding.
    public func tokenCount(of batch: TokenBatch) -> Int { batch.scoredCount }

    /// Nats for each token.
    public func loss(of model: Model, on batch: TokenBatch, context: inout Context) -> Tensor {
        model.loss(
            inputs: batch.inputs, targets: batch.targets, batch: batch.rows, context: &context)
    }

    /// Nats for each token of the first part of a split, or of all of it.
    public func evaluate(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        let context = configuration.contextLength
        // Evaluation keeps no activations, so its batches may be larger than those of training.
        let rows = max(rows, 4096 / context)
        let limit = tokens.map { max($0 / (rows * context), 1) } ?? .max
        let batches =
            switch split {
            case .training:
                try text.trainingEvaluationBatches(
                    upTo: tokens ?? .max, context: context, rows: rows, packing: packing)
            case .validation:
                try text.validationBatches(context: context, rows: rows, packing: packing)
            }
        return try evaluateLoss(of: model, on: batches, precision: precision) { done, _ in
            done < limit && !shouldStop()
        }?.loss ?? .nan
    }
}
