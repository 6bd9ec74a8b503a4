/// Rows of token ids, and for each token the one that should follow.
public struct TokenBatch: Hashable, RowBatch {
    /// What the model reads: `[rows, columns]`, row after row.
    public private(set) var inputs: [Int32]

    /// What it should predict at each place: `[rows, columns]`; −1 where nothing is scored.
    public private(set) var targets: [Int32]

    /// How many windows of text there are.
    public private(set) var rows: Int

    /// How many tokens each window has.
    public private(set) var columns: Int

    /// The most tokens that the windows of this module put into one batch.
    public static let tokenLimit = 1 << 28

    /// A batch from its rows, laid end to end.
    public init(inputs: [Int32], targets: [Int32], rows: Int, columns: Int) {
        precondition(inputs.count == rows * columns && targets.count == rows * columns)
        self.inputs = inputs
        self.targets = targets
        self.rows = rows
        self.columns = columns
    }

    /// How many predictions count toward the loss.
    public var scoredCount: Int { targets.count { $0 >= 0 } }

    /// Some of the windows.
    public func part(_ rows: Range<Int>) -> TokenBatch {
        TokenBatch(
            inputs: inputs.rows(rows, of: columns), targets: targets.rows(rows, of: columns),
            rows: rows.count, columns: columns)
    }
}

/// A supply of batches; batch `index` is always the same, whatever was asked for before.
public protocol BatchSource: Sendable {
    /// The batch with this number, from 0; numbers never end.
    func batch(at index: Int) -> TokenBatch
}

/// A supply of batches that covers its data in a known number of batches, then starts again.
public protocol FiniteBatchSource: BatchSource {
    /// How many batches cover the data once.
    var batchCount: Int { get }
}

extension FiniteBatchSource {
    /// All batches, once each, in order.
    public var batches: some Sequence<TokenBatch> { (0..<batchCount).lazy.map { batch(at: $0) } }
}
