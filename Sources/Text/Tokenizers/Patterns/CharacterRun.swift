/// A pattern that matches a run of characters of one kind, such as ` {2,}`, `\s+` or `[\r\n]`.
///
/// Files write it as a regular expression. Only this form is read, so that no text can make matching
/// slow; any other expression is an error that names it.
struct CharacterRun: Hashable, Sendable {
    /// How the file writes it.
    let expression: String

    /// Characters that match.
    private var scalars: Set<Unicode.Scalar> = []

    /// Whether white space, or numerals, match, too.
    private var (matchesSpace, matchesDigits) = (false, false)

    /// The fewest characters of a run.
    private(set) var minimum = 1

    /// The most characters of one match; nil for no limit.
    private(set) var maximum: Int? = 1

    /// Reads an expression; nil where it has another form.
    init?(expression: String) {
        self.expression = expression
        var rest = Array(expression.unicodeScalars)[...]
        guard readCharacters(&rest), readCount(&rest), rest.isEmpty else { return nil }
    }

    /// Whether a character belongs to the run.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        scalars.contains(scalar) || matchesSpace && scalar.properties.isWhitespace
            || matchesDigits && ScalarClasses.of(scalar.value).contains(.decimal)
    }

    private mutating func readCharacters(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard rest.first == "[" else { return readCharacter(&rest, outside: true) }
        rest.removeFirst()
        guard rest.first != "^", rest.first != "]" else { return false }
        while rest.first != "]" {
            guard readCharacter(&rest, outside: false) else { return false }
        }
        rest.removeFirst()
        return true
    }

    /// Reads one character or escape, which within brackets may be nearly any.
    private mutating func readCharacter(
        _ rest: inout ArraySlice<Unicode.Scalar>, outside: Bool
    ) -> Bool {
        guard let scalar = rest.popFirst() else { return false }
        if scalar == "\\" { return readEscape(&rest) }
        let special = outside ? ".^$*+?()[]{}|" : "[]-&^"
        guard !special.unicodeScalars.contains(scalar) else { return false }
        scalars.insert(scalar)
        return true
    }

    private mutating func readEscape(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard let letter = rest.popFirst() else { return false }
        switch letter {
        case "s": matchesSpace = true
        case "d": matchesDigits = true
        case "n": scalars.insert("\n")
        case "r": scalars.insert("\r")
        case "t": scalars.insert("\t")
        case "0"..."9", "a"..."z", "A"..."Z": return false
        default: scalars.insert(letter)
        }
        return true
    }

    private mutating func readCount(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        switch rest.first {
        case nil: return true
        case "+":
            rest.removeFirst()
            maximum = nil
            return true
        case "{":
            guard rest.last == "}" else { return false }
            let text = String(String.UnicodeScalarView(rest.dropFirst().dropLast()))
            rest = []
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            guard text.unicodeScalars.allSatisfy({ $0 == "," || ("0"..."9").contains($0) }),
                parts.count <= 2, let least = parts.first.flatMap({ Int($0) }), least > 0
            else {
                return false
            }
            minimum = least
            maximum = parts.count == 1 ? least : Int(parts[1])
            return parts.count == 1 || parts[1].isEmpty || (maximum ?? 0) >= least
        default: return false
        }
    }

    /// Where the pattern matches, from left to right.
    func ranges(in text: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var count = 0
        var place = 0
        func close() {
            if count >= minimum { ranges.append(start..<place) }
            count = 0
        }
        while place < text.count {
            let (scalar, length) = UTF8Scalars.scalar(at: place, of: text)
            if contains(scalar) {
                if count == 0 { start = place }
                count += 1
                place += length
                if count == maximum { close() }
            } else {
                close()
                place += length
            }
        }
        close()
        return ranges
    }
}
