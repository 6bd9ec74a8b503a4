/// What a beam search may write, and what ends a hypothesis.
package struct BeamVocabulary: Sendable {
    /// The tokens that end a hypothesis and do not belong to it.
    package let ends: Set<Int32>
    /// The end where a grammar leaves nothing else, in a vocabulary without an end token; no token has this id.
    static let endOfGrammar: Int32 = -1
    /// Ids that are never written; one that also ends a hypothesis may still end it.
    package let forbidden: Set<Int32>
    /// The first id of each hypothesis, whatever the model would choose; it costs no probability.
    package let forcedFirst: Int32?
    /// What the tokens, but for a forced first one, are held to.
    let constraint: TokenConstraint?
    private let isEnd: (@Sendable ([Int32]) -> Bool)?

    /// All tokens but the forbidden ones.
    ///
    /// - Parameters:
    ///   - constraint: of a text that has not begun, with the same ends; where there are none, a text ends when nothing can be
    ///     added to it, as if by a token that is certain then.
    ///   - isEnd: whether tokens, the last of which is new, are at their end; nil where only tokens end a hypothesis.
    package init(
        ends: Set<Int32>, forbidden: Set<Int32> = [], forcedFirst: Int32? = nil,
        constraint: TokenConstraint? = nil, isEnd: (@Sendable (_ tokens: [Int32]) -> Bool)? = nil
    ) {
        self.ends = constraint != nil && ends.isEmpty ? [Self.endOfGrammar] : ends
        self.forbidden = forbidden
        self.forcedFirst = forcedFirst
        self.constraint = constraint
        self.isEnd = isEnd
    }

    /// Whether a hypothesis of these tokens, none of which is an end token, goes on no more.
    func isEnd(_ tokens: [Int32]) -> Bool { isEnd?(tokens) ?? false }

    /// Whether a token may be the next one.
    func permits(_ token: Int32, mayEnd: Bool) -> Bool {
        ends.contains(token) ? mayEnd : !forbidden.contains(token)
    }

    /// Makes the logits −∞ of tokens that may not be the next one, unless nothing else is left: then rather those that end.
    ///
    /// - Parameter logits: `[vocabulary]`, those of tokens that are ruled out already −∞.
    func restrict(_ logits: inout [Float], mayEnd: Bool) {
        let all = logits
        for token in forbidden.union(ends) where !permits(token, mayEnd: mayEnd) {
            if all.indices.contains(Int(token)) { logits[Int(token)] = -.infinity }
        }
        if logits.contains(where: { $0 > -.infinity }) { return }
        for token in ends where all.indices.contains(Int(token)) {
            logits[Int(token)] = all[Int(token)]
        }
        if !logits.contains(where: { $0 > -.infinity }) { logits = all }
    }

    /// How many tokens to ask for, so that so many of them go on.
    func asked(_ count: Int) -> Int { count + ends.count + forbidden.count }
}
