/// Windows for training on documents: each starts with the beginning of a random document and runs on
/// through those after it.
///
/// The first input is the end of the separator before, so that the first character of a document is
/// predicted too. Batch `index` depends on nothing but the seed and `index`. A document longer than
/// the context is entered every `context` tokens.
public struct DocumentWindows: BatchSource {
    private let pieces: DocumentPieces
    /// How many pieces have a whole window before the end.
    private let startCount: Int
    private let rows: Int
    private let seed: UInt64

    /// Windows of `context` tokens, `rows` in a batch.
    ///
    /// - Throws: ``DataError`` where the documents together have fewer than `context` tokens, or a size
    ///   is not positive.
    public init(
        documents: Documents, context: Int, rows: Int, seed: UInt64, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        let tokenCount = documents.tokens.count
        try requireTokens(tokenCount, context, context, source)
        let pieces = DocumentPieces(documents, context: context)
        var count = pieces.count
        while count > 0, pieces[count - 1].lowerBound + context > tokenCount { count -= 1 }
        (self.pieces, startCount, self.rows, self.seed) = (pieces, count, rows, seed)
    }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) throws -> TokenBatch {
        var random = CounterRandom(seed: seed, stream: UInt64(index), purpose: .windows)
        let windows = (0..<rows).map { _ in
            let start = pieces[random.next(below: startCount)].lowerBound
            return start..<start + pieces.context
        }
        return try pieces.documents.batch(of: windows, columns: pieces.context)
    }
}

/// Windows for measuring a loss on documents: every token of every document is scored exactly once,
/// with the beginning of its document in sight.
///
/// Each window holds as many whole documents, in order, as fit; the rest of it is not scored. Only a
/// document longer than the context is cut, every `context` tokens.
public struct DocumentEvaluationWindows: FiniteBatchSource {
    private let documents: Documents
    private let windows: [Range<Int>]
    private let context: Int
    private let rows: Int

    /// Windows of `context` tokens, `rows` in a batch.
    ///
    /// - Throws: ``DataError`` where there is no token, or a size is not positive.
    public init(
        documents: Documents, context: Int, rows: Int, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        try requireTokens(documents.tokens.count, 1, context, source)
        var windows: [Range<Int>] = []
        let pieces = DocumentPieces(documents, context: context)
        for number in 0..<pieces.count {
            let piece = pieces[number]
            if let window = windows.last, piece.upperBound - window.lowerBound <= context {
                windows[windows.count - 1] = window.lowerBound..<piece.upperBound
            } else {
                windows.append(piece)
            }
        }
        self.documents = documents
        (self.windows, self.context, self.rows) = (windows, context, rows)
    }

    /// How many batches cover the documents once.
    public var batchCount: Int { ceilingOfQuotient(windows.count, rows) }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) throws -> TokenBatch {
        let first = index % batchCount * rows
        let chosen = windows[first..<min(first + rows, windows.count)]
        return try documents.batch(of: Array(chosen), columns: context)
    }
}
