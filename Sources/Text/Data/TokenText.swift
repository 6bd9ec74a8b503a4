/// How documents come into the rows of a batch.
public enum Packing: String, Codable, Hashable, Sendable, CaseIterable {
    /// One after the other: a row begins with a document and runs on through those after it.
    case windows
    /// Each in a row of its own, and sees no other.
    case documents
}

/// A text as ids, wherever they lie: what a model learns from, and what it is measured on.
public struct TokenText: Sendable {
    /// What the model is trained on.
    public let training: Part

    /// What it never sees in training, for the validation loss.
    public let validation: Part

    /// One of the two.
    public struct Part: Sendable {
        /// All ids, end to end.
        public let tokens: any TokenSource
        /// The documents that they consist of; nil where the text is one whole.
        public let documents: Documents?

        /// A text that is one whole.
        public init(tokens: any TokenSource) {
            self.tokens = tokens
            documents = nil
        }

        /// A text of documents.
        public init(documents: Documents) {
            tokens = documents.tokens
            self.documents = documents
        }
    }

    /// The two parts.
    public init(training: Part, validation: Part) {
        self.training = training
        self.validation = validation
    }

    /// Batches to train on, without end: random windows, or random documents where there are any.
    ///
    /// - Throws: ``DataError`` where the training part is too short for the context, or has no documents to pack.
    public func trainingBatches(
        context: Int, rows: Int, seed: UInt64, packing: Packing = .windows
    ) throws(DataError) -> any BatchSource {
        let source = "The training data"
        if packing == .documents {
            return try DocumentRows(
                documents: training.separateDocuments(source), context: context, rows: rows,
                seed: seed, source: source)
        }
        if let documents = training.documents {
            return try DocumentWindows(
                documents: documents, context: context, rows: rows, seed: seed, source: source)
        }
        return try RandomWindows(
            ids: training.tokens, context: context, rows: rows, seed: seed, source: source)
    }

    /// Batches that cover the validation part once.
    ///
    /// - Throws: ``DataError`` where it is too short to score even one token.
    public func validationBatches(
        context: Int, rows: Int, packing: Packing = .windows
    ) throws(DataError) -> any FiniteBatchSource {
        try validation.evaluationBatches(
            context: context, rows: rows, packing: packing, source: "The validation data")
    }

    /// Batches that cover the first `count` tokens of the training part once, or all where it has fewer.
    ///
    /// - Throws: ``DataError`` where it is too short to score even one token.
    public func trainingEvaluationBatches(
        upTo count: Int, context: Int, rows: Int, packing: Packing = .windows
    ) throws(DataError) -> any FiniteBatchSource {
        let part =
            training.documents.map { Part(documents: $0.prefix(tokens: count)) }
            ?? Part(tokens: TokenPrefix(training.tokens, count: count))
        return try part.evaluationBatches(
            context: context, rows: rows, packing: packing, source: "The training data")
    }
}

extension TokenText.Part {
    fileprivate func separateDocuments(_ source: String) throws(DataError) -> Documents {
        guard let documents else { throw .noDocuments(source: source) }
        return documents
    }

    fileprivate func evaluationBatches(
        context: Int, rows: Int, packing: Packing, source: String
    ) throws(DataError) -> any FiniteBatchSource {
        if packing == .documents {
            return try DocumentEvaluationRows(
                documents: separateDocuments(source), context: context, rows: rows, source: source)
        }
        if let documents {
            return try DocumentEvaluationWindows(
                documents: documents, context: context, rows: rows, source: source)
        }
        return try EvaluationWindows(ids: tokens, context: context, rows: rows, source: source)
    }
}
