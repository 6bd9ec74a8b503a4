/// Why no text can be generated.
public enum GenerationError: Error, Hashable, Sendable {
    /// A setting is outside of what is accepted.
    case outOfRange(name: String, value: String, accepted: String)
    /// The model's logits are infinite or not numbers, so none of them is the likeliest.
    case logitsAreNotFinite
    /// The vectors that a model makes of a text are infinite or not numbers.
    case vectorsAreNotFinite
    /// None of so many texts has an answer that could be counted.
    case noAnswer(texts: Int)
    /// A text has no token to make a vector of.
    case noTokens
    /// A source cannot be translated: its place in the list, from 0, and what is wrong with it.
    case source(index: Int, problem: SourceProblem)
    /// The grammar that holds the text cannot do so.
    case constraint(ConstraintError)
    /// A prompt has more tokens than the model's context, and none may be left out.
    case promptTooLong(count: Int, limit: Int)
    /// The model's context is full, and nothing of it may be forgotten.
    case contextIsFull(limit: Int)
    /// A draft that cannot propose tokens to the model.
    case draft(DraftProblem)

    /// What is wrong with a draft.
    public enum DraftProblem: Hashable, Sendable {
        /// It has another number of tokens than the model.
        case vocabularySize(Int, model: Int)
        /// The same id stands for another token; nil where it stands for none.
        case token(id: Int32, draft: String?, model: String?)
        /// Its logits are infinite or not numbers.
        case logitsAreNotFinite
    }

    /// What is wrong with a source.
    public enum SourceProblem: Hashable, Sendable {
        /// It has more tokens than the model's context.
        case tooLong(count: Int, limit: Int)
        /// It has an id that the model has no vector for.
        case unknownToken(id: Int32, vocabularySize: Int)
    }
}

extension GenerationError {
    /// Refuses a setting out of its range.
    ///
    /// - Throws: ``outOfRange(name:value:accepted:)``.
    static func check<Value: Comparable>(
        _ name: String, _ value: Value, _ range: ClosedRange<Value>
    ) throws(GenerationError) {
        // Not a number lies in no range.
        guard range.contains(value) else {
            throw .outOfRange(
                name: name, value: "\(value)",
                accepted: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension GenerationError: CustomStringConvertible {
    /// What was found and what would do, in one sentence.
    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let accepted):
            "The \(name) is \(value); expected \(accepted)."
        case .logitsAreNotFinite:
            "The model's logits are infinite or not numbers, so no token can be chosen or scored; use a checkpoint "
                + "from before its training went wrong."
        case .vectorsAreNotFinite:
            "The model's vectors are infinite or not numbers; use a checkpoint from before its training went wrong."
        case .noAnswer(let texts):
            "None of \(texts) texts has an answer; show the model by examples in the prompt how answers are given, or allow more "
                + "tokens."
        case .noTokens: "The text has no tokens; give one that is not empty."
        case .source(let index, .tooLong(let count, let limit)):
            "Source \(index + 1) has \(count) tokens and the model reads at most \(limit); split it."
        case .source(let index, .unknownToken(let id, let size)):
            "Source \(index + 1) has the token \(id), and the model knows only the tokens 0 to \(size - 1); encode it "
                + "with the model's own tokenizer."
        case .constraint(let error): error.description
        case .promptTooLong(let count, let limit):
            "The prompt has \(count) tokens and the model's context holds \(limit), of which none is to be forgotten; "
                + "shorten the prompt, or let the context slide."
        case .contextIsFull(let limit):
            "The model's context of \(limit) tokens is full; let it slide for more."
        case .draft(let problem): problem.description
        }
    }
}

extension GenerationError.DraftProblem: CustomStringConvertible {
    /// What was found and what would do, in one sentence.
    public var description: String {
        switch self {
        case .vocabularySize(let size, let modelSize):
            "The draft has \(size) tokens and the model \(modelSize); a draft needs the vocabulary of the model."
        case .token(let id, let draft, let model):
            "The draft's token \(id) is \(Self.name(draft)) and the model's is \(Self.name(model)); a draft needs the "
                + "vocabulary of the model."
        case .logitsAreNotFinite:
            "The draft's logits are infinite or not numbers, so it can propose nothing; use another draft."
        }
    }

    private static func name(_ token: String?) -> String {
        token.map { "“\($0)”" } ?? "not in use"
    }
}
