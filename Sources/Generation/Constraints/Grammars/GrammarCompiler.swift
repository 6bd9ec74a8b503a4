internal import AttendText

/// Makes flat sequences of symbols of the rules of a grammar.
struct GrammarCompiler {
    /// One place of an alternative.
    enum Symbol: Hashable, Sendable {
        /// A byte of the set with this number.
        case bytes(Int32)
        /// What the rule with this number stands for.
        case rule(Int32)
        /// Nothing follows.
        case end
    }

    /// The most places of all alternatives together.
    static let mostSymbols = 1_048_576

    /// All alternatives, each followed by ``Symbol/end``.
    private(set) var symbols: [Symbol] = []
    /// Where the alternatives of each rule begin.
    private(set) var starts: [[Int32]] = []
    private(set) var sets: [ByteSet] = []
    /// The rule of the grammar that each rule belongs to.
    private(set) var owners: [Int32] = []
    /// The rules as they were given.
    let rules: [GrammarRule]
    let root: Int32

    private var numbers: [String: Int32] = [:]
    private var setNumbers: [ByteSet: Int32] = [:]
    private var characterRules: [ScalarSet: Int32] = [:]
    private var owner: Int32 = 0

    init(_ rules: [GrammarRule]) throws(GrammarError) {
        self.rules = rules
        for (number, rule) in rules.enumerated() { numbers[rule.name] = Int32(number) }
        guard let root = numbers["root"] else { throw .missingRoot }
        self.root = root
        starts = rules.map { _ in [] }
        owners = rules.indices.map { Int32($0) }
        for (number, rule) in rules.enumerated() {
            owner = Int32(number)
            try define(owner, rule.expression)
        }
    }

    /// A rule without a name.
    private mutating func makeRule() -> Int32 {
        starts.append([])
        owners.append(owner)
        return Int32(starts.count - 1)
    }

    private mutating func define(_ rule: Int32, _ expression: GrammarExpression)
        throws(GrammarError)
    {
        guard case .choice(let alternatives) = expression else {
            return add(try sequence(expression), to: rule)
        }
        for alternative in alternatives { add(try sequence(alternative), to: rule) }
    }

    private mutating func add(_ sequence: [Symbol], to rule: Int32) {
        starts[Int(rule)].append(Int32(symbols.count))
        symbols += sequence
        symbols.append(.end)
    }

    private func checkRoom(for count: Int) throws(GrammarError) {
        guard symbols.count + count <= Self.mostSymbols else {
            throw .tooLarge(
                rules[Int(owner)].place, what: "places after its repetitions are written out",
                limit: Self.mostSymbols)
        }
    }

    private mutating func sequence(_ expression: GrammarExpression) throws(GrammarError)
        -> [Symbol]
    {
        switch expression {
        case .text(let bytes):
            try checkRoom(for: bytes.count)
            return bytes.map { .bytes(number(of: ByteSet($0...$0))) }
        case .characters(let set):
            return [try characters(set)]
        case .rule(let name):
            guard let number = numbers[name] else {
                throw .undefinedRule(
                    GrammarPlace(line: 1, column: 1), name: name, nearest: nil)
            }
            return [.rule(number)]
        case .sequence(let parts):
            var symbols: [Symbol] = []
            for part in parts {
                symbols += try sequence(part)
                try checkRoom(for: symbols.count)
            }
            return symbols
        case .choice:
            let rule = makeRule()
            try define(rule, expression)
            return [.rule(rule)]
        case .repetition(let part, let minimum, let maximum):
            return try repetition(part, minimum, maximum)
        }
    }

    /// What is optional is a chain of rules, each of which leads to the next or to the end, so that a number of repetitions has
    /// one way through them.
    private mutating func repetition(
        _ part: GrammarExpression, _ minimum: Int, _ maximum: Int?
    ) throws(GrammarError) -> [Symbol] {
        var element = try sequence(part)
        if element.isEmpty { return [] }
        if element.count > 1 {
            let rule = makeRule()
            add(element, to: rule)
            element = [.rule(rule)]
        }
        let optional = max((maximum ?? minimum + 1) - minimum, 0)
        try checkRoom(for: minimum + 4 * optional)
        var result = [Symbol](repeating: element[0], count: minimum)
        guard maximum != nil else {
            let rule = makeRule()
            add(element + [.rule(rule)], to: rule)
            add([], to: rule)
            return result + [.rule(rule)]
        }
        var rest: [Symbol] = []
        for _ in 0..<optional {
            let rule = makeRule()
            add(element + rest, to: rule)
            add([], to: rule)
            rest = [.rule(rule)]
        }
        result += rest
        return result
    }

    private mutating func characters(_ set: ScalarSet) throws(GrammarError) -> Symbol {
        if let rule = characterRules[set] { return .rule(rule) }
        let sequences = set.byteSequences
        if sequences.count == 1, sequences[0].count == 1 {
            return .bytes(number(of: sequences[0][0]))
        }
        try checkRoom(for: 5 * sequences.count)
        let rule = makeRule()
        characterRules[set] = rule
        for sequence in sequences { add(sequence.map { .bytes(number(of: $0)) }, to: rule) }
        return .rule(rule)
    }

    private mutating func number(of set: ByteSet) -> Int32 {
        if let number = setNumbers[set] { return number }
        sets.append(set)
        setNumbers[set] = Int32(sets.count - 1)
        return Int32(sets.count - 1)
    }
}
