internal import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Predicting each token of a text from those before it.
public struct LanguageModelTask<Model: CausalLanguageModel>: TrainingTask {
    private let configuration: Model.Configuration
    private let dataset: TokenDataset
    private let batches: any BatchSource
    private let rows: Int

    /// A task on windows of the context's length.
    ///
    /// - Throws: `DataError` for data shorter than the context.
    public init(
        _ configuration: Model.Configuration, dataset: TokenDataset, rows: Int, seed: UInt64
    ) throws {
        self.configuration = configuration
        self.dataset = dataset
        self.rows = rows
        batches = try dataset.trainingBatches(
            context: configuration.contextLength, rows: rows, seed: seed)
        _ = try dataset.validationBatches(context: configuration.contextLength, rows: rows)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> Model {
        Model(configuration, random: &random)
    }

    /// A model that predicts.
    public func erased(_ model: Model) -> AnyModel { .causal(model) }

    /// Random windows.
    public func batch(at step: Int) -> TokenBatch { batches.batch(at: step) }

    /// All of a window's tokens.
    public func tokenCount(of batch: TokenBatch) -> Int { batch.inputs.count }

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
        let rows = max(rows, evaluatedTokens / context)
        let limit = tokens.map { max($0 / (rows * context), 1) } ?? .max
        let batches =
            switch split {
            case .training:
                try dataset.trainingEvaluationBatches(
                    upTo: tokens ?? .max, context: context, rows: rows)
            case .validation: try dataset.validationBatches(context: context, rows: rows)
            }
        return evaluateLoss(of: model, on: batches, precision: precision) { done, _ in
            done < limit && !shouldStop()
        }?.loss ?? .nan
    }
}
