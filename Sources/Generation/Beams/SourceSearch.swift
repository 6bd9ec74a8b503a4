/// The search for what follows one source, as far as no model is needed for it: groups of beams, one or several.
///
/// A later group avoids the tokens with which the earlier ones go on at the same step: for each hypothesis that goes on with a
/// token, the token loses the diversity penalty, which also the scores keep. A group that is over is avoided no more.
///
/// - Source: Vijayakumar et al. 2018, "Diverse beam search", §3, with the Hamming diversity of §4.
struct SourceSearch: Sendable {
    /// A token that may come next, and the logarithm of its probability.
    struct NextToken: Sendable {
        let token: Int32
        let logProbability: Double
        /// The log-probability with what the steps of scoring made of it.
        let value: Double
    }

    private var groups: [BeamGroup]
    private let settings: BeamSettings
    private let wanted: Int
    private let limit: Int
    private var stepCount = 0

    /// - Parameters:
    ///   - wanted: how many finished hypotheses are wanted; at most the number of beams.
    ///   - limit: the most tokens, the end token included.
    init(_ settings: BeamSettings, _ vocabulary: BeamVocabulary, wanted: Int, limit: Int) {
        self.settings = settings
        self.wanted = wanted
        self.limit = limit
        groups = Array(
            repeating: BeamGroup(settings, vocabulary, wanted: wanted, limit: limit),
            count: settings.groupCount)
    }

    /// The hypotheses that may go on, those of a group after the other.
    var live: [BeamGroup.Live] { groups.count == 1 ? groups[0].live : groups.flatMap(\.live) }

    /// Whether nothing goes on.
    var isOver: Bool { groups.allSatisfy(\.isOver) }

    /// What was found, in descending order of score.
    var finished: [Hypothesis] {
        // Of equals an earlier group's comes first; sorting may exchange them.
        let all = groups.flatMap(\.finished).enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }
        return all.prefix(wanted).map(\.element.hypothesis)
    }

    /// Whether the next token may be the end.
    var mayEnd: Bool { stepCount >= min(settings.minimumLength, limit) }

    /// Goes on by one token.
    ///
    /// - Parameter next: of every live hypothesis at least as many of its likeliest tokens as there are beams, not counting end
    ///   tokens, which are among them only where they are permitted.
    /// - Returns: for each hypothesis that is live now, the place of the one that it continues among those that were.
    mutating func advance(_ next: [[NextToken]]) -> [Int] {
        stepCount += 1
        var parents: [Int] = []
        var uses: [Int32: Int] = [:]
        var first = 0
        for index in groups.indices {
            let live = groups[index].live
            var continuations: [BeamGroup.Continuation] = []
            for (beam, hypothesis) in live.enumerated() {
                for candidate in next[first + beam] {
                    let lost = settings.diversityPenalty * Double(uses[candidate.token] ?? 0)
                    continuations.append(
                        BeamGroup.Continuation(
                            beam: beam, token: candidate.token,
                            logProbability: hypothesis.logProbability + candidate.logProbability,
                            value: hypothesis.value + candidate.value - lost))
                }
            }
            if live.isEmpty { continue }
            parents += groups[index].advance(continuations).map { first + $0 }
            for token in groups[index].chosen { uses[token, default: 0] += 1 }
            first += live.count
        }
        return parents
    }
}
