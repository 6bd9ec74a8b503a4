/// What can be wrong with a text to encode, or with a stored tokenizer.
public enum TokenizerError: Error, Hashable, Sendable {
    /// The text holds a character that the vocabulary lacks; lines count from 1.
    case unknownCharacter(Unicode.Scalar, line: Int, vocabularySize: Int)

    /// A stored tokenizer is not what it should be; the text is one sentence that says what is wrong.
    case invalid(String)

    /// The task that encoded a text was cancelled.
    case cancelled
}

extension TokenizerError: CustomStringConvertible {
    /// One sentence: where, what was found, and what would do.
    public var description: String {
        switch self {
        case .unknownCharacter(let scalar, let line, let size):
            let characters = size == 1 ? "one character" : "\(size) characters"
            return "Line \(line) holds the character \(describe(scalar)), which is not among the "
                + "\(characters) this tokenizer knows; remove it, or train on text that contains it."
        case .invalid(let sentence):
            return sentence
        case .cancelled:
            return "The text was not encoded to its end, because the task was cancelled."
        }
    }
}

/// A scalar for a message: as it looks where it can be seen, then its code point and its name.
func describe(_ scalar: Unicode.Scalar) -> String {
    let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
    let padding = String(repeating: "0", count: max(0, 4 - hexadecimal.count))
    let properties = scalar.properties
    let name = (properties.name ?? properties.nameAlias).map { " \($0)" } ?? ""
    let code = "U+\(padding)\(hexadecimal)\(name)"
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate,
        .unassigned, .privateUse, .nonspacingMark, .enclosingMark:
        return code
    default:
        return "\"\(scalar)\" (\(code))"
    }
}
