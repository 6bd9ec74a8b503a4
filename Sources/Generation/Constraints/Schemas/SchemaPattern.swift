internal import AttendText

/// The plain regular expressions of `pattern`: what a grammar can match exactly.
///
/// Characters and their escapes, classes `[a-z]` and `[^a-z]`, `.`, `\d \D \w \W \s \S`, groups `( )` and `(?: )`, `|`, and
/// `* + ? {m} {m,} {m,n}`. `^` may stand first and `$` last, outside of alternatives; where they do not, any text may come
/// before or after, as the standard has it. Everything else is named and refused.
///
/// - Source: ECMA-262, Regular Expression Patterns, with the flag u.
struct SchemaPattern {
    /// What is not followed.
    struct Fault: Error {
        let message: String
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private static let digits = ScalarSet([0x30...0x39])
    private static let wordCharacters = ScalarSet([
        0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
    ])
    private static let spaces = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
        0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    private static let lineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])

    /// What strings that match stand for, as they are written between quotation marks.
    mutating func expression() throws(Fault) -> GrammarExpression {
        let any = GrammarExpression.repetition(
            JSONText.character(of: .all), minimum: 0, maximum: nil)
        let beginsText = skip("^")
        let body = try choice(depth: 0)
        let endsText = skip("$")
        guard index == scalars.count else {
            throw fault("$ or ) elsewhere than at the end of the text or a group,")
        }
        if beginsText || endsText, case .choice = body {
            throw Fault(
                message: "^ or $ beside an alternative; put the alternatives into ( )")
        }
        return .sequence((beginsText ? [] : [any]) + [body] + (endsText ? [] : [any]))
    }

    private mutating func choice(depth: Int) throws(Fault) -> GrammarExpression {
        var alternatives = [try sequence(depth: depth)]
        while skip("|") { alternatives.append(try sequence(depth: depth)) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence(depth: Int) throws(Fault) -> GrammarExpression {
        var parts: [GrammarExpression] = []
        while index < scalars.count, scalars[index] != "|", scalars[index] != "$",
            scalars[index] != ")"
        {
            let part = try self.part(depth: depth)
            guard let (minimum, maximum) = try bounds() else {
                parts.append(part)
                continue
            }
            if index < scalars.count, "?*+{".unicodeScalars.contains(scalars[index]) {
                throw fault("a repetition that is lazy or stands after another,")
            }
            parts.append(.repetition(part, minimum: minimum, maximum: maximum))
        }
        return .sequence(parts)
    }

    private mutating func part(depth: Int) throws(Fault) -> GrammarExpression {
        let scalar = scalars[index]
        switch scalar {
        case "(":
            guard depth < TextGrammar.deepestGroups else { throw fault("groups too deep") }
            index += 1
            if skip("?"), !skip(":") { throw fault("a group that looks around or has a name,") }
            let group = try choice(depth: depth + 1)
            guard skip(")") else { throw fault("a group that is not closed") }
            // Alternatives within a group are not those of the whole.
            return .sequence([group])
        case "[": return JSONText.character(of: try characterClass())
        case ".":
            index += 1
            return JSONText.character(of: Self.lineEnds.complement)
        case "\\": return JSONText.character(of: try escape())
        case "^": throw fault("^ elsewhere than at the beginning,")
        case "*", "+", "?", "{", "}", "]":
            throw fault("\(String(scalar).quoted) without a backslash")
        default:
            index += 1
            return JSONText.character(of: ScalarSet([scalar]))
        }
    }

    private mutating func bounds() throws(Fault) -> (Int, Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        guard skip("{") else { return nil }
        let minimum = try count()
        var maximum: Int? = minimum
        if skip(",") {
            maximum = index < scalars.count && scalars[index] == "}" ? nil : try count()
        }
        guard skip("}"), maximum ?? minimum >= minimum else {
            throw fault("a repetition without {m}, {m,} or {m,n}")
        }
        return (minimum, maximum)
    }

    private mutating func count() throws(Fault) -> Int {
        var value: Int?
        while index < scalars.count, ("0"..."9").contains(scalars[index]) {
            value = (value ?? 0) * 10 + Int(scalars[index].value - 0x30)
            guard value ?? 0 <= TextGrammar.mostRepetitions else {
                throw fault("more than \(TextGrammar.mostRepetitions) repetitions")
            }
            index += 1
        }
        guard let value else { throw fault("a repetition without a number") }
        return value
    }

    private mutating func characterClass() throws(Fault) -> ScalarSet {
        index += 1
        let isNegated = skip("^")
        var set = ScalarSet([ClosedRange<UInt32>]())
        var ranges: [ClosedRange<UInt32>] = []
        while index < scalars.count, scalars[index] != "]" {
            let low = try classMember()
            guard index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" else {
                ranges += low.ranges
                continue
            }
            index += 1
            let high = try classMember()
            guard let first = low.only, let last = high.only, first <= last else {
                throw fault("a range of a class without an order")
            }
            ranges.append(first...last)
        }
        guard skip("]") else { throw fault("a class that is not closed") }
        set = ScalarSet(ranges)
        return isNegated ? set.complement : set
    }

    private mutating func classMember() throws(Fault) -> ScalarSet {
        if scalars[index] == "\\" { return try escape(isInClass: true) }
        if scalars[index] == "[" { throw fault("[ within a class") }
        index += 1
        return ScalarSet([scalars[index - 1]])
    }

    private mutating func escape(isInClass: Bool = false) throws(Fault) -> ScalarSet {
        index += 1
        guard index < scalars.count else { throw fault("a backslash at its end") }
        let letter = scalars[index]
        index += 1
        switch letter {
        case "d": return Self.digits
        case "D": return Self.digits.complement
        case "w": return Self.wordCharacters
        case "W": return Self.wordCharacters.complement
        case "s": return Self.spaces
        case "S": return Self.spaces.complement
        case "n": return ScalarSet(["\n"])
        case "r": return ScalarSet(["\r"])
        case "t": return ScalarSet(["\t"])
        case "f": return ScalarSet(["\u{C}"])
        case "v": return ScalarSet(["\u{B}"])
        case "-" where isInClass: return ScalarSet([letter])
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/":
            return ScalarSet([letter])
        case "u":
            let digits = String(String.UnicodeScalarView(scalars[index...].prefix(4)))
            guard digits.count == 4, digits.allSatisfy(\.isHexDigit),
                let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
            else { throw fault("\\u without four hexadecimal digits of a character") }
            index += 4
            return ScalarSet([scalar])
        default:
            index -= 1
            throw fault("the escape \(("\\" + String(letter)).quoted), which is not followed,")
        }
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }

    private func fault(_ what: String) -> Fault {
        let rest = String(
            String.UnicodeScalarView(scalars[min(index, scalars.count)...].prefix(12)))
        return Fault(
            message: what + (rest.isEmpty ? " at its end" : " before \(rest.quoted)"))
    }
}

extension ScalarSet {
    /// The scalar of a set of one.
    fileprivate var only: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
