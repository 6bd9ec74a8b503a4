internal import AttendTensors

/// What a beam search continues.
package struct BeamSource: Sendable {
    /// Where its results go.
    let place: Int
    /// The token before the first one that is found, which the decoder has not read.
    let last: Int32
    /// The tokens before that one, which steps of scoring look at.
    let before: [Int32]
    /// The most tokens that are found, the end token included.
    let limit: Int

    /// A source with a limit of at least one token.
    package init(place: Int, last: Int32, before: [Int32] = [], limit: Int) {
        self.place = place
        self.last = last
        self.before = before
        self.limit = limit
    }

    /// What there is before the next token of a hypothesis.
    func history(_ tokens: [Int32], for scoring: Sampling) -> TokenHistory {
        var history = TokenHistory(prompt: before + [last], for: scoring)
        for token in tokens { history.append(token) }
        return history
    }
}

/// The beam searches for what follows the sources of a batch, which ask one model together.
///
/// Every source has the same number of rows, one after the other, of which the first are its live hypotheses. A source whose
/// search is over leaves the batch.
package struct BeamSearch<Decoder: BeamDecoder> {
    private var decoder: Decoder
    private let settings: BeamSettings
    private let vocabulary: BeamVocabulary
    /// The searches that are not over.
    private var searches: [Search]
    private var grammar: BeamGrammar?
    /// Rows of each source.
    private var rowsPerSource = 1
    /// The last token of each row.
    private var inputs: [Int32]
    /// What the searches that are over have found, by place, the best first.
    package private(set) var results: [Int: [Hypothesis]] = [:]

    /// Searches that have not begun.
    ///
    /// - Parameters:
    ///   - decoder: with one row for each source.
    ///   - settings: valid ones.
    ///   - wanted: how many hypotheses are wanted of each; at most the number of beams.
    package init(
        _ decoder: Decoder, _ settings: BeamSettings, _ vocabulary: BeamVocabulary,
        sources: [BeamSource], wanted: Int
    ) {
        self.decoder = decoder
        self.settings = settings
        self.vocabulary = vocabulary
        let held = vocabulary.constraint.map {
            BeamGrammar($0, forcedCount: vocabulary.forcedFirst == nil ? 0 : 1)
        }
        grammar = held
        searches = sources.map { source in
            let search = SourceSearch(settings, vocabulary, wanted: wanted, limit: source.limit)
            return Search(
                source: source, search: search,
                places: held.map { Array(repeating: $0.begin, count: search.live.count) } ?? [])
        }
        inputs = sources.map(\.last)
    }

    /// The search for what follows one source.
    private struct Search {
        let source: BeamSource
        var search: SourceSearch
        /// How far each live hypothesis is in the grammar; none without one.
        var places: [TokenConstraint.Place]
    }

    /// Whether all searches are over.
    package var isOver: Bool { searches.isEmpty }

    /// How many hypotheses may still go on.
    package var liveCount: Int { searches.reduce(0) { $0 + $1.search.live.count } }

    /// Goes on by one token.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``, and ``GenerationError/constraint(_:)`` where the grammar leaves no
    ///   token to any hypothesis of a source.
    package mutating func advance() throws(GenerationError) {
        let next = try nextTokens()
        var parents: [[Int]] = []
        for index in searches.indices {
            parents.append(searches[index].search.advance(next[index]))
            if let places = try grammar?.follow(
                searches[index].search.live, of: parents[index], searches[index].places)
            {
                searches[index].places = places
            }
        }
        let remaining = searches.indices.filter { !searches[$0].search.isOver }
        let width = remaining.map { parents[$0].count }.max() ?? 0
        let rows = remaining.flatMap { index in
            (0..<width).map { rank in
                // A row past a source's live ones is not looked at: it stays as it is, or repeats the first one.
                let other = width == rowsPerSource ? rank : 0
                let parent = rank < parents[index].count ? parents[index][rank] : other
                return Int32(index * rowsPerSource + row(of: parent))
            }
        }
        if remaining.count == searches.count, width == rowsPerSource {
            decoder.reorder(rows)
        } else {
            decoder.select(rows)
        }
        rowsPerSource = width
        try leave(remaining)
        inputs = searches.flatMap { search in
            let live = search.search.live
            return (0..<width).map { rank in
                live[min(rank, live.count - 1)].tokens.last ?? 0
            }
        }
    }

    /// The row of a live hypothesis: before the first token all groups share one.
    private func row(of rank: Int) -> Int { min(rank, rowsPerSource - 1) }

    /// What the model makes of the rows: of every live hypothesis the best tokens that are permitted.
    private mutating func nextTokens() throws(GenerationError) -> [[[SourceSearch.NextToken]]] {
        let logits = decoder.logits(after: inputs)
        let normalizers = logits.logSumExp().elements
        let isScored = !settings.scoring.steps.isEmpty || grammar != nil
        // More than are needed, in case end tokens and what is forbidden are among them.
        let likeliest = isScored ? [] : logits.largest(vocabulary.asked(settings.count))
        var result: [[[SourceSearch.NextToken]]] = []
        for (index, search) in searches.enumerated() {
            var rows: [[SourceSearch.NextToken]] = []
            for (rank, live) in search.search.live.enumerated() {
                let row = index * rowsPerSource + row(of: rank)
                let normalizer = normalizers[row]
                guard normalizer.isFinite else { throw .logitsAreNotFinite }
                if live.tokens.isEmpty, let forced = vocabulary.forcedFirst {
                    rows.append([
                        SourceSearch.NextToken(token: forced, logProbability: 0, value: 0)
                    ])
                    continue
                }
                let mayEnd = search.search.mayEnd
                guard isScored else {
                    rows.append(
                        likeliest[row].compactMap { logit, token in
                            if !vocabulary.permits(token, mayEnd: mayEnd) { return nil }
                            let logProbability = Double(logit - normalizer)
                            return SourceSearch.NextToken(
                                token: token, logProbability: logProbability, value: logProbability)
                        })
                    continue
                }
                var logits = logits.elements(ofRow: row)
                if let only = grammar?.restrict(&logits, at: search.places[rank]) {
                    rows.append(only)
                    continue
                }
                vocabulary.restrict(&logits, mayEnd: mayEnd)
                rows.append(
                    try scored(
                        logits, normalizer,
                        history: search.source.history(live.tokens, for: settings.scoring)))
            }
            result.append(rows)
        }
        return result
    }

    /// The best tokens after the steps of scoring, which see log-probabilities; those of a single beam, as wherever the
    /// likeliest token is taken, see logits.
    private func scored(
        _ logits: [Float], _ normalizer: Float, history: TokenHistory
    ) throws(GenerationError) -> [SourceSearch.NextToken] {
        let shift = settings.count == 1 ? 0 : normalizer
        var candidates = try Candidates(
            logits: shift == 0 ? logits : logits.map { $0 - shift }, settings.scoring, history)
        return candidates.best(vocabulary.asked(settings.count)).map { id, score in
            SourceSearch.NextToken(
                token: id, logProbability: Double(logits[Int(id)] - normalizer),
                value: score - Double(normalizer - shift))
        }
    }

    /// Takes the searches that are over out of the list, and what belongs to their sources out of the batch.
    private mutating func leave(_ remaining: [Int]) throws(GenerationError) {
        if remaining.count == searches.count { return }
        for search in searches where search.search.isOver {
            let found = search.search.finished
            if found.isEmpty, let error = grammar?.deadEnd { throw .constraint(error) }
            results[search.source.place] = found
        }
        searches = remaining.map { searches[$0] }
        decoder.keep(sources: remaining.map { Int32($0) })
    }
}
