public import AttendCheckpoints
public import AttendModels
public import AttendText

/// Shows what a model does in the middle of its training, always with the same random choices.
public struct RunSampler: Sendable {
    /// Pairs to try a model on.
    public struct Pairs: Sendable {
        /// As text.
        public var texts: [SentencePair]
        /// As ids; each tells which of the texts it is.
        public var ids: [EncodedPair]
        /// Whether each source has one right target.
        public var isExact: Bool

        /// Pairs of a validation split.
        public init(texts: [SentencePair], ids: [EncodedPair], isExact: Bool) {
            self.texts = texts
            self.ids = ids
            self.isExact = isExact
        }
    }

    /// How many answers are counted as right or wrong at each evaluation, where there are right ones.
    public static let answerCount = 200
    /// How many pairs are shown.
    public static let shownCount = 4

    /// Pairs to try a model on, where it makes one sequence of another.
    public var pairs: Pairs?

    private let configuration: RunConfiguration
    private let tokenizer: SavedTokenizer

    /// A sampler for the models of one run.
    public init(_ configuration: RunConfiguration, tokenizer: SavedTokenizer) {
        self.configuration = configuration
        self.tokenizer = tokenizer
    }

    /// What the model does now, and which share of its answers is right.
    public func sample(_ model: AnyModel) -> (text: String, accuracy: Double?) {
        switch model {
        case .causal(let model): (story(model), nil)
        default: ("", nil)
        }
    }

    private func story(_ model: any CausalLanguageModel) -> String {
        let settings = GenerationSettings(
            maxTokens: max(configuration.training.sampleTokens, 1),
            sampling: SamplingSettings(temperature: 0.8), seed: configuration.seed)
        do {
            var generator = try Generator(
                model: model, tokenizer: tokenizer, prompt: "", settings: settings)
            return try generator.run().text
        } catch {
            return "(no sample: \(error))"
        }
    }
}
