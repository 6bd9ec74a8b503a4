public import AttendTensors

/// What happened in one pass through a model, part by part.
public struct Trace: Sendable {
    /// One part that ran.
    public struct Step: Hashable, Codable, Sendable {
        /// Where it is: `h.0.attn`.
        public let name: String
        /// The dimensions of what it made.
        public let shape: [Int]
        /// Multiplications and additions.
        public let flops: Int
        /// How long it took.
        public let milliseconds: Double
        /// Whether all that it made are finite numbers.
        public let isFinite: Bool
    }

    /// The parts, in the order in which they ended.
    public private(set) var steps: [Step] = []

    private var path: [String] = []
    private let watch: AnomalyWatch?

    /// A trace of nothing yet.
    ///
    /// - Parameter watch: told which part is being computed.
    public init(watch: AnomalyWatch? = nil) { self.watch = watch }

    mutating func enter(_ name: String) {
        path.append(name)
        watch?.enter(name)
    }

    mutating func leave() {
        path.removeLast()
        watch?.leave()
    }

    /// Computes a part, whose operations the watch then knows by its name.
    func watching<Result>(_ name: String, _ body: () -> Result) -> Result {
        watch?.enter(name)
        defer { watch?.leave() }
        return body()
    }

    mutating func append(_ name: String, _ result: Tensor, flops: Int, duration: Duration) {
        steps.append(
            Step(
                name: (path + [name]).joined(separator: "."), shape: result.shape.dimensions,
                flops: flops, milliseconds: duration / .milliseconds(1),
                isFinite: result.isFinite))
    }
}

extension Context {
    /// Runs one part of a model and, where someone watches, notes its shape, its work and its time.
    ///
    /// - Parameter flops: multiplications and additions for each row of the result.
    public mutating func traced(
        _ name: String, flopsPerToken flops: @autoclosure () -> Int = 0,
        _ body: (inout Context) -> Tensor
    ) -> Tensor {
        guard let trace else { return body(&self) }
        let clock = ContinuousClock()
        let begin = clock.now
        let result = trace.watching(name) { body(&self) }
        self.trace?.append(
            name, result, flops: flops() * result.shape.rows, duration: clock.now - begin)
        return result
    }

    /// Runs what belongs to a part of this name, such as a block.
    public mutating func inside<Result>(
        _ name: @autoclosure () -> String, _ body: (inout Context) -> Result
    ) -> Result {
        if trace == nil { return body(&self) }
        trace?.enter(name())
        defer { trace?.leave() }
        return body(&self)
    }
}
