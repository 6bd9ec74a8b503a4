internal import AttendText

/// Holds the tokens of a generation to a grammar.
///
/// ```swift
/// var constraint = try TokenConstraint(grammar, spellings: TokenSpellings(tokenizer), endTokens: ends)
/// try constraint.mask().apply(to: &logits)
/// try constraint.advance(by: token)
/// ```
///
/// A token may come where its bytes, after those before, are the beginning of some text of the grammar; a token that ends
/// texts, exactly where the text is one. A token that spells nothing never may. Which tokens those are is found by one walk
/// over the vocabulary for each state of the grammar that the generation meets, and kept.
public struct TokenConstraint: Sendable {
    /// The most masks that are kept.
    static let mostMasks = 512

    private let spellings: TokenSpellings
    private let endTokens: [Int32]
    private var automaton: GrammarAutomaton
    private var state: Int32 = 0
    /// The masks of states, as the first token of a text and after others; without ``endTokens``.
    private var masks: [Int32: TokenMask] = [:]
    private var tokenCount = 0
    private var hasEnded = false

    /// A text that has not begun.
    ///
    /// - Parameters:
    ///   - spellings: of the tokenizer of the model.
    ///   - endTokens: the ids that end a text; as texts they are never used.
    /// - Throws: ``ConstraintError/unspellable`` where the vocabulary lacks what every text of the grammar needs.
    public init(
        _ grammar: TextGrammar, spellings: TokenSpellings, endTokens: [Int32] = []
    ) throws(ConstraintError) {
        guard let compiled = grammar.compiled.restricted(to: spellings.bytes) else {
            throw .unspellable
        }
        self.spellings = spellings
        self.endTokens = endTokens
        automaton = GrammarAutomaton(try GrammarState(compiled))
    }

    /// How far a text is.
    package struct Place: Sendable {
        // Not its number, which is another one once the table of states is begun anew.
        fileprivate var state: GrammarState
        fileprivate var tokenCount: Int
        fileprivate var hasEnded: Bool
    }

    /// How far the text is; it can be taken back to where it was, or to where another text of the same constraint is.
    package var place: Place {
        get { Place(state: grammarState, tokenCount: tokenCount, hasEnded: hasEnded) }
        set {
            state = automaton.number(of: newValue.state)
            (tokenCount, hasEnded) = (newValue.tokenCount, newValue.hasEnded)
        }
    }

    /// Where the text stands in the grammar.
    public var grammarState: GrammarState { automaton.states[Int(state)] }

    /// Whether the text is one of the grammar.
    public var canEnd: Bool { grammarState.canEnd }

    /// Whether the text is one of the grammar and no token goes on with it.
    ///
    /// - Throws: ``ConstraintError`` as ``mask()``.
    public mutating func isComplete() throws(ConstraintError) -> Bool {
        if hasEnded { return true }
        return canEnd ? try textMask().isEmpty : false
    }

    /// The tokens that may come next; none after an end token.
    ///
    /// - Throws: ``ConstraintError/noTokenFits(tokenCount:expected:)`` where neither a token nor an end may come, and
    ///   others where the grammar has too many ways to go on.
    public mutating func mask() throws(ConstraintError) -> TokenMask {
        if hasEnded { return TokenMask(vocabularySize: spellings.vocabularySize) }
        var mask = try textMask()
        if canEnd {
            for token in endTokens { mask[token] = true }
        } else if mask.isEmpty {
            throw automaton.limit
                ?? .noTokenFits(tokenCount: tokenCount, expected: grammarState.nextBytes)
        }
        return mask
    }

    /// Goes on by a token.
    ///
    /// - Throws: ``ConstraintError/notAllowed(token:)`` for one that may not come, and others where the grammar has too many
    ///   ways to go on.
    public mutating func advance(by token: Int32) throws(ConstraintError) {
        if endTokens.contains(token) {
            guard canEnd else { throw .notAllowed(token: token) }
            hasEnded = true
            return
        }
        guard !hasEnded, let bytes = spellings.bytes(of: token, isFirst: tokenCount == 0) else {
            throw .notAllowed(token: token)
        }
        automaton.beginSearch()
        var target = state
        for byte in bytes {
            target = try automaton.next(target, byte)
            if target == GrammarAutomaton.dead {
                throw automaton.limit ?? .notAllowed(token: token)
            }
        }
        state = target
        tokenCount += 1
    }

    private mutating func textMask() throws(ConstraintError) -> TokenMask {
        let isFirst = tokenCount == 0
        if let mask = masks[state << 1 | (isFirst ? 1 : 0)] { return mask }
        if automaton.states.count > GrammarAutomaton.mostStates || masks.count >= Self.mostMasks {
            automaton = GrammarAutomaton(grammarState)
            state = 0
            masks = [:]
        }
        var mask = try search(isFirst ? spellings.first : spellings.later)
        for token in endTokens { mask[token] = false }
        masks[state << 1 | (isFirst ? 1 : 0)] = mask
        return mask
    }

    /// Walks through all tokens whose beginnings the grammar reads.
    private mutating func search(_ trie: SpellingTrie) throws(ConstraintError) -> TokenMask {
        var mask = TokenMask(vocabularySize: spellings.vocabularySize)
        var path = [Int32](repeating: state, count: trie.depth + 1)
        automaton.beginSearch()
        var index = 0
        while index < trie.nodes.count {
            let node = trie.nodes[index]
            let target = try automaton.next(path[Int(node.depth)], node.byte)
            if target == GrammarAutomaton.dead {
                index = Int(node.end)
                continue
            }
            path[Int(node.depth) + 1] = target
            for place in node.firstToken..<node.endToken { mask[trie.tokens[Int(place)]] = true }
            index += 1
        }
        return mask
    }
}

extension TokenConstraint {
    /// A text that has not begun, for a generation.
    ///
    /// - Parameter spellings: those of the tokenizer, where they were made before.
    /// - Throws: ``GenerationError/constraint(_:)``.
    init(
        _ grammar: TextGrammar, _ spellings: TokenSpellings?, _ tokenizer: SavedTokenizer,
        endTokens: [Int32]
    ) throws(GenerationError) {
        do throws(ConstraintError) {
            let own = if let spellings { spellings } else { try TokenSpellings(tokenizer) }
            try self.init(grammar, spellings: own, endTokens: endTokens)
        } catch {
            throw .constraint(error)
        }
    }
}
