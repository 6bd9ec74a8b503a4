public import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Restoring masked tokens from all that stand around them.
///
/// - Source: Devlin et al. 2019, §3.1.
public struct MaskedTokenTask: TrainingTask {
    private let configuration: BERT.Configuration
    private let batches: MaskedBatches
    private let validation: MaskedEvaluationBatches
    private let size: Int
    /// Evaluation keeps no activations, so its batches may be larger than those of training.
    private let evaluationSize: Int

    /// A task on batches of sequences of similar length.
    ///
    /// - Throws: `DataError` where there are no sequences.
    public init(
        _ configuration: BERT.Configuration, dataset: MaskedDataset, training: TrainingSettings,
        seed: UInt64
    ) throws {
        self.configuration = configuration
        size = training.batchTokens
        evaluationSize = max(training.batchTokens, evaluatedTokens)
        batches = try MaskedBatches(training: dataset, size: .tokens(size), seed: seed)
        validation = try MaskedEvaluationBatches(
            validation: dataset, size: .tokens(evaluationSize), seed: seed)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> BERT {
        BERT(configuration, random: &random)
    }

    /// A model that restores.
    public func erased(_ model: BERT) -> AnyModel { .encoder(model) }

    /// Sequences of similar length, masked anew every epoch.
    public func batch(at step: Int) -> MaskedBatch { batches.batch(at: step) }

    /// Tokens that are read.
    public func tokenCount(of batch: MaskedBatch) -> Int { batch.mask.count { $0 != 0 } }

    /// Nats for each masked token.
    public func loss(of model: BERT, on batch: MaskedBatch, context: inout Context) -> Tensor {
        model.loss(
            batch.inputs, batch: batch.rows,
            mask: Tensor(batch.mask, shape: [batch.rows, batch.columns]), targets: batch.targets,
            context: &context)
    }

    /// Nats for each masked token; of the training split, over batches that training comes to much later.
    public func evaluate(
        _ model: BERT, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        func count(_ size: Int, of all: Int) -> Int {
            min(tokens.map { max($0 / size, 1) } ?? all, all)
        }
        let all: [MaskedBatch] =
            switch split {
            case .training:
                (0..<count(size, of: batches.batchesPerEpoch)).map {
                    batches.batch(at: (1 << 30) + $0)
                }
            case .validation:
                (0..<count(evaluationSize, of: validation.batchCount)).map {
                    validation.batch(at: $0)
                }
            }
        return MaskedEvaluation(
            of: model, on: all, precision: precision, shouldStop: shouldStop
        ).loss
    }
}
