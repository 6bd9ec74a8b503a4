/// What can be wrong with the data that a model is to learn from, or be measured on.
public enum DataError: Error, Hashable, Sendable {
    /// Nothing is at this path.
    case missing(path: String)
    /// The path leads to a directory.
    case directory(path: String)
    /// The system refused to read it, for this reason.
    case unreadable(path: String, reason: String)
    /// The file has no content, or nothing but a byte order mark.
    case empty(path: String)
    /// A NUL byte, which text does not hold, is at this offset.
    case binary(path: String, offset: Int)
    /// The file starts with the byte order mark of UTF-16 or UTF-32.
    case wideEncoding(path: String)
    /// The bytes from this offset, on this line (from 1), are not UTF-8.
    case notUTF8(path: String, offset: Int, line: Int)
    /// The file has more bytes than are read at once.
    case tooLarge(path: String, limit: Int)
    /// A character of the named source cannot be encoded.
    case encoding(source: String, TokenizerError)
    /// The named data has too few tokens for one window of `context` tokens and the token after it.
    case tooShort(source: String, tokens: Int, needed: Int, context: Int)
    /// A number is outside what is accepted.
    case outOfRange(name: String, value: String, accepted: String)
    /// A label of the named source is not among those that a model learnt.
    case unknownLabel(String, source: String, known: [String])
    /// A line of the named source has more tokens, its end included, than a model reads at once.
    case lineTooLong(source: String, line: Int, tokens: Int, limit: Int)
    /// Neither a built-in data set nor a file has this name.
    case unknownName(String, suggestion: String?, known: [String])
    /// Two files whose lines belong together have different numbers of lines.
    case lineCounts(source: String, lines: Int, target: String, targetLines: Int)
    /// A line, from 1, has this number of tabs instead of one.
    case tabs(path: String, line: Int, count: Int)
    /// A line, from 1, has nothing on one side of its pair; `other` is the file of the other side.
    case emptySide(path: String, line: Int, other: String)
    /// A directory has files for these languages, of which no two can be chosen.
    case languages(directory: String, found: [String])
    /// A directory has no files for a language.
    case unknownLanguage(String, directory: String, suggestion: String?, known: [String])
    /// The named data has no examples.
    case noExamples(source: String)
    /// The named data is one whole, where documents are needed.
    case noDocuments(source: String)
    /// All examples of the named data are longer than the model's length.
    case allTooLong(source: String, count: Int, limit: Int)
    /// A file has fewer different examples than its parts need.
    case tooFewExamples(path: String, count: Int, needed: Int)
    /// A file of labelled texts has only this label.
    case oneLabel(path: String, label: String)
}

extension DataError: CustomStringConvertible {
    /// One sentence: which file or field, what was found, and what would do.
    public var description: String {
        switch self {
        case .missing(let path):
            return "There is no file at \"\(path)\"; give the path of a UTF-8 text file."
        case .directory(let path):
            return "\"\(path)\" is a directory; give the path of a UTF-8 text file."
        case .unreadable(let path, let reason):
            return
                "The file \"\(path)\" cannot be read (\(reason)); give the path of a text file that "
                + "you may read."
        case .empty(let path):
            return "The file \"\(path)\" is empty; give a text file with something to learn from."
        case .binary(let path, let offset):
            return
                "The file \"\(path)\" is not text: byte \(offset) is NUL; give a UTF-8 text file."
        case .wideEncoding(let path):
            return
                "The file \"\(path)\" is in UTF-16 or UTF-32, as its byte order mark says; save it as "
                + "UTF-8."
        case .notUTF8(let path, let offset, let line):
            return
                "The file \"\(path)\" is not UTF-8: byte \(offset), on line \(line), begins no valid "
                + "character; save it as UTF-8."
        case .tooLarge(let path, let limit):
            return
                "The file \"\(path)\" has more than \(limit) bytes, the most that is read at once; "
                + "give a part of it."
        case .encoding(let source, let error):
            return "\(source): \(error)"
        case .tooShort(let source, let tokens, let needed, let context):
            return "\(source) has \(tokens) \(tokens == 1 ? "token" : "tokens"), but a context of "
                + "\(context) needs at least \(needed); give more text or a shorter context."
        case .unknownLabel(let label, let source, let known):
            return
                "\"\(source)\" has the label \"\(label)\", which the model did not learn; its labels are "
                + known.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ") + "."
        case .lineTooLong(let source, let line, let tokens, let limit):
            return
                "\(source): line \(line) has \(tokens) tokens with its end, but the model reads at most "
                + "\(limit) at once; divide the line."
        case .outOfRange(let name, let value, let accepted):
            return "The \(name) is \(value); expected \(accepted)."
        case .unknownName(let name, let suggestion, let known):
            let mend =
                suggestion.map { "did you mean \"\($0)\"?" }
                ?? "expected a text file or one of: \(known.joined(separator: ", "))."
            return "\"\(name)\" is neither a file nor a built-in data set; \(mend)"
        default:
            return exampleDescription
        }
    }
}
