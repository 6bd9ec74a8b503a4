internal import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Telling the results of equations, with nothing else of them scored.
public struct EquationTask<Model: CausalLanguageModel>: TrainingTask {
    private let configuration: Model.Configuration
    private let data: ModularAddition
    private let batches: EquationBatches

    /// A task on batches of so many equations, or of all where there are fewer.
    ///
    /// - Throws: `ConfigurationError` for a model too small for the equations; `DataError` for a batch out of range.
    public init(
        _ configuration: Model.Configuration, data: ModularAddition, rows: Int, seed: UInt64
    ) throws {
        if let problem = data.misfit(
            contextLength: configuration.contextLength,
            vocabularySize: configuration.vocabularySize)
        {
            throw ConfigurationError(problems: [problem])
        }
        self.configuration = configuration
        self.data = data
        batches = try EquationBatches(training: data, rows: rows, seed: seed)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> Model {
        Model(configuration, random: &random)
    }

    /// A model that predicts.
    public func erased(_ model: Model) -> AnyModel { .causal(model) }

    /// All equations, or as many as fit.
    public func batch(at step: Int) -> TokenBatch { batches.batch(at: step) }

    /// Tokens that are read.
    public func tokenCount(of batch: TokenBatch) -> Int { batch.inputs.count }

    /// Nats for each result.
    public func loss(of model: Model, on batch: TokenBatch, context: inout Context) -> Tensor {
        model.loss(
            inputs: batch.inputs, targets: batch.targets, batch: batch.rows, context: &context)
    }

    /// Nats for each result.
    public func evaluate(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        let equations = split == .training ? data.training : data.validation
        let some = equations.prefix(tokens: tokens) { _ in ModularAddition.tokenCount }
        return EquationEvaluation(
            of: model, on: EquationEvaluationBatches(some, of: data), precision: precision,
            shouldStop: shouldStop
        ).loss
    }
}
