public import AttendTensors

/// Normalisation over the last axis: LayerNorm or RMSNorm.
///
/// LayerNorm is (x − mean) / √(variance + ε) ∘ gain + bias; RMSNorm leaves out the mean and the bias.
///
/// - Source: Ba, Kiros & Hinton 2016 (LayerNorm); Zhang & Sennrich 2019 (RMSNorm).
public struct Norm: Module {
    /// Which of the two.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// Mean 0 and variance 1, then a gain and a bias.
        case layer
        /// Mean square 1, then a gain.
        case rms
        /// Leaves rows as they are and has no parameters, for models made without norms.
        case none
    }

    /// The gain, `[width]`.
    public var weight: Parameter?
    /// Added after the gain, `[width]`; RMSNorm has none.
    public var bias: Parameter?
    /// Added to the variance or the mean square, so that a constant row stays finite.
    public var epsilon: Float
    /// Which of the two.
    public let kind: Kind

    /// Gains of one and biases of zero.
    public init(_ kind: Kind = .layer, width: Int, hasBias: Bool = true, epsilon: Float = 1e-5) {
        weight = kind == .none ? nil : Parameter(Tensor(repeating: 1, shape: [width]))
        bias = hasBias && kind == .layer ? Parameter(.zeros([width])) : nil
        self.epsilon = epsilon
        self.kind = kind
    }

    /// Normalises each row; the shape stays.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard let weight else { return x }
        return switch kind {
        case .rms: x.rootMeanSquareNormalised(gain: weight.tensor, epsilon: epsilon)
        default: x.layerNormalised(gain: weight.tensor, bias: bias?.tensor, epsilon: epsilon)
        }
    }

    /// Visits the gain, then the bias.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }
}
