public import AttendText

/// Why a ``GenerationEngine`` does not take on a request.
public enum RequestRefusal: Error, Hashable, Sendable {
    /// As many requests wait already as may.
    case tooManyWaiting(limit: Int)
    /// The prompt's text has too many bytes, or its tokens are too many.
    case promptTooLarge(count: Int, limit: Int)
    /// The prompt has an id that the model has no vector for; its place counts from 0.
    case unknownToken(id: Int32, place: Int, vocabularySize: Int)
    /// There are too many stop texts.
    case tooManyStopTexts(count: Int, limit: Int)
    /// A stop text has too many bytes; its place counts from 0.
    case stopTextTooLong(place: Int, bytes: Int, limit: Int)
    /// The tokenizer cannot spell the prompt.
    case prompt(TokenizerError)
    /// A setting that no generation accepts.
    case settings(GenerationError)
}

extension RequestRefusal: CustomStringConvertible {
    /// What was found and what would do, in one sentence.
    public var description: String {
        switch self {
        case .tooManyWaiting(let limit):
            "There are \(limit) requests waiting, and no more may; ask again when some have been answered."
        case .promptTooLarge(let count, let limit):
            "The prompt has \(count) bytes or tokens; expected at most \(limit)."
        case .unknownToken(let id, let place, let size):
            "Token \(place + 1) of the prompt is \(id), and the model knows only the tokens 0 to \(size - 1); encode it "
                + "with the model's own tokenizer."
        case .tooManyStopTexts(let count, let limit):
            "There are \(count) stop texts; expected at most \(limit)."
        case .stopTextTooLong(let place, let bytes, let limit):
            "Stop text \(place + 1) has \(bytes) bytes; expected at most \(limit)."
        case .prompt(let error): "\(error)"
        case .settings(let error): error.description
        }
    }
}
