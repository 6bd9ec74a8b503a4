/// Where a text stands in a grammar: all the ways in which its bytes so far can be read.
///
/// Each way is a stack of places in the grammar: on top the one whose byte comes next, below it those at which the rules
/// around it go on. Since every rule that is kept leads to an end, a text whose state has a stack, or can end, is the beginning
/// of some text of the grammar.
///
/// - Source: the recogniser of a pushdown automaton with sets of stacks, as in Earley 1970 and in llama.cpp's grammars.
public struct GrammarState: Sendable {
    /// The most stacks of a state.
    static let mostReadings = 1024
    /// The most places of a stack.
    static let deepestStack = 1024
    /// The most places that are copied for one byte.
    static let mostSteps = 4_194_304

    private let grammar: CompiledGrammar
    /// In ascending order, without equals.
    private var stacks: [[Int32]] = []
    /// Whether the text may end here.
    public private(set) var canEnd = false

    /// The state before the first byte.
    ///
    /// - Throws: ``ConstraintError`` where the grammar's beginning has too many readings.
    public init(_ grammar: TextGrammar) throws(ConstraintError) {
        try self.init(grammar.compiled)
    }

    init(_ grammar: CompiledGrammar) throws(ConstraintError) {
        self.grammar = grammar
        _ = try settle(grammar.content.starts[Int(grammar.content.root)].map { [$0] })
    }

    /// Whether no byte may follow.
    public var isComplete: Bool { stacks.isEmpty }

    /// Whether the text is the beginning of no text of the grammar.
    public var isDead: Bool { stacks.isEmpty && !canEnd }

    /// Whether a byte may follow.
    public func accepts(_ byte: UInt8) -> Bool {
        stacks.contains { reads($0, byte) }
    }

    /// The bytes that may follow, in ascending order.
    var nextBytes: [UInt8] {
        var set = ByteSet()
        for stack in stacks {
            if let place = stack.last,
                case .bytes(let number) = grammar.content.symbols[Int(place)]
            {
                set.formUnion(grammar.content.sets[Int(number)])
            }
        }
        return set.bytes
    }

    private func reads(_ stack: [Int32], _ byte: UInt8) -> Bool {
        guard let place = stack.last, case .bytes(let set) = grammar.content.symbols[Int(place)]
        else { return false }
        return grammar.content.sets[Int(set)].contains(byte)
    }

    /// Goes on by a byte; where it may not follow, the state is dead from then on.
    ///
    /// - Returns: how many steps it took.
    /// - Throws: ``ConstraintError`` where there are too many ways to go on.
    @discardableResult
    public mutating func advance(by byte: UInt8) throws(ConstraintError) -> Int {
        var pending: [[Int32]] = []
        for var stack in stacks where reads(stack, byte) {
            stack[stack.count - 1] += 1
            pending.append(stack)
        }
        return try settle(pending)
    }

    /// Follows rules and their ends until a byte is next.
    private mutating func settle(_ pending: [[Int32]]) throws(ConstraintError) -> Int {
        let content = grammar.content
        var pending = pending
        var seen = Set(pending)
        var settled: [[Int32]] = []
        var steps = 0
        canEnd = false
        while var stack = pending.popLast() {
            steps += stack.count + 1
            guard steps <= Self.mostSteps else { throw .tooMuchWork(limit: Self.mostSteps) }
            guard let place = stack.popLast() else {
                canEnd = true
                continue
            }
            switch content.symbols[Int(place)] {
            case .bytes:
                stack.append(place)
                settled.append(stack)
                guard settled.count <= Self.mostReadings else {
                    throw .tooManyReadings(limit: Self.mostReadings)
                }
            case .end:
                if seen.insert(stack).inserted { pending.append(stack) }
            case .rule(let rule):
                // The last of an alternative needs no place to come back to, so loops do not deepen the stack.
                if content.symbols[Int(place) + 1] != .end { stack.append(place + 1) }
                guard stack.count < Self.deepestStack else {
                    throw .tooDeep(limit: Self.deepestStack)
                }
                for start in content.starts[Int(rule)] {
                    steps += stack.count + 1
                    let next = stack + [start]
                    if seen.insert(next).inserted { pending.append(next) }
                }
            }
        }
        stacks = settled.sorted { $0.lexicographicallyPrecedes($1) }
        return steps
    }
}

extension GrammarState: Hashable {
    /// Whether the same bytes may follow both, in the same ways.
    public static func == (left: Self, right: Self) -> Bool {
        left.canEnd == right.canEnd && left.stacks == right.stacks
            && (left.grammar === right.grammar || left.grammar.content == right.grammar.content)
    }

    /// Hashes the stacks.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canEnd)
        hasher.combine(stacks)
    }
}
