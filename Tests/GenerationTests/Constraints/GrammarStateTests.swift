import AttendGeneration
import AttendTensors
import Testing

@Suite("Matching grammars")
struct GrammarStateTests {
    /// A random grammar in the test's own form, and how its texts are found by trying everything.
    private struct PlainGrammar {
        indirect enum Part {
            case text(String)
            case oneOf([String], isNegated: Bool)
            case rule(Int)
            case sequence([Part])
            case choice([Part])
            case repetition(Part, Int, Int?)
        }

        static let alphabet = ["a", "b", "é"]
        var rules: [Part] = []
        /// Whether it has neither recursion nor repetitions without end.
        let isFinite: Bool

        init(_ random: inout RandomSource, isFinite: Bool) {
            self.isFinite = isFinite
            let count = 1 + Int(random.next() % 4)
            for index in 0..<count { rules.append(part(index, count, 3, &random)) }
        }

        private func part(_ index: Int, _ count: Int, _ depth: Int, _ random: inout RandomSource)
            -> Part
        {
            func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
            func letter() -> String { Self.alphabet[number(3)] }
            switch number(depth == 0 ? 4 : 8) {
            case 0: return .text(letter() + (number(2) == 0 ? letter() : ""))
            case 1: return .text(number(4) == 0 ? "" : letter())
            case 2: return .oneOf([letter(), letter()], isNegated: !isFinite && number(3) == 0)
            case 3 where index + 1 < count: return .rule(index + 1 + number(count - index - 1))
            case 3:
                return isFinite ? .text("b") : .sequence([.text(letter()), .rule(number(count))])
            case 4, 5:
                return .sequence(
                    (0...number(3)).map { _ in part(index, count, depth - 1, &random) })
            case 6:
                return .choice((0...number(3)).map { _ in part(index, count, depth - 1, &random) })
            default:
                let minimum = number(3)
                let endless = !isFinite && number(2) == 0
                return .repetition(
                    part(index, count, depth - 1, &random), minimum,
                    endless ? nil : minimum + number(3))
            }
        }

        var text: String {
            rules.enumerated().map { index, rule in
                (index == 0 ? "root" : "r\(index)") + " ::= " + Self.text(rule)
            }.joined(separator: "\n")
        }

        private static func text(_ part: Part) -> String {
            switch part {
            case .text(let text): return "\"\(text)\""
            case .oneOf(let letters, let isNegated):
                return "[\(isNegated ? "^" : "")\(letters.joined())]"
            case .rule(let index): return index == 0 ? "root" : "r\(index)"
            case .sequence(let parts): return "(" + parts.map(text).joined(separator: " ") + ")"
            case .choice(let parts): return "(" + parts.map(text).joined(separator: " | ") + ")"
            case .repetition(let part, let minimum, let maximum):
                return text(.sequence([part]))
                    + "{\(minimum),\(maximum.map { "\($0)" } ?? "")}"
            }
        }

        /// Where a part may end that begins at a place.
        func ends(_ part: Part, _ text: [String], _ start: Int) -> Set<Int> {
            switch part {
            case .text(let wanted):
                let letters = wanted.map { String($0) }
                return text[start...].starts(with: letters) ? [start + letters.count] : []
            case .oneOf(let letters, let isNegated):
                guard start < text.count, letters.contains(text[start]) != isNegated else {
                    return []
                }
                return [start + 1]
            case .rule(let index): return ends(rules[index], text, start)
            case .sequence(let parts):
                return parts.reduce([start]) { places, part in
                    Set(places.flatMap { ends(part, text, $0) })
                }
            case .choice(let parts): return Set(parts.flatMap { ends($0, text, start) })
            case .repetition(let part, let minimum, let maximum):
                var places: Set = [start]
                for _ in 0..<minimum { places = Set(places.flatMap { ends(part, text, $0) }) }
                var all = places
                for _ in 0..<(maximum.map { $0 - minimum } ?? text.count + 1) {
                    places = Set(places.flatMap { ends(part, text, $0) })
                    all.formUnion(places)
                }
                return all
            }
        }

        func matches(_ text: [String]) -> Bool { ends(rules[0], text, 0).contains(text.count) }

        /// All texts of a part of a finite grammar; nil where they are many.
        func texts(_ part: Part) -> Set<String>? {
            var result: Set<String>
            switch part {
            case .text(let text): return [text]
            case .oneOf(let letters, _): return Set(letters)
            case .rule(let index): return texts(rules[index])
            case .sequence(let parts):
                result = [""]
                for part in parts {
                    guard let next = texts(part), next.count * result.count < 3000 else {
                        return nil
                    }
                    result = Set(result.flatMap { start in next.map { start + $0 } })
                }
            case .choice(let parts):
                result = []
                for part in parts {
                    guard let next = texts(part) else { return nil }
                    result.formUnion(next)
                }
            case .repetition(let part, let minimum, let maximum):
                result = []
                for count in minimum...(maximum ?? minimum) {
                    let row = Part.sequence([Part](repeating: part, count: count))
                    guard let next = texts(row) else { return nil }
                    result.formUnion(next)
                }
            }
            return result.count < 3000 ? result : nil
        }
    }

