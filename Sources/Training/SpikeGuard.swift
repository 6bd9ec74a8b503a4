/// Tells steps whose loss or gradient norm lies far above those of the steps before.
///
/// A step is such a spike where one of the two is more than a number of standard deviations above its mean over the last
/// ``windowLength`` steps that were taken; it is then to be left out. Only what stands out of the run's own recent past
/// counts, so nothing need be known about what losses are usual. Spikes do not enter the window: one of them would
/// widen the deviation so far that those after it pass. After ``mostInARow`` of them the window begins anew, since then
/// not the batch but the level of the run is another one.
///
/// Loss and gradient norm over 128 steps are what `SkipStepOptimizer` in Ai2's OLMo-core watches, by 6 deviations; PaLM
/// (Chowdhery et al. 2022, §5.1) went back to a checkpoint by hand and left out the batches around the spike.
public struct SpikeGuard: Codable, Hashable, Sendable {
    /// How many steps are looked back on.
    public static let windowLength = 128
    /// How many steps must have been seen before any is called a spike.
    public static let fewestSteps = 64
    /// How many steps in a row may be spikes.
    public static let mostInARow = 10

    /// A step that stands out.
    public struct Spike: Hashable, Sendable, CustomStringConvertible {
        /// What stands out.
        public let quantity: String
        /// Its value.
        public let value: Double
        /// Its mean over the window.
        public let mean: Double
        /// How many standard deviations lie between them.
        public let deviations: Double

        /// The clause that says so.
        public var description: String {
            func text(_ value: Double) -> String { "\(Float(value))" }
            return "its \(quantity) \(text(value)) is \(text((deviations * 10).rounded() / 10))"
                + " standard deviations above the mean \(text(mean)) of the steps before"
        }
    }

    private var losses: [Double] = []
    private var norms: [Double] = []
    private var inARow = 0

    /// A guard that has seen no step.
    public init() {}

    /// Takes in a step, and says whether it is a spike, to be left out.
    ///
    /// - Parameters:
    ///   - loss: its loss, which is finite.
    ///   - norm: the norm of its gradients, which is finite.
    ///   - threshold: how many standard deviations are too many.
    public mutating func spike(loss: Double, norm: Double, threshold: Double) -> Spike? {
        let found =
            Self.spike("loss", loss, losses, threshold)
            ?? Self.spike("gradient norm", norm, norms, threshold)
        if let found, inARow < Self.mostInARow {
            inARow += 1
            return found
        }
        if found != nil { (losses, norms) = ([], []) }
        inARow = 0
        Self.append(loss, to: &losses)
        Self.append(norm, to: &norms)
        return nil
    }

    private static func append(_ value: Double, to window: inout [Double]) {
        if window.count >= windowLength { window.removeFirst(window.count - windowLength + 1) }
        window.append(value)
    }

    private static func spike(
        _ quantity: String, _ value: Double, _ window: [Double], _ threshold: Double
    ) -> Spike? {
        if window.count < fewestSteps { return nil }
        let count = Double(window.count)
        let mean = window.reduce(0, +) / count
        let variance = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        // Where nothing varies, a rounding error is no spike.
        let deviation = max(variance.squareRoot(), abs(mean) / 1000, .leastNormalMagnitude)
        let deviations = (value - mean) / deviation
        if deviations <= threshold { return nil }
        return Spike(quantity: quantity, value: value, mean: mean, deviations: deviations)
    }
}
