/// The beams of one source that compete with each other, as far as no model is needed for them.
///
/// The rules, which are those of Hugging Face transformers:
/// - Of all continuations of the live hypotheses the best go on, as many as there are beams. Those that end are set aside as
///   finished where they are among so many best, and the next ones go on in their place.
/// - Finished hypotheses are compared by their scores, and as many are kept as there are beams.
/// - The search ends by the rule of ``BeamSettings/Stopping``, once as many are kept. Whether a hypothesis can still become
///   better is judged by its best case: log-probabilities only fall, and what divides them only grows with the length, up to
///   the length limit, where its exponent is above 0.
/// - At the length limit the live hypotheses are finished as they are.
/// - A single beam has nothing to compare, so it ends where the end is the likeliest.
/// - Of equals comes first what continues the hypothesis of higher rank, then the lower token; a finished hypothesis is
///   not displaced by an equal one.
struct BeamGroup: Sendable {
    /// A hypothesis that may go on.
    struct Live: Sendable {
        var tokens: [Int32]
        var logProbability: Double
        /// The log-probability with what the steps of scoring made of it, less what a diversity penalty took: what hypotheses of
        /// one length are compared by.
        var value: Double
    }

    /// A token after a live hypothesis.
    struct Continuation: Sendable {
        /// The rank of the live hypothesis.
        let beam: Int
        let token: Int32
        /// Of the hypothesis with the token.
        let logProbability: Double
        /// Of the hypothesis with the token.
        let value: Double
    }

    /// A finished hypothesis and its score before rounding.
    struct Finished: Sendable {
        let hypothesis: Hypothesis
        let score: Double
    }

    /// In descending order of value; none once the search is over.
    private(set) var live = [Live(tokens: [], logProbability: 0, value: 0)]
    /// The tokens with which hypotheses went on at the last step, also where that was the end of the search.
    private(set) var chosen: [Int32] = []
    /// In descending order of score.
    private(set) var finished: [Finished] = []
    private let settings: BeamSettings
    private let vocabulary: BeamVocabulary
    /// How many finished hypotheses are kept.
    private let kept: Int
    private let limit: Int

    /// - Parameters:
    ///   - wanted: how many finished hypotheses will be asked for.
    ///   - limit: the most tokens, the end token included.
    init(_ settings: BeamSettings, _ vocabulary: BeamVocabulary, wanted: Int, limit: Int) {
        self.settings = settings
        self.vocabulary = vocabulary
        self.limit = limit
        // Nothing that is found once the first ones are certain can displace them. Where groups look at each other's tokens,
        // it may change what others find, and where tokens are made likelier, values can rise again.
        let isExact =
            settings.stopping == .never && settings.groupCount == 1
            && settings.scoring.steps.isEmpty
        kept = isExact ? min(wanted, settings.groupSize) : settings.groupSize
    }

    /// Whether nothing goes on.
    var isOver: Bool { live.isEmpty }

    /// Goes on by one token.
    ///
    /// - Parameter continuations: of every live hypothesis at least as many of its best as there are beams, not counting those that
    ///   end it, which are among them only where they are permitted.
    /// - Returns: for each hypothesis that is live now, the rank of the one that it continues.
    mutating func advance(_ continuations: [Continuation]) -> [Int] {
        let sorted = continuations.sorted {
            if $0.value != $1.value { return $0.value > $1.value }
            return ($0.beam, $0.token) < ($1.beam, $1.token)
        }
        var next: [Live] = []
        var parents: [Int] = []
        for (rank, continuation) in sorted.enumerated() {
            if next.count == settings.groupSize { break }
            let before = live[continuation.beam].tokens
            let isEndToken = vocabulary.ends.contains(continuation.token)
            let hypothesis = Live(
                tokens: isEndToken ? before : before + [continuation.token],
                logProbability: continuation.logProbability, value: continuation.value)
            if isEndToken || vocabulary.isEnd(hypothesis.tokens) {
                if rank < settings.groupSize {
                    finish(hypothesis, length: before.count + 1, isEnded: true)
                }
            } else {
                next.append(hypothesis)
                parents.append(continuation.beam)
            }
        }
        let length = (live.first?.tokens.count ?? 0) + 1
        live = next
        chosen = next.compactMap(\.tokens.last)
        // transformers' search by groups counts what has just ended among what may become better, and looks whether it is over
        // before it finishes what the limit cuts off.
        let isGrouped = settings.groupCount > 1
        let best = isGrouped ? sorted.first?.value : live.first?.value
        let isOver = best.map { isDecided(best: $0, length: length) } ?? true
        if length >= limit, !(isGrouped && isOver) {
            for hypothesis in live { finish(hypothesis, length: length, isEnded: false) }
        }
        if isOver || length >= limit { live = [] }
        return live.isEmpty ? [] : parents
    }

    private func isDecided(best: Double, length: Int) -> Bool {
        guard finished.count >= kept, let worst = finished.last?.score else { return false }
        if settings.count == 1 { return true }
        let penalty = settings.lengthPenalty
        switch settings.stopping {
        case .always: return true
        case .heuristic: return penalty.score(best, length: length) <= worst
        case .never:
            return penalty.score(best, length: penalty.exponent > 0 ? limit : length) <= worst
        }
    }

    private mutating func finish(_ live: Live, length: Int, isEnded: Bool) {
        let score = settings.lengthPenalty.score(live.value, length: length)
        let place = finished.firstIndex { $0.score < score } ?? finished.count
        if place >= kept { return }
        let hypothesis = Hypothesis(
            tokens: live.tokens, score: Float(score), logProbability: Float(live.logProbability),
            isEnded: isEnded)
        finished.insert(Finished(hypothesis: hypothesis, score: score), at: place)
        if finished.count > kept { finished.removeLast() }
    }
}