    @Test("On random grammars the same texts match as by trying everything")
    func acceptance() throws {
        var random = RandomSource(seed: 5)
        var texts: [[String]] = [[]]
        for length in 0..<4 {
            for text in texts where text.count == length {
                texts += PlainGrammar.alphabet.map { text + [$0] }
            }
        }
        var (matched, unmatched, used) = (0, 0, 0)
        for _ in 0..<300 {
            let plain = PlainGrammar(&random, isFinite: false)
            let start: GrammarState
            do {
                start = try GrammarState(TextGrammar(plain.text))
            } catch GrammarError.leftRecursion {
                continue
            } catch GrammarError.matchesNothing {
                for text in texts { #expect(!plain.matches(text), "\(plain.text)") }
                continue
            }
            used += 1
            for text in texts {
                var state = start
                for byte in text.joined().utf8 { try state.advance(by: byte) }
                let expected = plain.matches(text)
                #expect(state.canEnd == expected, "\(text.joined()) of \(plain.text)")
                if expected { matched += 1 } else { unmatched += 1 }
            }
        }
        #expect(used > 150 && matched > 200 && unmatched > 1000)
    }

    @Test(
        "A beginning is alive, and a byte accepted, exactly where some text of the grammar goes on so"
    )
    func viability() throws {
        var random = RandomSource(seed: 6)
        var used = 0
        for _ in 0..<200 {
            let plain = PlainGrammar(&random, isFinite: true)
            guard let texts = plain.texts(plain.rules[0]) else { continue }
            used += 1
            let language = Set(texts.map { Array($0.utf8) })
            var prefixes: Set<[UInt8]> = []
            for text in language {
                for end in 0...text.count { prefixes.insert(Array(text[..<end])) }
            }
            var states: [[UInt8]: GrammarState] = [:]
            for prefix in prefixes.sorted(by: { $0.count < $1.count }).prefix(300) {
                var state: GrammarState
                if let last = prefix.last, let before = states[Array(prefix.dropLast())] {
                    state = before
                    try state.advance(by: last)
                } else {
                    state = try GrammarState(TextGrammar(plain.text))
                }
                states[prefix] = state
                #expect(!state.isDead && state.canEnd == language.contains(prefix))
                for byte in Set<UInt8>([0x61, 0x62, 0xC3, 0xA9, 0x00, 0xFF]) {
                    let isAlive = prefixes.contains(prefix + [byte])
                    #expect(state.accepts(byte) == isAlive, "\(prefix) \(byte): \(plain.text)")
                    var next = state
                    try next.advance(by: byte)
                    #expect(next.isDead == !isAlive)
                }
            }
        }
        #expect(used > 100)
    }

    @Test("Any character matches all scalars in UTF-8 and no other bytes")
    func everyScalar() throws {
        let start = try GrammarState(TextGrammar("root ::= ."))
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var state = start
            for byte in String(scalar).utf8 {
                #expect(!state.canEnd)
                try state.advance(by: byte)
            }
            #expect(state.canEnd && state.isComplete, "\(value)")
        }
        let broken: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5], [0xC3, 0x61],
        ]
        for bytes in broken {
            var state = start
            for byte in bytes { try state.advance(by: byte) }
            #expect(state.isDead, "\(bytes)")
        }
    }

    @Test("States are values: equal where the same may follow")
    func values() throws {
        let grammar = try TextGrammar("root ::= [a-z]* \".\"")
        let start = try GrammarState(grammar)
        var other = start
        try other.advance(by: 0x61)
        let before = other
        try other.advance(by: 0x62)
        #expect(before == other)
        try other.advance(by: 0x2E)
        #expect(before != other && other.isComplete && !before.canEnd)
    }

    @Test("Too many readings, and rules too deep, are errors")
    func limits() throws {
        func error(_ grammar: String, _ text: String) -> ConstraintError? {
            do {
                var state = try GrammarState(TextGrammar(grammar))
                for byte in text.utf8 { try state.advance(by: byte) }
                return nil
            } catch {
                return error as? ConstraintError
            }
        }
        let many = "root ::= \"a\" root p | \"a\" root q | \"\"\np ::= \"p\"\nq ::= \"q\""
        #expect(error(many, "aaaaaaaaaaaaaaaa") == .tooManyReadings(limit: 1024))
        let deep = "root ::= \"(\" root \")\" | \"\""
        let open = String(repeating: "(", count: 900)
        #expect(error(deep, open + String(repeating: ")", count: 900)) == nil)
        #expect(error(deep, open + open) == .tooDeep(limit: 1024))
    }
}
