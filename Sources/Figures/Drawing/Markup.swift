/// Text made safe to stand inside XML and HTML.
package enum Markup {
    /// The text with `& < > " '` as entities and control characters made visible.
    ///
    /// Line breaks and tabs stay. What comes out is inert in element content and in quoted
    /// attributes, and holds no character that XML 1.0 forbids.
    package static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(visible(scalar))
            }
        }
        return result
    }

    /// The text with control characters replaced by visible signs, for terminals and plain files.
    ///
    /// A model of bytes can emit an escape character; shown raw, it would steer the terminal.
    package static func controlsMadeVisible(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(visible(scalar))
        }
        return String(result)
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0A: scalar
        // Unicode has a picture of every control character of ASCII at a fixed distance.
        case 0x00..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0: "\u{FFFD}"
        case 0xFFFE, 0xFFFF: "\u{FFFD}"
        default: scalar
        }
    }
}
