/// Documents for training, each in a row of its own, so that none sees another: attention, positions and
/// recurrence begin anew with each.
///
/// Documents of similar length share a batch, of about as many tokens as so many rows of the context have; every
/// epoch shows each once, in a new order. A document longer than the context is cut every `context` tokens. Batch
/// `index` depends on nothing but the documents, the seed and `index`.
public struct DocumentRows: BatchSource {
    private let pieces: DocumentPieces
    private let buckets: LengthBuckets

    /// Rows of at most `context` tokens, in batches of at most `rows` · `context`, padding included.
    ///
    /// - Throws: ``DataError`` where there is no token, or a size is not positive.
    public init(
        documents: Documents, context: Int, rows: Int, seed: UInt64, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        try requireTokens(documents.tokens.count, 1, context, source)
        pieces = DocumentPieces(documents, context: context)
        buckets = LengthBuckets(
            lengths: (0..<pieces.count).map { [pieces] in pieces[$0].count },
            size: .tokens(rows * context), seed: seed)
    }

    /// How many batches an epoch has.
    public var batchesPerEpoch: Int { buckets.batchCount }

    /// The batch with this number: `[documents, tokens of the longest]`.
    public func batch(at index: Int) throws -> TokenBatch {
        try pieces.rows(buckets.shuffledSequences(at: index))
    }
}

/// Documents for measuring a loss, each in a row of its own; every token is scored exactly once.
public struct DocumentEvaluationRows: FiniteBatchSource {
    private let pieces: DocumentPieces
    private let buckets: LengthBuckets

    /// Rows of at most `context` tokens, in batches of at most `rows` · `context`, padding included.
    ///
    /// - Throws: ``DataError`` where there is no token, or a size is not positive.
    public init(
        documents: Documents, context: Int, rows: Int, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        try requireTokens(documents.tokens.count, 1, context, source)
        pieces = DocumentPieces(documents, context: context)
        buckets = LengthBuckets(
            lengths: (0..<pieces.count).map { [pieces] in pieces[$0].count },
            size: .tokens(rows * context))
    }

    /// How many batches cover the documents once.
    public var batchCount: Int { buckets.batchCount }

    /// The batch with this number: `[documents, tokens of the longest]`, the short ones first.
    public func batch(at index: Int) throws -> TokenBatch {
        try pieces.rows(buckets.sequences(ofBatch: index))
    }
}

extension DocumentPieces {
    /// These pieces as the rows of a batch.
    fileprivate func rows(_ numbers: [Int]) throws -> TokenBatch {
        let rows = numbers.map { self[$0] }
        return try documents.batch(of: rows, columns: rows.map(\.count).max() ?? 0)
    }
}
