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
    /// The searches that are not over, and the place of each one's results.
    private var searches: [(source: BeamSource, search: SourceSearch)]
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
        searches = sources.map {
            ($0, SourceSearch(settings, vocabulary, wanted: wanted, limit: $0.limit))
        }
        inputs = sources.map(\.last)
    }

    /// Whether all searches are over.
    package var isOver: Bool { searches.isEmpty }

    /// How many hypotheses may still go on.
    package var liveCount: Int { searches.reduce(0) { $0 + $1.search.live.count } }

    /// Goes on by one token.
    ///
    /// - Throws: ``GenerationError/logitsAreNotFinite``.
    package mutating func advance() throws(GenerationError) {
        let next = try nextTokens()
        var parents: [[Int]] = []
        for index in searches.indices {
            parents.append(searches[index].search.advance(next[index]))
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
        leave(remaining)
        inputs = searches.flatMap { _, search in
            let live = search.live
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
        // More than are needed, in case end tokens and what is forbidden are among them.
        let count = vocabulary.asked(settings.count)
        let isScored = !settings.scoring.steps.isEmpty
        let likeliest = isScored ? [] : logits.largest(count)
        var result: [[[SourceSearch.NextToken]]] = []
        for (index, (source, search)) in searches.enumerated() {
            var rows: [[SourceSearch.NextToken]] = []
            for (rank, live) in search.live.enumerated() {
                let row = index * rowsPerSource + row(of: rank)
                let normalizer = normalizers[row]
                guard normalizer.isFinite else { throw .logitsAreNotFinite }
                if live.tokens.isEmpty, let forced = vocabulary.forcedFirst {
                    rows.append([
                        SourceSearch.NextToken(token: forced, logProbability: 0, value: 0)
                    ])
                    continue
                }
                var next: [SourceSearch.NextToken]
                if isScored {
                    next = try scored(
                        logits.elements(ofRow: row), normalizer, count,
                        history: source.history(live.tokens, for: settings.scoring))
                } else {
                    next = likeliest[row].map { logit, token in
                        let logProbability = Double(logit - normalizer)
                        return SourceSearch.NextToken(
                            token: token, logProbability: logProbability, value: logProbability)
                    }
                }
                let mayEnd = search.mayEnd
                next.removeAll { !vocabulary.permits($0.token, mayEnd: mayEnd) }
                rows.append(next)
            }
            result.append(rows)
        }
        return result
    }

    /// The best tokens after the steps of scoring, which see log-probabilities; those of a single beam, as wherever the
    /// likeliest token is taken, see logits.
    private func scored(
        _ logits: [Float], _ normalizer: Float, _ count: Int, history: TokenHistory
    ) throws(GenerationError) -> [SourceSearch.NextToken] {
        let shift = settings.count == 1 ? 0 : normalizer
        var candidates = try Candidates(
            logits: shift == 0 ? logits : logits.map { $0 - shift }, settings.scoring, history)
        return candidates.best(count).map { id, score in
            SourceSearch.NextToken(
                token: id, logProbability: Double(logits[Int(id)] - normalizer),
                value: score - Double(normalizer - shift))
        }
    }

    /// Takes the searches that are over out of the list, and what belongs to their sources out of the batch.
    private mutating func leave(_ remaining: [Int]) {
        if remaining.count == searches.count { return }
        for (source, search) in searches where search.isOver {
            results[source.place] = search.finished
        }
        searches = remaining.map { searches[$0] }
        decoder.keep(sources: remaining.map { Int32($0) })
    }
}
