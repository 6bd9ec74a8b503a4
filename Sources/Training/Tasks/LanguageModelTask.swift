public import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// Predicting each token of a text, or of several texts, from those before it.
public struct LanguageModelTask<Model: CausalLanguageModel>: TrainingTask {
    private let configuration: Model.Configuration
    private let texts: [TextShare]
    private let batches: any BatchSource
    /// The batches of the first steps, each before a step.
    private let stages: [(untilStep: Int, batches: any BatchSource)]
    private let rows: Int
    private let packing: Packing

    /// A task on windows of the context's length, or of those that the settings say for the first steps.
    ///
    /// - Throws: `DataError` for data shorter than the context.
    public init(
        _ configuration: Model.Configuration, texts: [TextShare], training: TrainingSettings,
        seed: UInt64
    ) throws {
        self.configuration = configuration
        self.texts = texts
        (rows, packing) = (training.batch, training.packing)
        let context = configuration.contextLength
        batches = try Self.batches(
            texts, context: context, rows: training.batch, training, seed: seed)
        // As many tokens in a step, whatever the length of its rows.
        stages = try (training.contextSchedule ?? []).map { stage in
            let length = min(stage.context, context)
            let rows = max(1, training.batch * context / length)
            return (
                stage.untilStep,
                try Self.batches(texts, context: length, rows: rows, training, seed: seed)
            )
        }
        for part in texts {
            _ = try part.text.validationBatches(context: context, rows: rows, packing: packing)
        }
    }

    private static func batches(
        _ texts: [TextShare], context: Int, rows: Int, _ training: TrainingSettings, seed: UInt64
    ) throws -> any BatchSource {
        let sources = try texts.enumerated().map { number, part in
            try part.text.trainingBatches(
                context: context, rows: rows,
                // Texts of the same size would give windows at the same places.
                seed: seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15, packing: training.packing)
        }
        if sources.count == 1 { return sources[0] }
        let (steps, shares) = (training.steps, texts.map { ($0.share, $0.finalShare) })
        return MixedBatches(sources, seed: seed, drawsRows: training.packing == .windows) { step in
            let progress = min(Double(step) / Double(max(steps - 1, 1)), 1)
            return shares.map { $0.0 + ($0.1 - $0.0) * progress }
        }
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> Model {
        Model(configuration, random: &random)
    }

    /// A model that predicts.
    public func erased(_ model: Model) -> AnyModel { .causal(model) }

    /// Random windows.
    public func batch(at step: Int) throws -> TokenBatch {
        let stage = stages.first { step < $0.untilStep }
        return try (stage?.batches ?? batches).batch(at: step)
    }

    /// All tokens that are no padding.
    public func tokenCount(of batch: TokenBatch) -> Int { batch.scoredCount }

    /// Nats for each token.
    public func loss(of model: Model, on batch: TokenBatch, context: inout Context) -> Tensor {
        model.loss(
            inputs: batch.inputs, targets: batch.targets, batch: batch.rows, context: &context)
    }

    /// Nats for each token of the first part of a split, or of all of it; of several texts, the mean by their last shares.
    public func evaluate(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> Double {
        try losses(
            model, on: split, upTo: tokens, precision: precision, shouldStop: shouldStop
        ).mean
    }

    /// The loss on each text, where there are several.
    public func partLosses(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> [PartLoss] {
        texts.count == 1
            ? []
            : try losses(
                model, on: split, upTo: tokens, precision: precision, shouldStop: shouldStop)
    }

    private func losses(
        _ model: Model, on split: DataSplit, upTo tokens: Int?, precision: Precision,
        shouldStop: () -> Bool
    ) throws -> [PartLoss] {
        try texts.map { part in
            PartLoss(
                name: part.name, share: part.finalShare,
                loss: try loss(
                    model, on: part.text, split, upTo: tokens, precision: precision,
                    shouldStop: shouldStop))
        }
    }

    private func loss(
        _ model: Model, on text: TokenText, _ split: DataSplit, upTo tokens: Int?,
        precision: Precision, shouldStop: () -> Bool
    ) throws -> Double {
        let context = configuration.contextLength
        // Evaluation keeps no activations, so its batches may be larger than those of training.
        let rows = max(rows, evaluatedTokens / context)
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
