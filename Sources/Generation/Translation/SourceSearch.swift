/// The search for translations of one source, as far as no model is needed for it.
///
/// The rules, of which other programs have others:
/// - Of all continuations of the live hypotheses the likeliest go on, `beamCount` of them. Those that end are set aside as
///   finished where they are among the `beamCount` likeliest, and the next ones go on in their place.
/// - Finished hypotheses are compared by their scores, and as many are kept as are wanted.
/// - The search ends when as many are kept as are wanted and no live hypothesis can come to a better score than the worst
///   of them. Log-probabilities only fall, and they are divided by a penalty that only grows, so the best that a live
///   hypothesis can come to is what it has now, divided by the penalty at the length limit.
/// - At the length limit the live hypotheses are finished as they are.
/// - A single beam has nothing to compare, so it ends where the end is the likeliest.
/// - Of equals comes first what continues the hypothesis of higher rank, then the lower token; a finished hypothesis is
///   not displaced by an equal one.
struct SourceSearch: Sendable {
    /// A hypothesis that may go on.
    struct Live: Sendable {
        var tokens: [Int32]
        var logProbability: Double
    }

    /// A token after a live hypothesis.
    struct Continuation: Sendable {
        /// The rank of the live hypothesis.
        let beam: Int
        let token: Int32
        /// Of the hypothesis with the token.
        let logProbability: Double
    }

    /// In descending order of log-probability.
    private(set) var live = [Live(tokens: [], logProbability: 0)]
    /// In descending order of score.
    private(set) var finished: [Hypothesis] = []
    /// The scores of the finished.
    private var scores: [Double] = []
    private let settings: TranslationSettings
    private let wanted: Int
    private let limit: Int

    /// - Parameters:
    ///   - wanted: how many finished hypotheses are kept; at most the number of beams.
    ///   - limit: the most tokens.
    init(_ settings: TranslationSettings, wanted: Int, limit: Int) {
        self.settings = settings
        self.wanted = wanted
        self.limit = limit
    }

    /// Whether nothing better can be found.
    var isOver: Bool {
        guard let best = live.first else { return true }
        guard finished.count == wanted, let worst = scores.last else { return false }
        if settings.beamCount == 1 { return true }
        return settings.score(best.logProbability, length: limit) <= worst
    }

    /// Whether the next token may be the end.
    var mayEnd: Bool { (live.first?.tokens.count ?? 0) >= min(settings.minimumLength, limit) }

    /// Goes on by one token.
    ///
    /// - Parameter continuations: of every live hypothesis at least its beamCount likeliest, not counting the end token, which is
    ///   among them only where it is permitted.
    /// - Returns: for each hypothesis that is live now, the rank of the one that it continues.
    mutating func advance(_ continuations: [Continuation]) -> [Int] {
        let sorted = continuations.sorted {
            if $0.logProbability != $1.logProbability {
                return $0.logProbability > $1.logProbability
            }
            return ($0.beam, $0.token) < ($1.beam, $1.token)
        }
        var next: [Live] = []
        var parents: [Int] = []
        for (rank, continuation) in sorted.enumerated() {
            if next.count == settings.beamCount { break }
            let tokens = live[continuation.beam].tokens
            if continuation.token == settings.end {
                if rank < settings.beamCount {
                    finish(tokens, continuation.logProbability, isEnded: true)
                }
            } else {
                next.append(
                    Live(
                        tokens: tokens + [continuation.token],
                        logProbability: continuation.logProbability))
                parents.append(continuation.beam)
            }
        }
        live = next
        if live.first?.tokens.count == limit { finishLive() }
        return live.isEmpty ? [] : parents
    }

    private mutating func finishLive() {
        for hypothesis in live {
            finish(hypothesis.tokens, hypothesis.logProbability, isEnded: false)
        }
        live = []
    }

    private mutating func finish(_ tokens: [Int32], _ logProbability: Double, isEnded: Bool) {
        let score = settings.score(logProbability, length: tokens.count + (isEnded ? 1 : 0))
        let place = scores.firstIndex { $0 < score } ?? scores.count
        if place >= wanted { return }
        scores.insert(score, at: place)
        finished.insert(
            Hypothesis(
                tokens: tokens, score: Float(score), logProbability: Float(logProbability),
                isEnded: isEnded), at: place)
        if finished.count > wanted {
            scores.removeLast()
            finished.removeLast()
        }
    }
}
