public import AttendCheckpoints
internal import AttendLayers
public import AttendModels
internal import AttendTensors
public import AttendText

/// Shows what a model does in the middle of its training, always with the same random choices.
public struct RunSampler: Sendable {
    /// Examples that the model never sees in training.
    public enum Examples: Sendable {
        /// The model writes a text by itself.
        case none
        /// Pairs, as text and as ids, which tell the texts they are of; whether each source has one right target.
        case pairs([SentencePair], [EncodedPair], isExact: Bool)
        /// Sequences with hidden tokens.
        case masked(MaskedDataset)
        /// Texts with labels, as text and as ids.
        case labelled(LabelledTexts, [EncodedText])
        /// Equations, all of which are computed.
        case equations(ModularAddition)
    }

    /// How many answers are counted as right or wrong at each evaluation.
    public static let answerCount = 200
    /// How many examples are shown.
    public static let shownCount = 4

    private let configuration: RunConfiguration
    private let tokenizer: SavedTokenizer
    private let examples: Examples

    /// A sampler for the models of one run.
    public init(
        _ configuration: RunConfiguration, tokenizer: SavedTokenizer, examples: Examples = .none
    ) {
        self.configuration = configuration
        self.tokenizer = tokenizer
        self.examples = examples
    }

    /// What the model does now, and which share of its answers is right.
    public func sample(_ model: AnyModel) -> (text: String, accuracy: Double?) {
        do {
            switch (model, examples) {
            case (.causal(let model), .equations(let data)): return computed(model, data)
            case (.causal(let model), _): return (try story(model), nil)
            case (.encoderDecoder(let model), .pairs(let texts, let ids, let isExact)):
                return try translations(model, texts, ids, isExact: isExact)
            case (.encoder(let model), .masked(let dataset)):
                return try restored(model, dataset)
            case (.classifier(let model), .labelled(let texts, let ids)):
                return try classified(model, texts, ids)
            default: return ("", nil)
            }
        } catch {
            return ("(no sample: \(error))", nil)
        }
    }

    /// Which share of its training examples the model answers right; nil where that is not counted.
    public func trainingAccuracy(of model: AnyModel) -> Double? {
        guard case .causal(let model) = model, case .equations(let data) = examples else {
            return nil
        }
        return evaluation(of: model, data.training, data).results.accuracy
    }

    private func evaluation(
        of model: any CausalLanguageModel, _ equations: [ModularAddition.Equation],
        _ data: ModularAddition
    ) -> EquationEvaluation {
        EquationEvaluation(
            of: model, on: EquationEvaluationBatches(equations, of: data),
            precision: configuration.training.precision)
    }

    private func computed(
        _ model: any CausalLanguageModel, _ data: ModularAddition
    ) -> (String, Double?) {
        let evaluation = evaluation(of: model, data.validation, data)
        let shown = zip(data.validation, evaluation.answers).prefix(Self.shownCount)
        let lines = shown.map { equation, answer in
            "\(equation.left) \(equation.right) = \(tokenizer.decode([answer]))"
                + (answer == equation.sum ? "" : " (\(equation.sum) would be right)")
        }
        return (lines.joined(separator: "\n"), evaluation.results.accuracy)
    }

    private func story(_ model: any CausalLanguageModel) throws -> String {
        let settings = GenerationSettings(
            maxTokens: max(configuration.training.sampleTokens, 1),
            sampling: [.temperature(0.8)], seed: configuration.seed)
        var generator = try Generator(
            model: model, tokenizer: tokenizer, prompt: "", settings: settings)
        return try generator.run().text
    }

    private func translations(
        _ model: EncoderDecoder, _ texts: [SentencePair], _ ids: [EncodedPair], isExact: Bool
    ) throws -> (String, Double?) {
        let translator = try Translator(
            model, settings: TranslationSettings(beams: .translation(1)))
        let tried = ids.prefix(isExact ? Self.answerCount : Self.shownCount)
        let found = try translator.translate(tried.map(\.source))
        let lines = zip(tried, found).prefix(Self.shownCount).map { pair, hypothesis in
            "\(texts[pair.index].source) → \(Self.shortened(tokenizer.decode(hypothesis.tokens)))"
        }
        let right = zip(tried, found).count { $0.target == $1.tokens }
        return (
            lines.joined(separator: "\n"), isExact ? Double(right) / Double(tried.count) : nil
        )
    }

    /// A text that fits a line or two: an untrained model does not know where to end.
    private static func shortened(_ text: String) -> String {
        text.count > 120 ? text.prefix(119) + "…" : text
    }

    private func restored(_ model: BERT, _ dataset: MaskedDataset) throws -> (String, Double?) {
        let batches = try MaskedEvaluationBatches(
            validation: dataset, size: .tokens(4096), seed: configuration.seed)
        let some = (0..<min(4, batches.batchCount)).map { batches.batch(at: $0) }
        let accuracy = MaskedEvaluation(of: model, on: some).tokens.accuracy
        let batch = batches.batch(at: 0)
        let mask = Tensor(batch.mask, shape: [batch.rows, batch.columns])
        let guesses = model.logits(batch.inputs, batch: batch.rows, mask: mask).rowMaxima().indices
        var lines: [String] = []
        for row in 0..<min(batch.rows, Self.shownCount) {
            var text = ""
            for place in row * batch.columns..<(row + 1) * batch.columns {
                if batch.targets[place] < 0 {
                    text += tokenizer.decode([batch.inputs[place]])
                } else {
                    text += "[" + tokenizer.decode([guesses[place]]) + "]"
                }
            }
            lines.append(text)
        }
        return (lines.joined(separator: "\n"), accuracy)
    }

    private func classified(
        _ model: SequenceClassifier, _ texts: LabelledTexts, _ ids: [EncodedText]
    ) throws -> (String, Double?) {
        let batches = try LabelledEvaluationBatches(
            Array(ids.prefix(Self.answerCount)), size: .tokens(4096))
        let accuracy = ClassificationEvaluation(of: model, on: batches.batches).texts.accuracy
        let lines = try ids.prefix(Self.shownCount).map { item in
            let batch = try LabelledEvaluationBatches([item], size: .tokens(4096)).batch(at: 0)
            var context = Context()
            let label = model.logits(batch.inputs, batch: 1, context: &context).rowMaxima().indices[
                0]
            return "\(texts.validation[item.index].text) → \(texts.labels[Int(label)])"
        }
        return (lines.joined(separator: "\n"), accuracy)
    }
}
