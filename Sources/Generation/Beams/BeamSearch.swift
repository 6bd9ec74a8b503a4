internal import AttendTensors

/// What a beam search continues.
package struct BeamSource: Sendable {
    /// Where its results go.
    let place: Int
    /// The token before the first one that is found, which the decoder has not read.
    let last: Int32
    /// The most tokens that are found, the end token included.
    let limit: Int

    /// A source with a limit of at least one token.
    package init(place: Int, last: Int32, limit: Int) {
        self.place = place
        self.last = last
        self.limit = limit
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
    private var searches: [(place: Int, search: SourceSearch)]
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
            ($0.place, SourceSearch(settings, vocabulary, wanted: wanted, limit: $0.limit))
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

    /// What the model makes of the rows: of every live hypothesis the likeliest tokens that are permitted.
    private mutating func nextTokens() throws(GenerationError) -> [[[SourceSearch.NextToken]]] {
        let logits = decoder.logits(after: inputs)
        // More than are needed, in case end tokens and what is forbidden are among them.
        let likeliest = logits.largest(vocabulary.asked(settings.count))
        let normalizers = logits.logSumExp().elements
        var result: [[[SourceSearch.NextToken]]] = []
        for (index, (_, search)) in searches.enumerated() {
            var rows: [[SourceSearch.NextToken]] = []
            let mayEnd = search.mayEnd
            for (rank, live) in search.live.enumerated() {
                let row = index * rowsPerSource + row(of: rank)
                let normalizer = normalizers[row]
                guard normalizer.isFinite else { throw .logitsAreNotFinite }
                if live.tokens.isEmpty, let forced = vocabulary.forcedFirst {
                    rows.append([SourceSearch.NextToken(token: forced, logProbability: 0)])
                    continue
                }
                rows.append(
                    likeliest[row].compactMap { logit, token in
                        guard vocabulary.permits(token, mayEnd: mayEnd) else { return nil }
                        return SourceSearch.NextToken(
                            token: token, logProbability: Double(logit - normalizer))
                    })
            }
            result.append(rows)
        }
        return result
    }

    /// Takes the searches that are over out of the list, and what belongs to their sources out of the batch.
    private mutating func leave(_ remaining: [Int]) {
        if remaining.count == searches.count { return }
        for (place, search) in searches where search.isOver {
            results[place] = search.finished
        }
        searches = remaining.map { searches[$0] }
        decoder.keep(sources: remaining.map { Int32($0) })
    }
}
