public import AttendCheckpoints
public import AttendModels

/// A trainer of the family that a configuration names, on the task that goes with it.
///
/// - Parameter encoder: a trained encoder that a classifier is to begin with.
/// - Throws: `ConfigurationError` for sizes that make no model, or data of another kind than the family learns from;
///   `DataError` for data that do not do.
public func makeTrainer(
    _ configuration: RunConfiguration, data: TrainingData, encoder: BERT? = nil
) throws -> any Stepping {
    func languageModel<Model: CausalLanguageModel>(
        _ type: Model.Type, _ sizes: Model.Configuration
    ) throws -> any Stepping {
        let (rows, seed) = (configuration.training.batch, configuration.seed)
        switch data.content {
        case .text(let texts):
            let task = try LanguageModelTask<Model>(
                sizes, texts: texts, training: configuration.training, seed: seed)
            return try Trainer(configuration: configuration, task: task)
        case .equations(let data):
            let task = try EquationTask<Model>(sizes, data: data, rows: rows, seed: seed)
            return try Trainer(configuration: configuration, task: task)
        case .pairs, .masked, .labelled: throw mismatch()
        }
    }
    func mismatch() -> ConfigurationError {
        ConfigurationError(problems: [
            "a model of the family \(configuration.model.architecture.rawValue) does not learn from data of the"
                + " kind \(data.description.kind.rawValue)"
        ])
    }
    if let problem = configuration.curriculumProblem {
        throw ConfigurationError(problems: ["the run \(problem)"])
    }
    switch configuration.model {
    case .gpt(let sizes): return try languageModel(GPT.self, sizes)
    case .llama(let sizes): return try languageModel(Llama.self, sizes)
    case .gptOSS(let sizes): return try languageModel(GPTOSS.self, sizes)
    case .ladder(let sizes):
        switch sizes.rung {
        case .bigram: return try languageModel(Bigram.self, sizes)
        case .singleHead: return try languageModel(SingleHead.self, sizes)
        case .multiHead: return try languageModel(MultiHead.self, sizes)
        case .block: return try languageModel(SingleBlock.self, sizes)
        }
    case .encoderDecoder(let sizes):
        guard case .pairs(_, let dataset) = data.content else { throw mismatch() }
        let task = try SequenceToSequenceTask(
            sizes, dataset: dataset, training: configuration.training, seed: configuration.seed)
        return try Trainer(configuration: configuration, task: task)
    case .encoder(let sizes):
        guard case .masked(let dataset) = data.content else { throw mismatch() }
        let task = try MaskedTokenTask(
            sizes, dataset: dataset, training: configuration.training, seed: configuration.seed)
        return try Trainer(configuration: configuration, task: task)
    case .classifier(let sizes):
        guard case .labelled(_, let dataset) = data.content else { throw mismatch() }
        let task = try ClassificationTask(
            sizes, dataset: dataset, encoder: encoder, training: configuration.training,
            seed: configuration.seed)
        return try Trainer(configuration: configuration, task: task)
    }
}
