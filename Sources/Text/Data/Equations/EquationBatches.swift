/// Equations in batches for training, of which nothing is scored but the result.
///
/// A batch that has room for all equations always has all of them, in one order; smaller ones show every equation once
/// an epoch. Batch `index` depends on nothing but the equations, the seed and `index`.
public struct EquationBatches: BatchSource {
    private let equations: [ModularAddition.Equation]
    private let signID: Int32
    private let buckets: LengthBuckets
    /// The one batch with all equations, where there is room for them.
    private let whole: TokenBatch?

    /// Batches of so many equations, or of all where there are fewer.
    ///
    /// - Throws: ``DataError`` where the size is out of range.
    public init(training data: ModularAddition, rows: Int, seed: UInt64) throws(DataError) {
        let size = BatchSize.rows(rows)
        try size.validate(longest: ModularAddition.tokenCount)
        (equations, signID) = (data.training, data.signID)
        buckets = LengthBuckets(
            lengths: equations.map { _ in ModularAddition.tokenCount }, size: size, seed: seed)
        whole = rows >= equations.count ? TokenBatch(equations[...], signID: signID) : nil
    }

    /// The batch with this number, from 0; numbers never end.
    public func batch(at index: Int) -> TokenBatch {
        whole
            ?? TokenBatch(
                buckets.shuffledSequences(at: index).map { equations[$0] }[...], signID: signID)
    }
}

/// Batches that cover equations once, for measuring.
public struct EquationEvaluationBatches: FiniteBatchSource {
    private let equations: [ModularAddition.Equation]
    private let signID: Int32

    /// How many equations a batch has at most: enough for matrix products of a good size, few enough for little memory.
    private static let rows = 1024

    /// Batches of some of the equations of `data`.
    public init(_ equations: [ModularAddition.Equation], of data: ModularAddition) {
        (self.equations, signID) = (equations, data.signID)
    }

    /// How many batches cover the equations once.
    public var batchCount: Int { (equations.count + Self.rows - 1) / Self.rows }

    /// The batch with this number; after the last one comes the first.
    public func batch(at index: Int) -> TokenBatch {
        let start = index % batchCount * Self.rows
        return TokenBatch(
            equations[start..<min(start + Self.rows, equations.count)], signID: signID)
    }
}

extension TokenBatch {
    /// The left sides of equations, scored by what is told at their sign.
    fileprivate init(_ equations: ArraySlice<ModularAddition.Equation>, signID: Int32) {
        self.init(
            inputs: equations.flatMap { [Int32($0.left), Int32($0.right), signID] },
            targets: equations.flatMap { [-1, -1, Int32($0.sum)] },
            rows: equations.count, columns: ModularAddition.tokenCount)
    }
}
