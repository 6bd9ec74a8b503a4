/// The ids a model learns from, and those it is measured on.
public struct TokenDataset: Hashable, Sendable {
    /// What the model is trained on.
    public let training: [Int32]

    /// What it never sees in training, for the validation loss.
    public let validation: [Int32]

    /// The ids that end every document, such as those of a blank line; nil where the text is one whole.
    public let documentSeparator: [Int32]?

    /// The two parts as they are.
    public init(training: [Int32], validation: [Int32], documentSeparator: [Int32]? = nil) {
        self.training = training
        self.validation = validation
        self.documentSeparator = documentSeparator
    }

    /// The first part of a text for training, the rest for validation.
    ///
    /// The text is divided by characters (Unicode scalars) before it is encoded: the first
    /// ⌊fraction × count⌋ are for training, as nanoGPT divides tiny Shakespeare.
    ///
    /// - Throws: ``DataError`` where the fraction is not between 0 and 1, where a part would be empty,
    ///   or where a character cannot be encoded.
    public init(
        text: String, tokenizer: some Tokenizer, trainingFraction: Double = 0.9,
        source: String = "The data"
    ) throws(DataError) {
        let (first, rest) = try splitText(text, trainingFraction: trainingFraction, source: source)
        try self.init(training: first, validation: rest, tokenizer: tokenizer, source: source)
    }

    /// Encodes two texts; lines in messages count on from the first to the second.
    init(
        training: String, validation: String, documentSeparator: String? = nil,
        tokenizer: some Tokenizer, source: String
    ) throws(DataError) {
        do {
            self.training = try tokenizer.encode(training)
        } catch {
            throw .encoding(source: source, error)
        }
        do {
            self.validation = try tokenizer.encode(validation)
            self.documentSeparator = try documentSeparator.map { text throws(TokenizerError) in
                try tokenizer.encode(text)
            }
        } catch .unknownCharacter(let scalar, let line, let size) {
            let lines = training.utf8.count { $0 == UInt8(ascii: "\n") }
            throw .encoding(
                source: source,
                .unknownCharacter(scalar, line: line + lines, vocabularySize: size))
        } catch {
            throw .encoding(source: source, error)
        }
    }

    /// The same with the places of documents, from which batches are made.
    ///
    /// - Throws: ``DataError`` where the separator is empty.
    public var tokenText: TokenText {
        get throws(DataError) {
            func part(_ ids: [Int32]) throws(DataError) -> TokenText.Part {
                guard let documentSeparator else { return TokenText.Part(tokens: ids) }
                return TokenText.Part(
                    documents: try Documents(ids: ids, separator: documentSeparator))
            }
            return TokenText(training: try part(training), validation: try part(validation))
        }
    }

    /// Batches to train on, without end: random windows, or random documents where there are any.
    ///
    /// - Throws: ``DataError`` where the training part is too short for the context.
    public func trainingBatches(context: Int, rows: Int, seed: UInt64) throws(DataError)
        -> any BatchSource
    {
        try tokenText.trainingBatches(context: context, rows: rows, seed: seed)
    }

    /// Batches that cover the validation part once.
    ///
    /// - Throws: ``DataError`` where it is too short to score even one token.
    public func validationBatches(context: Int, rows: Int) throws(DataError)
        -> any FiniteBatchSource
    {
        try tokenText.validationBatches(context: context, rows: rows)
    }

    /// Batches that cover the first `count` tokens of the training part once, or all where it has fewer.
    ///
    /// - Throws: ``DataError`` where it is too short to score even one token.
    public func trainingEvaluationBatches(upTo count: Int, context: Int, rows: Int)
        throws(DataError) -> any FiniteBatchSource
    {
        try tokenText.trainingEvaluationBatches(upTo: count, context: context, rows: rows)
    }
}

/// The first part of a text, for training, and the rest, divided by Unicode scalars.
func splitText(_ text: String, trainingFraction: Double, source: String) throws(DataError)
    -> (training: String, validation: String)
{
    guard trainingFraction > 0, trainingFraction < 1 else {
        throw .outOfRange(
            name: "training fraction", value: "\(trainingFraction)",
            accepted: "a number between 0 and 1, such as 0.9")
    }
    let scalars = text.unicodeScalars
    let count = scalars.count
    let trainingCount = Int(Double(count) * trainingFraction)
    guard trainingCount > 0, trainingCount < count else {
        let needed = Int(min((1 / trainingFraction).rounded(.up), 1e15))
        throw .tooShort(source: source, tokens: count, needed: needed, context: 1)
    }
    let middle = scalars.index(scalars.startIndex, offsetBy: trainingCount)
    return (String(scalars[..<middle]), String(scalars[middle...]))
}
