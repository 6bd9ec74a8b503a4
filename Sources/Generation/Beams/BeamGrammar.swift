/// Holds the hypotheses of a beam search to a grammar, each at its own place.
///
/// A hypothesis that no token goes on with is given up; the others go on without it.
struct BeamGrammar: Sendable {
    /// How far a hypothesis is that has no token.
    let begin: TokenConstraint.Place
    /// Why hypotheses were given up; nil where none was.
    private(set) var deadEnd: ConstraintError?
    /// One table of states for all; its own place is that of the hypothesis that it was last asked about.
    private var constraint: TokenConstraint
    private let forcedCount: Int

    /// - Parameters:
    ///   - constraint: of a text that has not begun.
    ///   - forcedCount: how many first tokens are not looked at.
    init(_ constraint: TokenConstraint, forcedCount: Int) {
        self.constraint = constraint
        self.forcedCount = forcedCount
        begin = constraint.place
    }

    /// Makes the logits −∞ of what may not come after a hypothesis.
    ///
    /// - Parameter logits: `[vocabulary]`.
    /// - Returns: all that may come where no token does: the end, which is certain then, or nothing at all; nil where tokens do.
    mutating func restrict(
        _ logits: inout [Float], at place: TokenConstraint.Place
    ) -> [SourceSearch.NextToken]? {
        constraint.place = place
        do throws(ConstraintError) {
            let mask = try constraint.mask()
            if mask.isEmpty {
                return [
                    SourceSearch.NextToken(
                        token: BeamVocabulary.endOfGrammar, logProbability: 0, value: 0)
                ]
            }
            mask.apply(to: &logits)
            return nil
        } catch {
            deadEnd = error
            return []
        }
    }

    /// How far the hypotheses are that live now.
    ///
    /// - Parameters:
    ///   - parents: for each of them, which one of those before it continues.
    ///   - places: how far those before were.
    /// - Throws: ``GenerationError/constraint(_:)`` where the grammar has too many ways to go on.
    mutating func follow(
        _ live: [BeamGroup.Live], of parents: [Int], _ places: [TokenConstraint.Place]
    ) throws(GenerationError) -> [TokenConstraint.Place] {
        var result: [TokenConstraint.Place] = []
        for (hypothesis, parent) in zip(live, parents) {
            constraint.place = places[parent]
            if hypothesis.tokens.count > forcedCount, let token = hypothesis.tokens.last {
                try GenerationError.wrapping { () throws(ConstraintError) in
                    try constraint.advance(by: token)
                }
            }
            result.append(constraint.place)
        }
        return result
    }
}
