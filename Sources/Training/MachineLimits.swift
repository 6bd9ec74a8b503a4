public import AttendTensors

/// What this machine can do at most, measured in a second or two, to see how near to it a program comes.
public struct MachineLimits: Hashable, Sendable {
    /// Billions of multiplications and additions a second in large matrix products.
    public let gigaflops: Double
    /// Billions of bytes a second that all threads together read and write in tensors too large for any cache.
    public let gigabytesPerSecond: Double

    /// Measures with as many threads as compute.
    ///
    /// The products are those of ``MatrixMultiplyWorkload``; the fastest counts.
    public init(measuringIn precision: Precision) {
        gigaflops =
            MatrixMultiplyWorkload.all.map { $0.gigaflops(runs: 10, precision: precision) }.max()
            ?? .nan
        // 64 million numbers: 256 MB each for what is read and what is written.
        let count = 64 << 20
        let x = Tensor.zeros([count])
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<5 {
            let time = clock.measure { _ = x + 1 }
            best = min(best, time / .nanoseconds(1))
        }
        gigabytesPerSecond = 8 * Double(count) / best
    }
}
