/// How much room text takes on a terminal.
enum TextColumns {
    /// The columns of a text without control sequences: two for wide characters, none for marks that join others.
    static func count(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    /// The longest beginning of a text that takes no more columns.
    static func prefix(_ text: some StringProtocol, columns limit: Int) -> String {
        var result = String.UnicodeScalarView()
        var used = 0
        for scalar in text.unicodeScalars {
            used += columns(of: scalar)
            if used > limit { break }
            result.append(scalar)
        }
        return String(result)
    }

    /// The text in lines of at most so many columns, and at most so many lines; an ellipsis stands for the rest.
    static func wrapped(
        _ text: String, columns: Int, lines limit: Int, ellipsis: String = "…"
    ) -> [String] {
        guard columns > 0, limit > 0 else { return [] }
        var lines: [String] = []
        var rest = text[...]
        while !rest.isEmpty, lines.count < limit {
            var line = prefix(rest, columns: columns)
            // A character wider than the line would never come to its end.
            if line.isEmpty { return lines }
            rest = rest.dropFirst(line.count)
            if !rest.isEmpty, lines.count == limit - 1 {
                line =
                    prefix(line, columns: max(columns - ellipsis.count, 0))
                    + ellipsis.prefix(columns)
            }
            lines.append(line)
        }
        return lines
    }

    /// Ranges after Unicode's East Asian Width, as far as terminals agree on them.
    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
