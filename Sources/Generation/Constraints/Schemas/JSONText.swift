internal import AttendText

/// How JSON values are written in what a schema generates.
///
/// Compact, but for one space that may stand after each comma and colon, as models are used to write it. Strings hold every
/// character as it is, but for those that JSON must escape; these have their short escapes, or `\u00` and two lowercase digits.
enum JSONText {
    /// A comma between elements.
    static let comma = GrammarExpression.sequence([.text(","), .optional(.text(" "))])
    /// What stands between a name and its value.
    static let colon = GrammarExpression.sequence([.text(":"), .optional(.text(" "))])

    private static let quote = GrammarExpression.text("\"")
    private static let escaped = ScalarSet([0...0x1F, 0x22...0x22, 0x5C...0x5C])
    private static let shortEscapes: [UInt32: String] = [
        0x22: "\\\"", 0x5C: "\\\\", 0x08: "\\b", 0x0C: "\\f", 0x0A: "\\n", 0x0D: "\\r",
        0x09: "\\t",
    ]

    /// The characters that need no escape.
    static let plainCharacters = escaped.complement

    /// A string of what stands between its quotation marks.
    static func quoted(_ content: GrammarExpression) -> GrammarExpression {
        .sequence([quote, content, quote])
    }

    /// One character of a set, as it is written within a string.
    static func character(of set: ScalarSet) -> GrammarExpression {
        let plain = set.subtracting(escaped)
        let escapes = escaped.ranges.joined().compactMap(Unicode.Scalar.init).filter(set.contains)
        let written = escapes.map { GrammarExpression.text(escape($0)) }
        return .choice((plain.isEmpty ? [] : [.characters(plain)]) + written)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        if let short = shortEscapes[scalar.value] { return short }
        guard scalar.value < 0x20 else { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        return "\\u00" + (digits.count == 1 ? "0" : "") + digits
    }

    /// A string as it is written, with its quotation marks.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars { result += escape(scalar) }
        return result + "\""
    }

    /// Whether a string is written without escapes.
    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains(where: escaped.contains)
    }

    /// A value, numbers as the schema writes them.
    static func literal(_ value: JSONValue) -> GrammarExpression {
        switch value {
        case .null: return .text("null")
        case .bool(let value): return .text(value ? "true" : "false")
        case .number(let text): return .text(text)
        case .string(let text): return .text(string(text))
        case .array(let elements):
            return .sequence(list("[", elements.map(literal), "]"))
        case .object(let object):
            let members = zip(object.members.names, object.members.values).map { name, value in
                GrammarExpression.sequence([.text(string(name)), colon, literal(value)])
            }
            return .sequence(list("{", members, "}"))
        }
    }

    private static func list(
        _ opening: String, _ elements: [GrammarExpression], _ closing: String
    ) -> [GrammarExpression] {
        var parts = [GrammarExpression.text(opening)]
        for (index, element) in elements.enumerated() {
            if index > 0 { parts.append(comma) }
            parts.append(element)
        }
        return parts + [.text(closing)]
    }
}
