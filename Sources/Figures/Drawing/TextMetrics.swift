/// Estimates of how wide a text will be, since SVG text is laid out only by its reader.
package enum TextMetrics {
    /// The estimated width in units of a text in a common sans-serif face.
    package static func width(_ text: String, size: Double) -> Double {
        var total = 0.0
        for scalar in text.unicodeScalars { total += relativeWidth(scalar) }
        return total * size
    }

    /// The text, shortened with an ellipsis where it is wider than `limit` units.
    package static func fitted(_ text: String, size: Double, limit: Double) -> String {
        // No label needs more characters than this; it bounds the work on hostile input.
        let text = String(text.prefix(400)).split(whereSeparator: \.isNewline)
            .joined(separator: " ")
        guard width(text, size: size) > limit else { return text }
        var kept = ""
        var used = relativeWidth("…") * size
        for character in text {
            used += width(String(character), size: size)
            if used > limit { break }
            kept.append(character)
        }
        while kept.last?.isWhitespace == true { kept.removeLast() }
        return kept + "…"
    }

    private static func relativeWidth(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", "'", ".", ",", ":", ";", "!", "|": 0.28
        case "f", "t", "r", " ", "(", ")", "[", "]", "-", "/": 0.36
        case "m", "w", "M", "W", "@", "%", "…": 0.88
        case "A"..."Z", "+", "=", "<", ">", "~", "&": 0.72
        case "\u{0300}"..."\u{036F}": 0
        case "\u{1100}"..."\u{11FF}", "\u{2E80}"..."\u{FFEF}", "\u{1F000}"...: 1.05
        default: 0.6
        }
    }
}
