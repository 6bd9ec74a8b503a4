public import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText
internal import Foundation

/// How well a model does on examples that it has not seen: pairs, masked sequences, or texts with labels.
public struct ExampleEvaluation: Hashable, Encodable, Sendable {
    /// The mean negative log-likelihood of what is scored, in nats.
    public var loss = 0.0
    /// The exponential of the loss.
    public var perplexity: Double { exp(loss) }
    /// How many tokens, or texts, are scored.
    public var tokens = 0
    /// What is scored: a token or a text.
    public var unit = "token"
    /// Bits for each byte of the targets, line ends included; nil where what is scored spells no text.
    public var bitsPerByte: Double?
    /// Sentences for the user, such as how many examples are too long.
    public var notices: [String] = []
    /// What was right, by name.
    public var shares: [String: AnswerShare] = [:]

    private enum Key: String, CodingKey {
        case loss, perplexity, bitsPerByte, tokens, accuracies
    }

    /// Writes the figures, with accuracies by name.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        // JSON has no infinity.
        try fields.encode(loss.isFinite ? loss : nil, forKey: .loss)
        try fields.encode(perplexity.isFinite ? perplexity : nil, forKey: .perplexity)
        try fields.encode(bitsPerByte, forKey: .bitsPerByte)
        try fields.encode(tokens, forKey: .tokens)
        try fields.encode(shares.mapValues(\.accuracy), forKey: .accuracies)
    }

    /// Measures a model on the test part of data, or on the validation part where there is no other; on all of a table that the
    /// model did not learn from.
    ///
    /// - Parameters:
    ///   - loaded: a model that learnt from examples of the same kind.
    ///   - source: the name of built-in data, or a path.
    ///   - beamCount: how many hypotheses of each answer are pursued.
    ///   - progress: told how many answers have been found.
    ///   - shouldStop: asked now and then; where it answers yes, the figures are of no use.
    /// - Throws: `DataError` for data that are of no use; `CancellationError` where it was told to stop.
    public init(
        of loaded: LoadedModel, on source: String, beamCount: Int,
        progress: ((Int) -> Void)? = nil, shouldStop: () -> Bool
    ) throws {
        let (configuration, tokenizer) = try (loaded.record.configuration, loaded.tokenizer)
        let precision = configuration.training.precision
        let limit = configuration.model.sizes.contextLength
        switch loaded.model {
        case .encoderDecoder(let model):
            let corpus = try ParallelCorpus.named(
                source, seed: configuration.seed, testCount: 1000,
                sourceName: configuration.data.sourceName,
                targetName: configuration.data.targetName)
            let dataset = try PairDataset(
                corpus, tokenizer: tokenizer, sourceLimit: limit, targetLimit: limit)
            notices = dataset.notices
            let pairs =
                !corpus.isExact && Self.isForeignTable(source, of: configuration)
                ? dataset.training + dataset.validation + dataset.test
                : dataset.test.isEmpty ? dataset.validation : dataset.test
            let batches = try PairEvaluationBatches(
                pairs, size: .tokens(4096), specialTokens: dataset.specialTokens)
            for batch in batches.batches {
                var context = Context(precision: precision)
                let value = model.loss(
                    sources: batch.sources,
                    sourceMask: Tensor(batch.sourceMask, shape: [batch.rows, batch.sourceColumns]),
                    targetInputs: batch.targetInputs, targetOutputs: batch.targetOutputs,
                    batch: batch.rows, context: &context)
                loss += Double(value.item()) * Double(batch.scoredCount)
                tokens += batch.scoredCount
                if shouldStop() { throw CancellationError() }
            }
            let bytes = pairs.reduce(0) { count, pair in
                count + pair.target.reduce(1) { $0 + tokenizer.bytes(of: $1).count }
            }
            bitsPerByte = loss / log(2) / Double(bytes)
            loss /= Double(tokens)
            if corpus.isExact {
                let special = dataset.specialTokens
                let translator = try Translator(
                    model,
                    settings: TranslationSettings(
                        beams: .translation(beamCount), padding: special.padding,
                        start: special.start,
                        end: special.end))
                let found = try withoutActuallyEscaping(shouldStop) { stop in
                    try translator.translate(
                        pairs.map(\.source), progress: progress, shouldStop: stop)
                }
                shares["answers"] = AnswerShare(
                    right: zip(pairs, found).count { $0.target == $1.tokens }, count: pairs.count)
            }
        case .encoder(let model):
            let corpus = try Corpus.named(
                source, seed: configuration.seed, trainingCharacters: 1000)
            let dataset = try MaskedDataset(corpus, tokenizer: tokenizer, contextLength: limit)
            let batches = try MaskedEvaluationBatches(
                validation: dataset, size: .tokens(4096), seed: configuration.seed)
            let result = MaskedEvaluation(
                of: model, on: batches.batches,
                functionWords: MaskedEvaluation.functionWords(of: tokenizer), precision: precision,
                shouldStop: shouldStop)
            (loss, tokens) = (result.loss, result.tokens.count)
            shares["masked tokens"] = result.tokens
            if result.functionWords.count > 0 { shares["function words"] = result.functionWords }
        case .classifier(let model):
            let texts = try LabelledTexts.named(source, seed: configuration.seed)
                .relabelled(model.configuration.classes)
            let dataset = try LabelledDataset(texts, tokenizer: tokenizer, limit: limit)
            notices = dataset.notices
            let measured =
                !LabelledTexts.builtInNames.contains(source)
                    && Self.isForeignTable(source, of: configuration)
                ? dataset.training + dataset.validation + dataset.test
                : dataset.test.isEmpty ? dataset.validation : dataset.test
            let batches = try LabelledEvaluationBatches(
                measured, size: .tokens(4096),
                specialTokens: dataset.specialTokens)
            let result = ClassificationEvaluation(
                of: model, on: batches.batches, precision: precision, shouldStop: shouldStop)
            (loss, tokens, unit) = (result.loss, result.texts.count, "text")
            shares["texts"] = result.texts
        case .causal(let model):
            guard let modulus = ModularAddition.modulus(named: source) else {
                throw loaded.familyError("which is measured on a text, not on examples")
            }
            let data = try ModularAddition(
                modulus: modulus,
                trainingShare: configuration.data.trainingShare
                    ?? ModularAddition.usualTrainingShare, seed: configuration.seed)
            let sizes = model.configuration
            guard data.name == configuration.data.source,
                data.misfit(
                    contextLength: sizes.contextLength, vocabularySize: sizes.vocabularySize)
                    == nil
            else {
                throw loaded.familyError(
                    "which learnt \(configuration.data.source.legible), not \(data.name); give --data"
                        + " \(configuration.data.source.legible)")
            }
            func measured(_ equations: [ModularAddition.Equation]) -> EquationEvaluation {
                EquationEvaluation(
                    of: model, on: EquationEvaluationBatches(equations, of: data),
                    precision: precision, shouldStop: shouldStop)
            }
            let (training, validation) = (measured(data.training), measured(data.validation))
            (loss, tokens, unit) = (validation.loss, validation.results.count, "equation")
            (shares["training"], shares["validation"]) = (training.results, validation.results)
        }
        if shouldStop() { throw CancellationError() }
    }

    /// Whether a path leads to a table that the run did not learn from, all of which is unseen.
    private static func isForeignTable(_ path: String, of run: RunConfiguration) -> Bool {
        FileManager.default.fileExists(atPath: path) && !TextFile.isDirectory(path)
            && URL(fileURLWithPath: path).standardizedFileURL.path != run.data.source
    }
}
