internal import AttendCheckpoints
public import AttendLayers
public import AttendModels
public import AttendTensors
internal import AttendText

/// A fixed amount of generation by random weights, for one sequence or several at once.
///
/// Reading the prompts is part of it; making the model and a short generation before it are not.
public struct EngineWorkload: Sendable {
    /// Its name: engine.
    public let name: String
    /// The model.
    public let configuration: GPT.Configuration
    /// The tokens of each prompt.
    public let promptLength: Int
    /// The tokens that follow each prompt.
    public let newLength: Int
    /// The numbers of sequences, one after the other.
    public let concurrentCounts: [Int]

    /// A workload of these sizes.
    public init(
        name: String, configuration: GPT.Configuration, promptLength: Int, newLength: Int,
        concurrentCounts: [Int]
    ) {
        self.name = name
        self.configuration = configuration
        self.promptLength = promptLength
        self.newLength = newLength
        self.concurrentCounts = concurrentCounts
    }

    /// GPT-2 of 124 million parameters: 32 tokens of prompt, 128 new ones, greedily, for 1, 4 and 16 sequences.
    public static let gpt2 = EngineWorkload(
        name: "engine",
        configuration: GPT.Configuration(
            vocabularySize: 50257, contextLength: 1024, layerCount: 12, headCount: 12, width: 768),
        promptLength: 32, newLength: 128, concurrentCounts: [1, 4, 16])

    /// What a number of sequences took.
    public struct Result: Codable, Hashable, Sendable {
        /// How many sequences there were.
        public let concurrent: Int
        /// How long all took.
        public let seconds: Double
        /// New tokens a second, of all sequences together.
        public let tokensPerSecond: Double
    }

    /// Generates and times each number of sequences.
    ///
    /// - Parameter receive: called with each result as soon as it is there.
    /// - Throws: ``GenerationError`` or ``RequestRefusal`` for sizes that do not go together.
    public func run(
        seed: UInt64, precision: InferencePrecision = .float32, cacheFormat: CacheFormat = .float32,
        _ receive: (Result) throws -> Void
    ) throws {
        var random = RandomSource(seed: seed)
        let exact = GPT(configuration, random: &random)
        var model = precision.format.map { exact.storingWeights(as: $0) } ?? exact
        model.cacheFormat = cacheFormat
        let most = concurrentCounts.max() ?? 1
        for (index, count) in ([1] + concurrentCounts).enumerated() {
            let isWarming = index == 0
            // New prompts each time, of which no page is in the caches yet.
            var engine = try GenerationEngine(
                model: model, tokenizer: .byte(ByteTokenizer()),
                limits: EngineLimits(
                    concurrentCount: count, cacheTokenCount: most * (promptLength + newLength + 16))
            )
            let settings = GenerationSettings(
                maxTokens: isWarming ? 2 : newLength, sampling: .greedy)
            let clock = ContinuousClock()
            let begin = clock.now
            for _ in 0..<count {
                let ids = (0..<promptLength).map { _ in
                    Int32(random.next() % UInt64(configuration.vocabularySize))
                }
                _ = try engine.submit(GenerationRequest(.tokens(ids), settings: settings))
            }
            while !engine.isIdle { _ = engine.step() }
            let seconds = (clock.now - begin) / .seconds(1)
            if isWarming { continue }
            try receive(
                Result(
                    concurrent: count, seconds: seconds,
                    tokensPerSecond: Double(count * newLength) / max(seconds, 1e-9)))
        }
    }
}
