extension MetricEvent {
    /// How the parts of the model fared in one step.
    public struct Layers: Hashable, Sendable {
        /// How many steps had been made, the measured one included.
        public var step: Int
        /// The parts in order of depth.
        public var layers: [Layer]

        /// The parts after a step.
        public init(step: Int, layers: [Layer]) {
            self.step = step
            self.layers = layers
        }

        /// In which steps parts are measured.
        ///
        /// In about a hundred of a run, in those before an evaluation, in the first and in the last. A measured step takes up to
        /// a tenth longer, so that at least ten lie between two that no evaluation makes dear anyway.
        ///
        /// - Parameter step: which step, from 1.
        static func areDue(at step: Int, of total: Int, evaluationInterval: Int) -> Bool {
            step == 1 || step == total || step.isMultiple(of: max(total / 100, 10))
                || step.isMultiple(of: max(evaluationInterval, 1))
        }
    }

    /// One part of the model in one step.
    public struct Layer: Hashable, Sendable {
        /// What it is: `embedding`, `block 1`, …, `head`.
        public var name: String
        /// The Euclidean norm of its gradients before clipping.
        public var gradientNorm: Double
        /// The Euclidean norm of its weights before the step.
        public var weightNorm: Double
        /// The Euclidean norm of what the step added to its weights, over that of the weights.
        ///
        /// About 10⁻³ is usual for a learning rate that is neither timid nor reckless.
        public var updateRatio: Double

        /// A part and its figures.
        public init(name: String, gradientNorm: Double, weightNorm: Double, updateRatio: Double) {
            self.name = name
            self.gradientNorm = gradientNorm
            self.weightNorm = weightNorm
            self.updateRatio = updateRatio
        }
    }
}

extension MetricEvent.Layer: Codable {
    private enum Key: String, CodingKey { case name, gradientNorm, weightNorm, updateRatio }

    /// Reads a part; null is a number that was not finite.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key) throws -> Double {
            try fields.decode(Double?.self, forKey: key) ?? .nan
        }
        self.init(
            name: try fields.decode(String.self, forKey: .name),
            gradientNorm: try number(.gradientNorm), weightNorm: try number(.weightNorm),
            updateRatio: try number(.updateRatio))
    }

    /// Writes a part, and null for a number that is not finite.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(name, forKey: .name)
        for (key, value) in [
            (Key.gradientNorm, gradientNorm), (.weightNorm, weightNorm),
            (.updateRatio, updateRatio),
        ] {
            try fields.encode(Decimal(value), forKey: key)
        }
    }
}
