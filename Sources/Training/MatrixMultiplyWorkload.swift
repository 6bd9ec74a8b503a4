public import AttendTensors

/// Matrix products of the sizes that training needs, to be timed beside the same products of other libraries.
public struct MatrixMultiplyWorkload: Hashable, Sendable {
    /// Rows of A `[rows, inner]` and of the result.
    public let rows: Int
    /// The length of the sums.
    public let inner: Int
    /// Rows of B `[columns, inner]`, which is transposed, and columns of the result.
    public let columns: Int

    /// A product of this size.
    public init(rows: Int, inner: Int, columns: Int) {
        self.rows = rows
        self.inner = inner
        self.columns = columns
    }

    /// The products of W1, W2 and W3, and a large square one.
    public static let all = [
        MatrixMultiplyWorkload(rows: 768, inner: 128, columns: 384),
        MatrixMultiplyWorkload(rows: 768, inner: 128, columns: 512),
        MatrixMultiplyWorkload(rows: 4096, inner: 384, columns: 1536),
        MatrixMultiplyWorkload(rows: 256, inner: 768, columns: 3072),
        MatrixMultiplyWorkload(rows: 2048, inner: 768, columns: 3072),
        MatrixMultiplyWorkload(rows: 2048, inner: 2048, columns: 2048),
    ]

    /// Billions of multiplications and additions a second, in the best of some runs.
    ///
    /// - Parameter runs: at least 1.
    public func gigaflops(runs: Int = 30, seed: UInt64 = 1, precision: Precision) -> Double {
        let a = RandomStream(seed: seed, stream: 0).normal([rows, inner])
        let b = RandomStream(seed: seed, stream: 1).normal([columns, inner])
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<max(runs, 1) {
            let time = clock.measure { _ = a.linear(weight: b, precision: precision) }
            best = min(best, time / .nanoseconds(1))
        }
        return 2 * Double(rows) * Double(inner) * Double(columns) / best
    }
}
