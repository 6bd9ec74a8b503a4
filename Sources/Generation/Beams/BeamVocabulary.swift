/// What a beam search may write, and what ends a hypothesis.
package struct BeamVocabulary: Sendable {
    /// The tokens that end a hypothesis and do not belong to it.
    package let ends: Set<Int32>
    /// Ids that are never written; one that also ends a hypothesis may still end it.
    package let forbidden: Set<Int32>
    /// The first id of each hypothesis, whatever the model would choose; it costs no probability.
    package let forcedFirst: Int32?
    private let isEnd: (@Sendable ([Int32]) -> Bool)?

    /// All tokens but the forbidden ones.
    ///
    /// - Parameter isEnd: whether tokens, the last of which is new, are at their end; nil where only tokens end a hypothesis.
    package init(
        ends: Set<Int32>, forbidden: Set<Int32> = [], forcedFirst: Int32? = nil,
        isEnd: (@Sendable (_ tokens: [Int32]) -> Bool)? = nil
    ) {
        self.ends = ends
        self.forbidden = forbidden
        self.forcedFirst = forcedFirst
        self.isEnd = isEnd
    }

    /// Whether a hypothesis of these tokens, none of which is an end token, goes on no more.
    func isEnd(_ tokens: [Int32]) -> Bool { isEnd?(tokens) ?? false }

    /// Whether a token may be the next one.
    func permits(_ token: Int32, mayEnd: Bool) -> Bool {
        ends.contains(token) ? mayEnd : !forbidden.contains(token)
    }

    /// How many tokens to ask for, so that so many of them go on.
    func asked(_ count: Int) -> Int { count + ends.count + forbidden.count }
}
