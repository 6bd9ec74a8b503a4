internal import AttendText

/// Reads the text of a grammar, whose dialect ``TextGrammar`` describes.
struct GrammarReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    /// The line and the place of its first scalar, kept up to date by ``advance()``.
    private var line = 1
    private var lineStart = 0
    /// Every use of a rule, in order.
    private var uses: [(name: String, place: GrammarPlace)] = []

    init(_ bytes: [UInt8]) throws(GrammarError) {
        guard bytes.count <= TextGrammar.largestGrammar else {
            throw .tooLarge(nil, what: "bytes", limit: TextGrammar.largestGrammar)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notUTF8(offset: UTF8Validation.firstInvalidOffset(in: bytes) ?? 0)
        }
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" {
            index = 1
            lineStart = 1
        }
    }

    /// All rules.
    mutating func rules() throws(GrammarError) -> [GrammarRule] {
        var rules: [GrammarRule] = []
        var places: [String: GrammarPlace] = [:]
        skipSpace()
        while index < scalars.count {
            let place = place
            guard let name = name() else { throw unexpected("a rule such as root ::= \"text\"") }
            skipSpace()
            guard skipDefinition() else { throw unexpected("::= after the name of a rule") }
            if let first = places.updateValue(place, forKey: name) {
                throw .repeatedRule(place, name: name, first: first)
            }
            let expression = try choice(depth: 0)
            rules.append(GrammarRule(name: name, expression: expression, place: place))
        }
        for use in uses where places[use.name] == nil {
            throw .undefinedRule(
                use.place, name: use.name,
                nearest: nearestName(to: use.name, in: rules.prefix(1000).map(\.name)))
        }
        return rules
    }

    private mutating func choice(depth: Int) throws(GrammarError) -> GrammarExpression {
        var alternatives = [try sequence(depth: depth)]
        while skip("|") { alternatives.append(try sequence(depth: depth)) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence(depth: Int) throws(GrammarError) -> GrammarExpression {
        var parts: [GrammarExpression] = []
        skipSpace()
        while let part = try part(depth: depth) {
            parts.append(try repeated(part))
            skipSpace()
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// What one suffix applies to; nil at the end of a sequence.
    private mutating func part(depth: Int) throws(GrammarError) -> GrammarExpression? {
        guard index < scalars.count else { return nil }
        switch scalars[index] {
        case "|": return nil
        case ")" where depth > 0: return nil
        case "\"": return try literal()
        case "[": return try characterClass()
        case ".":
            advance()
            return .characters(.all)
        case "(":
            guard depth < TextGrammar.deepestGroups else {
                throw .tooLarge(
                    place, what: "groups within one another", limit: TextGrammar.deepestGroups)
            }
            let start = place
            advance()
            let group = try choice(depth: depth + 1)
            guard skip(")") else { throw unexpected(") for the ( at \(start)") }
            return group
        default:
            let start = (index, line, lineStart)
            let place = place
            guard let name = name() else {
                throw unexpected("a text, a class, a group or the name of a rule")
            }
            let end = (index, line, lineStart)
            skipSpace()
            // The name of the next rule, and not one of this rule's parts.
            if depth == 0, skipDefinition() {
                (index, line, lineStart) = start
                return nil
            }
            (index, line, lineStart) = end
            uses.append((name, place))
            return .rule(name)
        }
    }

    private mutating func repeated(_ part: GrammarExpression) throws(GrammarError)
        -> GrammarExpression
    {
        skipSpace()
        let start = place
        guard let bounds = try repetitionBounds() else { return part }
        let again = place
        if try repetitionBounds() != nil {
            throw .unexpected(
                again, found: "a second repetition", expected: "one; put what it repeats into ( )")
        }
        if let maximum = bounds.maximum, maximum < bounds.minimum {
            throw .unexpected(
                start, found: "a repetition from \(bounds.minimum) to \(maximum)",
                expected: "the smaller number first")
        }
        return .repetition(part, minimum: bounds.minimum, maximum: bounds.maximum)
    }

    private mutating func repetitionBounds() throws(GrammarError) -> (minimum: Int, maximum: Int?)?
    {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        guard skip("{") else { return nil }
        skipSpace()
        let minimum = try count()
        var maximum: Int? = minimum
        skipSpace()
        if skip(",") {
            skipSpace()
            maximum = index < scalars.count && scalars[index] == "}" ? nil : try count()
            skipSpace()
        }
        guard skip("}") else { throw unexpected("} after the numbers of a repetition") }
        return (minimum, maximum)
    }

    private mutating func count() throws(GrammarError) -> Int {
        let start = place
        var value: Int?
        while index < scalars.count, let digit = Self.digit(scalars[index]), digit < 10 {
            value = (value ?? 0) * 10 + Int(digit)
            guard value ?? 0 <= TextGrammar.mostRepetitions else {
                throw .tooLarge(start, what: "repetitions", limit: TextGrammar.mostRepetitions)
            }
            advance()
        }
        guard let value else { throw unexpected("a whole number") }
        return value
    }

    private mutating func literal() throws(GrammarError) -> GrammarExpression {
        let start = place
        advance()
        var text = String.UnicodeScalarView()
        while index < scalars.count, scalars[index] != "\"" {
            text.append(try character(in: "a text"))
        }
        guard skip("\"") else { throw unexpected("\" for the text that begins at \(start)") }
        return .text(Array(String(text).utf8))
    }

    private mutating func characterClass() throws(GrammarError) -> GrammarExpression {
        let start = place
        advance()
        let isNegated = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        while index < scalars.count, scalars[index] != "]" {
            let place = place
            let low = try character(in: "a class")
            var high = low
            if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                advance()
                high = try character(in: "a class")
            }
            guard low <= high else {
                throw .unexpected(
                    place, found: "a range from \(String(low).quoted) to \(String(high).quoted)",
                    expected: "the smaller code point first")
            }
            ranges.append(low.value...high.value)
        }
        guard skip("]") else { throw unexpected("] for the class that begins at \(start)") }
        let set = ScalarSet(ranges)
        let members = isNegated ? set.complement : set
        guard !ranges.isEmpty, !members.isEmpty else {
            throw .unexpected(
                start, found: "a class of no characters", expected: "at least one, or . for any")
        }
        return .characters(members)
    }

    /// One character of a text or class, perhaps written by an escape.
    private mutating func character(in construct: String) throws(GrammarError) -> Unicode.Scalar {
        let scalar = scalars[index]
        if scalar == "\n" || scalar == "\r" {
            throw unexpected("the end of \(construct) on the line where it begins")
        }
        guard scalar == "\\" else {
            advance()
            return scalar
        }
        let start = place
        advance()
        guard index < scalars.count else { throw unexpected("an escape such as \\n") }
        let letter = scalars[index]
        let digits: Int
        switch letter {
        case "n", "r", "t":
            advance()
            return letter == "n" ? "\n" : letter == "r" ? "\r" : "\t"
        case "\\", "\"", "[", "]", "-", "^":
            advance()
            return letter
        case "x": digits = 2
        case "u": digits = 4
        case "U": digits = 8
        default:
            throw unexpected("one of the escapes \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\x \\u \\U")
        }
        advance()
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard index < scalars.count, let digit = Self.digit(scalars[index]) else {
                throw unexpected("\(digits) hexadecimal digits after \\\(letter)")
            }
            value = value << 4 | digit
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw .unexpected(
                start, found: "the escape of \(String(value, radix: 16, uppercase: true))",
                expected: "a code point up to 10FFFF that is no half of a surrogate pair")
        }
        return scalar
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }

    private mutating func name() -> String? {
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        guard index < scalars.count, isLetter(scalars[index]) else { return nil }
        var name = String.UnicodeScalarView()
        while index < scalars.count {
            let scalar = scalars[index]
            guard isLetter(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
            else { break }
            name.append(scalar)
            advance()
        }
        return String(name)
    }

    private mutating func skipSpace() {
        while index < scalars.count {
            switch scalars[index] {
            case " ", "\t", "\n", "\r": advance()
            case "#": while index < scalars.count, scalars[index] != "\n" { advance() }
            default: return
            }
        }
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        advance()
        return true
    }

    private mutating func skipDefinition() -> Bool {
        guard index + 3 <= scalars.count, scalars[index] == ":", scalars[index + 1] == ":",
            scalars[index + 2] == "="
        else { return false }
        index += 3
        return true
    }

    private mutating func advance() {
        index += 1
        if scalars[index - 1] == "\n" {
            line += 1
            lineStart = index
        }
    }

    private var place: GrammarPlace { GrammarPlace(line: line, column: index - lineStart + 1) }

    private func unexpected(_ expected: String) -> GrammarError {
        let found =
            index < scalars.count
            ? String(String.UnicodeScalarView(scalars[index...].prefix(12))).quoted : "its end"
        return .unexpected(place, found: found, expected: expected)
    }
}
