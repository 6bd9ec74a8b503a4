public import AttendModels

/// Translates token ids with an encoder–decoder, many sources at a time.
///
/// ```swift
/// let translator = try Translator(model, settings: TranslationSettings(beams: .translation(4)))
/// let hypotheses = try translator.translate(sources)
/// ```
///
/// Sources come as the model read them in training, which usually means with the end token. A source without any token but
/// padding and end tokens has the empty translation, with log-probability 0, whatever the settings are. A source gets the
/// same translation by itself as among others, and at any number of threads.
///
/// - Source: beam search as in Hugging Face transformers; Wu et al. 2016, §7, without the coverage penalty.
public struct Translator: Sendable {
    /// The model.
    public let model: EncoderDecoder
    /// How translations are searched for.
    public let settings: TranslationSettings
    private let constraint: TokenConstraint?

    /// A translator with checked settings.
    ///
    /// - Parameter constraint: what every translation, but for a forced first token, is held to, before its first token, with
    ///   the end token of the settings.
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public init(
        _ model: EncoderDecoder, settings: TranslationSettings = TranslationSettings(),
        constraint: TokenConstraint? = nil
    ) throws(GenerationError) {
        try settings.validate(vocabularySize: model.configuration.targetVocabularySize)
        self.model = model
        self.settings = settings
        self.constraint = constraint
    }

    /// The best translation of each source that the search finds, in the order of the sources.
    ///
    /// - Parameters:
    ///   - sources: ids.
    ///   - batchLimit: how many sources are translated together; more are faster, up to some tens, and need more memory.
    ///   - progress: told how many sources are translated, whenever that has changed.
    ///   - shouldStop: asked after each token.
    /// - Throws: ``GenerationError``; `CancellationError` where it was told to stop.
    public func translate(
        _ sources: [[Int32]], batchLimit: Int = 32,
        progress: ((_ translated: Int) -> Void)? = nil, shouldStop: (() -> Bool)? = nil
    ) throws -> [Hypothesis] {
        try translate(
            sources, best: 1, batchLimit: batchLimit, progress: progress, shouldStop: shouldStop
        ).map { $0[0] }
    }

    /// The best translations of each source, the best first: fewer where there are not that many.
    ///
    /// - Parameters:
    ///   - sources: ids.
    ///   - count: how many are wanted, at most one for each beam.
    ///   - batchLimit: how many sources are translated together.
    ///   - progress: told how many sources are translated, whenever that has changed.
    ///   - shouldStop: asked after each token.
    /// - Throws: ``GenerationError``; `CancellationError` where it was told to stop.
    public func translate(
        _ sources: [[Int32]], best count: Int, batchLimit: Int = 32,
        progress: ((_ translated: Int) -> Void)? = nil, shouldStop: (() -> Bool)? = nil
    ) throws -> [[Hypothesis]] {
        try GenerationError.check("number of translations", count, 1...settings.beams.count)
        try GenerationError.check("number of sources in a batch", batchLimit, 1...1_000_000)
        for (index, source) in sources.enumerated() { try check(source, at: index) }

        var results = [[Hypothesis]](repeating: [.empty], count: sources.count)
        var waiting: [(place: Int, tokens: ArraySlice<Int32>)] = []
        for (place, source) in sources.enumerated() {
            let end = source.lastIndex { $0 != settings.padding } ?? -1
            let tokens = source[...end]
            if tokens.contains(where: { $0 != settings.end && $0 != settings.padding }) {
                waiting.append((place, tokens))
            }
        }
        var translated = sources.count - waiting.count
        if translated > 0 { progress?(translated) }
        // The longest first: should memory not suffice, that shows at once. Equals keep their order.
        waiting.sort { ($1.tokens.count, $0.place) < ($0.tokens.count, $1.place) }
        while !waiting.isEmpty {
            let batch = Array(
                waiting.prefix(batchCount(longest: waiting[0].tokens.count, batchLimit)))
            waiting.removeFirst(batch.count)
            var search = search(batch, wanted: count)
            var found = 0
            while !search.isOver {
                if shouldStop?() ?? false { throw CancellationError() }
                try search.advance()
                if search.results.count > found {
                    translated += search.results.count - found
                    found = search.results.count
                    progress?(translated)
                }
            }
            for (place, hypotheses) in search.results { results[place] = hypotheses }
        }
        return results
    }

    private func search(
        _ sources: [(place: Int, tokens: ArraySlice<Int32>)], wanted: Int
    ) -> BeamSearch<TranslationDecoder> {
        let limits = sources.map {
            settings.limit(
                sourceCount: $0.tokens.count, contextLength: model.configuration.contextLength)
        }
        let decoder = TranslationDecoder(
            model, sources: sources.map(\.tokens), padding: settings.padding,
            longest: limits.max() ?? 0)
        return BeamSearch(
            decoder, settings.beams, settings.vocabulary(heldTo: constraint),
            sources: zip(sources, limits).map { source, limit in
                BeamSource(place: source.place, last: settings.start, limit: limit)
            }, wanted: wanted)
    }

    /// How many sources of at most this length are translated together, so that the caches stay within bounds.
    private func batchCount(longest: Int, _ batchLimit: Int) -> Int {
        let limit = settings.limit(
            sourceCount: longest, contextLength: model.configuration.contextLength)
        return max(min(batchLimit, Self.cachedTokens / (settings.beams.count * limit)), 1)
    }

    /// The most tokens of all beams of a batch together: 1.6 GB of keys and values in the base model.
    private static let cachedTokens = 1 << 16

    private func check(_ source: [Int32], at index: Int) throws(GenerationError) {
        let limit = model.configuration.contextLength
        if source.count > limit {
            throw .source(index: index, problem: .tooLong(count: source.count, limit: limit))
        }
        let size = model.configuration.sourceVocabularySize
        if let id = source.first(where: { $0 < 0 || Int($0) >= size }) {
            throw .source(index: index, problem: .unknownToken(id: id, vocabularySize: size))
        }
    }
}
