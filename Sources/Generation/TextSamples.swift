/// Several texts after the same prompt, which is read once: each is the one that its seed gives by itself.
struct TextSamples {
    private let first: Generator
    private let count: Int

    /// - Parameter generator: one that has not begun; the first text has its seed, each further one a seed greater by 1.
    init(after generator: Generator, count: Int) {
        var first = generator
        first.prepare()
        self.first = first
        self.count = count
    }

    /// Generates the texts, one after the other.
    ///
    /// - Parameters:
    ///   - progress: told how many texts there are, after each.
    ///   - shouldStop: asked after each token.
    ///   - receive: given each text and its seed.
    /// - Throws: what generators throw; `CancellationError` where it was told to stop.
    func run(
        progress: ((_ texts: Int) -> Void)?, shouldStop: (() -> Bool)?,
        _ receive: (_ text: GeneratedText, _ seed: UInt64) -> Void
    ) throws {
        for index in 0..<count {
            let seed = first.seed &+ UInt64(index)
            var generator = try first.copy(seed: seed)
            let text = try generator.run { _ in !(shouldStop?() ?? false) }
            guard text.finishReason != nil else { throw CancellationError() }
            receive(text, seed)
            progress?(index + 1)
        }
    }
}
