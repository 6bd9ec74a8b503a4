/// Windows at random places, the usual batches for training on one long text.
///
/// Batch `index` depends on nothing but the seed and `index`.
public struct RandomWindows: BatchSource {
    private let tokens: any TokenSource
    private let context: Int
    private let rows: Int
    private let seed: UInt64

    /// Windows of `context` tokens from `ids`, `rows` in a batch.
    ///
    /// - Throws: ``DataError/tooShort(source:tokens:needed:context:)`` where `ids` has not even
    ///   `context` + 1 tokens.
    public init(
        ids: some TokenSource, context: Int, rows: Int, seed: UInt64, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        try requireTokens(ids.count, context + 1, context, source)
        (tokens, self.context, self.rows, self.seed) = (ids, context, rows, seed)
    }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) throws -> TokenBatch {
        var random = CounterRandom(seed: seed, stream: UInt64(index), purpose: .windows)
        let starts = (0..<rows).map { _ in random.next(below: tokens.count - context) }
        return try TokenBatch(windowsOf: tokens, at: starts, context: context)
    }
}

/// Windows that slide over the text by a fixed stride, in order.
///
/// With a stride equal to the context, every token is predicted at most once per pass; a smaller
/// stride shows tokens repeatedly with different beginnings. What is left at the end and fills no
/// window is not used.
public struct SlidingWindows: FiniteBatchSource {
    private let tokens: any TokenSource
    private let context: Int
    private let stride: Int
    private let rows: Int

    /// How many windows there are in a pass.
    public let windowCount: Int

    /// Windows of `context` tokens that start every `stride` tokens, `rows` in a batch.
    ///
    /// - Throws: ``DataError`` where `ids` has not even `context` + 1 tokens, or a size is not positive.
    public init(
        ids: some TokenSource, context: Int, stride: Int, rows: Int, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        guard stride >= 1 else { throw .notPositive("stride", stride) }
        try requireTokens(ids.count, context + 1, context, source)
        (tokens, self.context, self.stride, self.rows) = (ids, context, stride, rows)
        windowCount = (ids.count - context - 1) / stride + 1
    }

    /// How many batches cover the data once.
    public var batchCount: Int { ceilingOfQuotient(windowCount, rows) }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) throws -> TokenBatch {
        let first = index % batchCount * rows
        let starts = (first..<min(first + rows, windowCount)).map { $0 * stride }
        return try TokenBatch(windowsOf: tokens, at: starts, context: context)
    }
}

/// Windows that cover a text without overlap, so that its loss is over each token exactly once.
///
/// All tokens but the first (which nothing precedes) are scored. The last window is filled up with
/// places that are not scored; the last batch may have fewer rows.
public struct EvaluationWindows: FiniteBatchSource {
    private let tokens: any TokenSource
    private let context: Int
    private let rows: Int

    /// Windows of `context` tokens, `rows` in a batch.
    ///
    /// - Throws: ``DataError`` where `ids` has fewer than two tokens, or a size is not positive.
    public init(
        ids: some TokenSource, context: Int, rows: Int, source: String = "The data"
    ) throws(DataError) {
        try validateBatch(rows: rows, context: context)
        try requireTokens(ids.count, 2, context, source)
        (tokens, self.context, self.rows) = (ids, context, rows)
    }

    private var windowCount: Int { ceilingOfQuotient(tokens.count - 1, context) }

    /// How many batches cover the data once.
    public var batchCount: Int { ceilingOfQuotient(windowCount, rows) }

    /// The batch with this number: `[rows, context]`.
    public func batch(at index: Int) throws -> TokenBatch {
        let first = index % batchCount * rows
        let starts = (first..<min(first + rows, windowCount)).map { $0 * context }
        return try TokenBatch(windowsOf: tokens, at: starts, context: context)
    }
}

extension TokenBatch {
    /// Windows that start at the given places, each filled up where the text ends before it does.
    fileprivate init(windowsOf tokens: any TokenSource, at starts: [Int], context: Int) throws {
        var inputs: [Int32] = []
        var targets: [Int32] = []
        inputs.reserveCapacity(starts.count * context)
        targets.reserveCapacity(starts.count * context)
        for start in starts {
            let count = min(context, tokens.count - 1 - start)
            let ids = try tokens.ids(in: start..<start + count + 1)
            inputs += ids.dropLast()
            targets += ids.dropFirst()
            inputs += repeatElement(0, count: context - count)
            targets += repeatElement(-1, count: context - count)
        }
        self.init(inputs: inputs, targets: targets, rows: starts.count, columns: context)
    }
}

/// Throws unless there are as many tokens as needed.
func requireTokens(_ tokens: Int, _ needed: Int, _ context: Int, _ source: String)
    throws(DataError)
{
    guard tokens >= needed else {
        throw .tooShort(source: source, tokens: tokens, needed: needed, context: context)
    }
}

/// How many groups of `size` hold `count` things.
func ceilingOfQuotient(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }
