/// Token ids that consist of separate documents, such as stories, each ending with a separator.
public struct Documents: Hashable, Sendable {
    /// All documents with their separators, end to end.
    public let ids: [Int32]

    /// Where each document starts.
    public let starts: [Int]

    /// The token before the first document: the last of the separator, as before every other one.
    public let leadIn: Int32

    /// The documents in `ids`; a new one starts after each separator.
    ///
    /// Where the separator's last token is repeated (an extra blank line), the repetition still
    /// belongs to the document before.
    ///
    /// - Throws: ``DataError/outOfRange(name:value:accepted:)`` where the separator is empty.
    public init(ids: [Int32], separator: [Int32]) throws(DataError) {
        guard let last = separator.last else {
            throw .outOfRange(
                name: "document separator", value: "empty", accepted: "at least one token")
        }
        self.ids = ids
        leadIn = last
        var starts = ids.isEmpty ? [] : [0]
        for end in ids.indices.dropFirst(separator.count) where ids[end - 1] == last {
            if ids[end] != last, ids[(end - separator.count)..<end].elementsEqual(separator) {
                starts.append(end)
            }
        }
        self.starts = starts
    }

    /// The stretch of `ids` that holds document `index` and its separator.
    public func range(of index: Int) -> Range<Int> {
        starts[index]..<(index + 1 < starts.count ? starts[index + 1] : ids.count)
    }

    /// Where windows may start: at each document, and every `context` tokens in one that is longer.
    fileprivate func pieces(context: Int) -> [Range<Int>] {
        starts.indices.flatMap { index in
            let document = range(of: index)
            return stride(from: document.lowerBound, to: document.upperBound, by: context).map {
                $0..<min($0 + context, document.upperBound)
            }
        }
    }

    /// The tokens a model reads in order to predict those of `range`: one place to the left.
    fileprivate func inputs(toPredict range: Range<Int>) -> [Int32] {
        range.lowerBound == 0
            ? [leadIn] + ids[range.dropLast()]
            : Array(ids[(range.lowerBound - 1)..<(range.upperBound - 1)])
    }
}

/// Windows for training on documents: each starts with the beginning of a random document and runs on
/// through those after it.
///
/// The first input is the end of the separator before, so that the first character of a document is
/// predicted too. Batch `index` depends on nothing but the seed and `index`. A document longer than
/// the context is entered every `context` tokens.
public struct DocumentWindows: BatchSource {
    private let documents: Documents
    private let starts: [Int]
    private let context: Int
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
        try requireTokens(documents.ids.count, context, context, source)
        (self.documents, self.context, self.rows, self.seed) = (documents, context, rows, seed)
        starts = documents.pieces(context: context).map(\.lowerBound).filter {
            $0 + context <= documents.ids.count
        }
    }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) -> TokenBatch {
        var random = CounterRandom(seed: seed, stream: UInt64(index), purpose: .windows)
        var inputs: [Int32] = []
        var targets: [Int32] = []
        inputs.reserveCapacity(rows * context)
        targets.reserveCapacity(rows * context)
        for _ in 0..<rows {
            let start = starts[random.next(below: starts.count)]
            inputs.append(contentsOf: documents.inputs(toPredict: start..<start + context))
            targets.append(contentsOf: documents.ids[start..<start + context])
        }
        return TokenBatch(inputs: inputs, targets: targets, rows: rows, columns: context)
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
        try requireTokens(documents.ids.count, 1, context, source)
        var windows: [Range<Int>] = []
        for piece in documents.pieces(context: context) {
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
    public func batch(at index: Int) -> TokenBatch {
        let first = index % batchCount * rows
        let chosen = windows[first..<min(first + rows, windows.count)]
        var inputs: [Int32] = []
        var targets: [Int32] = []
        for window in chosen {
            let padding = context - window.count
            inputs += documents.inputs(toPredict: window) + [Int32](repeating: 0, count: padding)
            targets += documents.ids[window] + [Int32](repeating: -1, count: padding)
        }
        return TokenBatch(inputs: inputs, targets: targets, rows: chosen.count, columns: context)
    }
}
