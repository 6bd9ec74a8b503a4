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

    /// The rows of several batches, in their order, each filled up to the longest with places that are not scored.
    init(joining batches: [TokenBatch]) {
        let longest = batches.map(\.columns).max() ?? 0
        var (inputs, targets, count) = ([Int32](), [Int32](), 0)
        for batch in batches {
            let missing = longest - batch.columns
            for row in 0..<batch.rows {
                inputs += batch.inputs.rows(row..<row + 1, of: batch.columns)
                inputs += repeatElement(0, count: missing)
                targets += batch.targets.rows(row..<row + 1, of: batch.columns)
                targets += repeatElement(-1, count: missing)
            }
            count += batch.rows
        }
        self.init(inputs: inputs, targets: targets, rows: count, columns: longest)
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
    ///
    /// - Throws: where its tokens lie in a file that cannot be read.
    func batch(at index: Int) throws -> TokenBatch
}

/// A supply of batches that covers its data in a known number of batches, then starts again.
public protocol FiniteBatchSource: BatchSource {
    /// How many batches cover the data once.
    var batchCount: Int { get }
}

extension FiniteBatchSource {
    /// All batches, once each, in order.
    public var batches: [TokenBatch] {
        get throws { try (0..<batchCount).map { try batch(at: $0) } }
    }
}
