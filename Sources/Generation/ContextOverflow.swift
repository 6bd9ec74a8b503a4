/// What becomes of a text that outgrows the model's context.
public enum ContextOverflow: Hashable, Sendable {
    /// Nothing is forgotten: the text ends with the token that a full context predicts.
    case refuse
    /// The last half of the context is read anew, with positions from 0, and what came before it is forgotten.
    case slide
    /// As ``slide``, but the first tokens of the text stay for ever, as the place to which attention goes that is needed
    /// nowhere else.
    ///
    /// Half of the context is in sight after that: these tokens, of which keys and values are kept as they are, and the last
    /// ones, which are read anew at the places behind them. In the paper the window moves by one token for each new one and
    /// the keys of the others are turned to their new places; here it moves seldom and far, so that values deeper down know
    /// nothing of what was forgotten. Where half of a context would hold nothing else, fewer of them stay.
    ///
    /// - Source: Xiao et al. 2024, "Efficient streaming language models with attention sinks", §3.2, where 4 suffice.
    case sinks(Int)

    /// The numbers of first tokens that are accepted.
    public static let sinkCounts = 1...4096

    /// Checks its number.
    ///
    /// - Throws: ``GenerationError/outOfRange(name:value:accepted:)``.
    public func validate() throws(GenerationError) {
        if case .sinks(let count) = self {
            try GenerationError.check("number of first tokens that stay", count, Self.sinkCounts)
        }
    }

    /// What is in sight of a text that is to be continued: all, or what a full context holds of it.
    func cut(_ text: [Int32], to contextLength: Int) -> [Int32] {
        let first = text.count > contextLength ? firstCount(in: contextLength) : 0
        return Array(text.prefix(first) + text.dropFirst(first).suffix(contextLength - first))
    }

    /// What stays in sight of the tokens of a full context.
    func remainder(of tokens: [Int32], in contextLength: Int) -> [Int32] {
        let first = firstCount(in: contextLength)
        return Array(
            tokens.prefix(first) + tokens.suffix(Self.remainder(of: contextLength) - first))
    }

    /// How many tokens are in sight after the others were forgotten.
    static func remainder(of contextLength: Int) -> Int { max(contextLength / 2, 1) }

    /// How many of the first tokens stay.
    func firstCount(in contextLength: Int) -> Int {
        guard case .sinks(let count) = self else { return 0 }
        return min(count, Self.remainder(of: contextLength) - 1)
    }
}
