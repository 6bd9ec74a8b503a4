public import AttendTensors

/// An affine map, y = x Wᵀ + b.
public struct Linear: Module {
    /// The matrix W, `[outputs, inputs]`.
    public var weight: Parameter
    /// The vector b, `[outputs]`.
    public var bias: Parameter?

    /// A map with normally distributed weights and a bias of zeros.
    ///
    /// - Parameter deviation: the standard deviation of the weights.
    public init(
        inputs: Int, outputs: Int, hasBias: Bool = true, deviation: Float = 0.02,
        random: inout RandomSource
    ) {
        weight = Parameter(random.stream().normal([outputs, inputs], deviation: deviation))
        bias = hasBias ? Parameter(.zeros([outputs])) : nil
    }

    /// `[…, inputs]` → `[…, outputs]`.
    ///
    /// - Parameters:
    ///   - activation: applied to the result.
    ///   - residual: `[…, outputs]`, added last.
    public func callAsFunction(
        _ x: Tensor, activation: Activation? = nil, residual: Tensor? = nil,
        precision: Precision = .float32
    ) -> Tensor {
        x.linear(
            weight: weight, bias: bias?.tensor, activation: activation, residual: residual,
            precision: precision)
    }

    /// Visits the weight, then the bias.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }
}
