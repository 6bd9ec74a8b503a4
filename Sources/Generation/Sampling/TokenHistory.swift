/// The tokens before the one that is to be chosen, as the steps of a sampler ask for them.
///
/// Each further token is noted in constant time, whatever the length of the text.
public struct TokenHistory: Sendable {
    /// All tokens: the prompt's, then the generated ones.
    public private(set) var tokens: [Int32] = []
    /// The tokens that occurred, in the prompt or after it.
    public private(set) var occurring: Set<Int32> = []
    /// How often each token was generated.
    public private(set) var counts: [Int32: Int] = [:]
    private var tables: [NGramTable]
    /// What each generated token changed, the last at the end.
    private var changes: [Change] = []

    private struct Change {
        let isFirstOccurrence: Bool
        /// A bit for each table to which the token brought a new sequence.
        let tables: UInt64
    }

    /// What there is before the first token is generated.
    ///
    /// - Parameters:
    ///   - prompt: the tokens that are to be continued.
    ///   - sampling: the steps that will ask; another sampling gets the same answers, more slowly.
    public init(prompt: [Int32] = [], for sampling: Sampling = []) {
        var sizes: Set<Int> = []
        for case .noRepeatNGram(let size) in sampling.steps { sizes.insert(size) }
        tables = sizes.sorted().map { NGramTable(size: $0) }
        for token in prompt { note(token) }
    }

    /// Notes a generated token.
    public mutating func append(_ token: Int32) {
        changes.append(note(token))
        counts[token, default: 0] += 1
    }

    /// Takes the last generated token back: the history is as it was before it.
    package mutating func removeLast() {
        guard let change = changes.popLast() else {
            preconditionFailure("nothing was generated that could be taken back")
        }
        let token = tokens.removeLast()
        if change.isFirstOccurrence { occurring.remove(token) }
        let count = counts[token] ?? 1
        counts[token] = count > 1 ? count - 1 : nil
        for index in tables.indices {
            tables[index].removeLast(
                token, wasNew: change.tables >> UInt64(index) & 1 == 1, after: tokens)
        }
    }

    @discardableResult
    private mutating func note(_ token: Int32) -> Change {
        tokens.append(token)
        var bits: UInt64 = 0
        // No more tables than lengths that are accepted, so that each has its bit.
        for index in tables.indices where tables[index].append(token) { bits |= 1 << UInt64(index) }
        return Change(isFirstOccurrence: occurring.insert(token).inserted, tables: bits)
    }

    /// The tokens that would now complete a sequence of `size` tokens that occurred already.
    package func repetitions(ofSize size: Int) -> Set<Int32> {
        let table = tables.first { $0.size == size } ?? NGramTable(size: size, tokens: tokens)
        return table.repetitions
    }
}
