extension DataError {
    /// The sentence for what can be wrong with pairs of sentences and with labelled texts.
    var exampleDescription: String {
        switch self {
        case .lineCounts(let source, let lines, let target, let targetLines):
            return "The file \"\(source)\" has \(lines) \(lines == 1 ? "line" : "lines"), but "
                + "\"\(target)\" has \(targetLines); each line of one must be the translation of the same "
                + "line of the other."
        case .tabs(let path, let line, let count):
            return "Line \(line) of the file \"\(path)\" has \(count == 0 ? "no" : "\(count)") "
                + "\(count == 1 ? "tab" : "tabs"); expected exactly one, between its two columns."
        case .emptySide(let path, let line, let other):
            return path == other
                ? "Line \(line) of the file \"\(path)\" has nothing on one side of its tab; fill in both "
                    + "columns, or remove the line."
                : "Line \(line) of the file \"\(path)\" is empty; remove it there and in \"\(other)\", or "
                    + "fill in both."
        case .languages(let directory, let found):
            let names = found.map { "train.\($0)" }.joined(separator: ", ")
            return found.count > 2
                ? "The directory \"\(directory)\" has \(names); name the source and the target language."
                : "The directory \"\(directory)\" has \(found.isEmpty ? "no file train.LANGUAGE" : "only \(names)"); "
                    + "expected two such as train.de and train.en."
        case .unknownLanguage(let name, let directory, let suggestion, let known):
            let mend =
                suggestion.map { "did you mean \"\($0)\"?" }
                ?? "expected two different ones of: \(known.joined(separator: ", "))."
            return "The directory \"\(directory)\" has no other file train.\(name); \(mend)"
        case .noExamples(let source):
            return "\(source) has no examples; give at least one."
        case .noDocuments(let source):
            return "\(source) is one text without documents to keep apart; prepare it with "
                + "attend prepare --separator TEXT, or give --packing windows."
        case .allTooLong(let source, let count, let limit):
            return
                "\(source) has \(count) \(count == 1 ? "example" : "examples"), all with more than "
                + "\(limit) tokens; give shorter ones or a greater length."
        case .tooFewExamples(let path, let count, let needed):
            return
                "The file \"\(path)\" has \(count) different \(count == 1 ? "example" : "examples"), "
                + "but its parts for training, validation and test need at least \(needed)."
        case .oneLabel(let path, let label):
            return
                "The file \"\(path)\" has only the label \"\(label)\"; expected at least two different "
                + "ones, each before its line's tab."
        default:
            return ""
        }
    }
}

/// Throws unless the sizes of a batch are positive and its tokens few enough to be held.
func validateBatch(rows: Int, context: Int) throws(DataError) {
    guard context >= 1 else { throw .notPositive("context length", context) }
    guard rows >= 1 else { throw .notPositive("batch size", rows) }
    let (tokens, overflow) = rows.multipliedReportingOverflow(by: context)
    guard !overflow, tokens <= TokenBatch.tokenLimit else {
        throw .outOfRange(
            name: "batch", value: "\(rows) rows of \(context) tokens",
            accepted: "at most \(TokenBatch.tokenLimit) tokens in all")
    }
}

extension DataError {
    /// The error for a count that must be at least 1.
    static func notPositive(_ name: String, _ value: Int) -> DataError {
        .outOfRange(name: name, value: "\(value)", accepted: "a whole number of at least 1")
    }
}
