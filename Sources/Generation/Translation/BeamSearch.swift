internal import AttendLayers
internal import AttendModels
internal import AttendTensors

/// The searches for translations of a batch of sources, which ask one model together.
///
/// The encoder runs once, and what cross-attention sees of a source is made once. Every source has the same number of rows,
/// one after the other, of which the first are its live hypotheses. A source whose search is over leaves the batch.
struct BeamSearch {
    private let model: EncoderDecoder
    private let settings: TranslationSettings
    /// The searches that are not over, and the place of each one's source.
    private var searches: [(source: Int, search: SourceSearch)]
    /// Rows of each source.
    private var rowsPerSource = 1
    private var memories: [Memory]
    private var caches: [KeyValueCache]
    /// The last token of each row.
    private var inputs: [Int32]
    /// The most tokens that any translation may have.
    private let longest: Int
    /// What the searches that are over have found, by place.
    private(set) var results: [Int: [Hypothesis]] = [:]

    /// Searches that have read their sources.
    ///
    /// - Parameters:
    ///   - sources: without padding, each with the place that its results go to.
    ///   - wanted: how many hypotheses are wanted of each.
    init(
        _ model: EncoderDecoder, _ settings: TranslationSettings,
        sources: [(place: Int, tokens: ArraySlice<Int32>)], wanted: Int
    ) {
        self.model = model
        self.settings = settings
        let contextLength = model.configuration.contextLength
        let limits = sources.map {
            settings.limit(sourceCount: $0.tokens.count, contextLength: contextLength)
        }
        longest = limits.max() ?? 0
        searches = zip(sources, limits).map {
            ($0.place, SourceSearch(settings, wanted: wanted, limit: $1))
        }
        let columns = sources.map(\.tokens.count).max() ?? 0
        var ids: [Int32] = []
        for source in sources {
            ids += source.tokens
            ids += Array(repeating: settings.padding, count: columns - source.tokens.count)
        }
        let isPadded = ids.contains(settings.padding)
        let mask =
            isPadded
            ? Tensor(
                ids.map { $0 == settings.padding ? 0 : 1 }, shape: [sources.count, columns]) : nil
        var context = Context()
        let encoded = model.encode(ids, batch: sources.count, mask: mask, context: &context)
        memories = model.memories(of: encoded, mask: mask, context: &context)
        // Room for what most translations need; it grows with those that need more.
        caches = model.makeCaches(batch: sources.count, capacity: min(longest, 2 * columns + 16))
        inputs = Array(repeating: settings.start, count: sources.count)
        leave()
    }

    /// Whether all searches are over.
    var isOver: Bool { searches.isEmpty }

    /// Goes on by one token.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    mutating func advance() throws(GenerationError) {
        let continuations = try continuations()
        let before = searches
        var parents: [[Int]] = []
        for index in searches.indices {
            parents.append(searches[index].search.advance(continuations[index]))
        }
        let remaining = searches.indices.filter { !searches[$0].search.isOver }
        let width = remaining.map { searches[$0].search.live.count }.max() ?? 0
        if remaining.count == searches.count, width == rowsPerSource {
            reorder(parents, before: before.map(\.search.live))
        } else {
            // Rows past a source's live hypotheses repeat its first one and are not looked at.
            let rows = remaining.flatMap { index in
                (0..<width).map { rank in
                    let parent = rank < parents[index].count ? parents[index][rank] : 0
                    return Int32(index * rowsPerSource + parent)
                }
            }
            for index in caches.indices { caches[index].select(rows) }
            rowsPerSource = width
        }
        leave()
        inputs = searches.flatMap { _, search in
            (0..<rowsPerSource).map { rank in
                rank < search.live.count
                    ? search.live[rank].tokens.last ?? settings.start : settings.start
            }
        }
    }

    /// What the model makes of the rows: of every live hypothesis the likeliest continuations that are permitted.
    private mutating func continuations() throws(GenerationError)
        -> [[SourceSearch.Continuation]]
    {
        if let cache = caches.first, cache.count == cache.capacity {
            let capacity = min(2 * cache.capacity + 8, longest)
            for index in caches.indices { caches[index].reserve(capacity) }
        }
        var context = Context()
        let hidden = model.decode(
            inputs, batch: inputs.count, memories: memories, caches: &caches, context: &context)
        let logits = model.logits(ofHidden: hidden)
        // More than are needed, in case padding, start, end and what is forbidden are among them.
        let likeliest = logits.largest(settings.beamCount + 3 + settings.forbidden.count)
        let normalizers = logits.logSumExp().elements
        var result: [[SourceSearch.Continuation]] = []
        for (index, (_, search)) in searches.enumerated() {
            var continuations: [SourceSearch.Continuation] = []
            for (rank, live) in search.live.enumerated() {
                let row = index * rowsPerSource + rank
                let normalizer = normalizers[row]
                guard normalizer.isFinite else { throw .logitsAreNotFinite }
                if live.tokens.isEmpty, let forced = settings.forcedFirst {
                    continuations.append(
                        SourceSearch.Continuation(
                            beam: rank, token: forced, logProbability: live.logProbability))
                    continue
                }
                for (logit, token) in likeliest[row] {
                    guard settings.isText(token) || token == settings.end && search.mayEnd else {
                        continue
                    }
                    continuations.append(
                        SourceSearch.Continuation(
                            beam: rank, token: token,
                            logProbability: live.logProbability + Double(logit - normalizer)))
                }
            }
            result.append(continuations)
        }
        return result
    }

    /// Lets rows of the same number hold what their parents held.
    private mutating func reorder(_ parents: [[Int]], before: [[SourceSearch.Live]]) {
        var (rows, agreements) = ([Int32](), [Int]())
        for (index, parents) in parents.enumerated() {
            let old = before[index]
            for rank in 0..<rowsPerSource {
                // A row past the live ones stays as it is.
                let parent = rank < parents.count ? parents[rank] : rank
                rows.append(Int32(index * rowsPerSource + parent))
                // The start token, and the tokens that two hypotheses begin with, gave both the same keys and values.
                let isKnown = rank < old.count && parent < old.count
                agreements.append(
                    isKnown ? 1 + agreement(old[rank].tokens, old[parent].tokens) : 0)
            }
        }
        for index in caches.indices { caches[index].adopt(rows, agreements: agreements) }
    }

    private func agreement(_ first: [Int32], _ second: [Int32]) -> Int {
        zip(first, second).prefix { $0 == $1 }.count
    }

    /// Takes the searches that are over out of the list, and their memories out of the batch.
    private mutating func leave() {
        let remaining = searches.indices.filter { !searches[$0].search.isOver }
        if remaining.count == searches.count { return }
        for (source, search) in searches where search.isOver {
            results[source] = search.finished
        }
        let sequences = remaining.map { Int32($0) }
        searches = remaining.map { searches[$0] }
        memories = memories.map { $0.selecting(sequences) }
    }
}
