public import AttendModels
public import AttendLayers
public import AttendTensors

/// A fixed amount of translation of made-up tokens by random weights, to be timed beside the same work in other programs.
///
/// Encoding is part of it; making the model and one short translation before it are not.
public struct TranslationWorkload: Sendable {
    /// Its name: W6.
    public let name: String
    /// The model.
    public let configuration: EncoderDecoder.Configuration
    /// How many sources there are.
    public let sourceCount: Int
    /// The tokens of each source.
    public let sourceLength: Int
    /// The tokens of each translation.
    public let targetLength: Int

    /// A workload of these sizes.
    public init(
        name: String, configuration: EncoderDecoder.Configuration, sourceCount: Int,
        sourceLength: Int, targetLength: Int
    ) {
        self.name = name
        self.configuration = configuration
        self.sourceCount = sourceCount
        self.sourceLength = sourceLength
        self.targetLength = targetLength
    }

    /// The base model of 2017 with a vocabulary of 8000: 16 sources of 32 tokens, 64 new tokens for each.
    public static let base = TranslationWorkload(
        name: "W6",
        configuration: EncoderDecoder.Configuration(
            sourceVocabularySize: 8000, targetVocabularySize: 8000, contextLength: 512,
            dropout: 0), sourceCount: 16, sourceLength: 32, targetLength: 64)

    /// What a timed workload shows.
    public struct Result: Sendable {
        /// How long the translation took.
        public let seconds: Double
        /// Tokens a second, of the best translation of each source.
        public let tokensPerSecond: Double
        /// The mean log-probability of the translations.
        public let meanLogProbability: Double
    }

    /// Translates once and times it.
    ///
    /// - Throws: ``GenerationError``, for a number of beams that is not accepted.
    public func run(
        beamCount: Int, seed: UInt64, precision: InferencePrecision = .float32,
        cacheFormat: CacheFormat = .float32
    ) throws -> Result {
        var random = RandomSource(seed: seed)
        let exact = EncoderDecoder(configuration, random: &random)
        var model = precision.format.map { exact.storingWeights(as: $0) } ?? exact
        model.cacheFormat = cacheFormat
        let settings = TranslationSettings(
            beams: .translation(beamCount, minimumLength: targetLength),
            maximumLength: targetLength, extraLength: targetLength)
        let translator = try Translator(model, settings: settings)
        let texts = UInt64(configuration.sourceVocabularySize - 3)
        let sources = (0..<sourceCount).map { _ in
            (0..<sourceLength).map { _ in Int32(3 + random.next() % texts) }
        }
        var short = settings
        short.maximumLength = 2
        short.beams.minimumLength = 2
        _ = try Translator(model, settings: short).translate(Array(sources.prefix(2)))

        let clock = ContinuousClock()
        let begin = clock.now
        let hypotheses = try translator.translate(sources)
        let seconds = (clock.now - begin) / .seconds(1)
        let tokens = hypotheses.reduce(0) { $0 + $1.tokens.count }
        let total = hypotheses.reduce(0) { $0 + Double($1.logProbability) }
        return Result(
            seconds: seconds, tokensPerSecond: Double(tokens) / seconds,
            meanLogProbability: total / Double(max(hypotheses.count, 1)))
    }
}
