/// Several texts after the same prompt, of which the one is kept that the model holds likeliest.
///
/// ```swift
/// let best = try BestOf(8).run(Generator(loaded, prompt: "Once", settings: settings))
/// ```
///
/// Likeliest is the text with the highest mean log-probability of a token, as the model itself sees it; a sum would
/// prefer short texts. Of equals the first is kept. With a stronger model as judge this is the best-of-n of Stiennon et
/// al. 2020, §3; here the model judges itself, as OpenAI's `best_of` does.
public struct BestOf: Sendable {
    /// How many texts are generated.
    public let count: Int

    /// The numbers of texts that are accepted.
    public static let counts = 1...1000

    /// A choice among so many texts.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(_ count: Int) throws(GenerationError) {
        try GenerationError.check("number of texts", count, Self.counts)
        self.count = count
    }

    /// The text that was kept.
    public struct Choice: Sendable {
        /// The text.
        public let text: GeneratedText
        /// The seed that gives this text by itself.
        public let seed: UInt64
        /// The mean log-probability of a token of each text, in nats, in the order in which they were generated.
        public let meanLogProbabilities: [Double]
        /// How many tokens all texts have together.
        public let totalTokenCount: Int
    }

    /// Generates the texts, one after the other, and chooses.
    ///
    /// - Parameters:
    ///   - generator: one that has not begun; the first text has its seed, each further one a seed greater by 1, and all share
    ///     the reading of the prompt.
    ///   - progress: told how many texts there are, after each.
    ///   - shouldStop: asked after each token.
    /// - Throws: what generators throw; `CancellationError` where it was told to stop.
    public func run(
        _ generator: Generator, progress: ((_ texts: Int) -> Void)? = nil,
        shouldStop: (() -> Bool)? = nil
    ) throws -> Choice {
        var best: (text: GeneratedText, seed: UInt64, mean: Double)?
        var (means, tokens) = ([Double](), 0)
        let samples = TextSamples(after: generator, count: count)
        try samples.run(progress: progress, shouldStop: shouldStop) { text, seed in
            let mean = (text.logProbability ?? 0) / Double(max(text.tokenCount, 1))
            means.append(mean)
            tokens += text.tokenCount
            if best.map({ mean > $0.mean }) ?? true { best = (text, seed, mean) }
        }
        guard let best else { throw CancellationError() }
        return Choice(
            text: best.text, seed: best.seed, meanLogProbabilities: means,
            totalTokenCount: tokens)
    }
}
