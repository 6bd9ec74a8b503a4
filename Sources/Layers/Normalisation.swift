public import AttendTensors

/// Layer normalisation over the last axis (Ba, Kiros & Hinton 2016).
public struct LayerNorm: Module {
    /// The gain, `[width]`.
    public var weight: Parameter
    /// Added after the gain, `[width]`.
    public var bias: Parameter?
    /// Added to the variance, so that a constant row stays finite.
    public var epsilon: Float

    /// Gains of one and biases of zero.
    public init(width: Int, hasBias: Bool = true, epsilon: Float = 1e-5) {
        weight = Parameter(Tensor(repeating: 1, shape: [width]))
        bias = hasBias ? Parameter(.zeros([width])) : nil
        self.epsilon = epsilon
    }

    /// Normalises each row; the shape stays.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.layerNormalised(gain: weight.tensor, bias: bias?.tensor, epsilon: epsilon)
    }

    /// Visits the gain, then the bias.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }
}
