extension String {
    /// The text in quotation marks, cut to a length that fits a sentence and without control
    /// characters.
    package var quoted: String { "“\(legible(upTo: 60))”" }

    /// The text without control characters, for a message on a terminal.
    package var legible: String { legible(upTo: 1000) }

    private func legible(upTo limit: Int) -> String {
        var result = ""
        var count = 0
        for scalar in unicodeScalars {
            if count == limit { return result + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
            count += 1
        }
        return result
    }
}
