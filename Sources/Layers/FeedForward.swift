public import AttendTensors

/// The position-wise feed-forward network: W₂ activation(W₁ x + b₁) + b₂.
///
/// Parameters carry GPT-2's names.
///
/// - Source: Vaswani et al. 2017, §3.3.
public struct FeedForward: Module {
    /// From width to hidden width.
    public var up: Linear
    /// From hidden width to width.
    public var down: Linear
    /// Between the two.
    public var activation: Activation

    /// - Parameter downDeviation: the standard deviation of the second map's weights, which end in the residual stream.
    public init(
        width: Int, hiddenWidth: Int, activation: Activation, hasBias: Bool, downDeviation: Float,
        random: inout RandomSource
    ) {
        up = Linear(inputs: width, outputs: hiddenWidth, hasBias: hasBias, random: &random)
        down = Linear(
            inputs: hiddenWidth, outputs: width, hasBias: hasBias, deviation: downDeviation,
            random: &random)
        self.activation = activation
    }

    /// `[…, width]` → `[…, width]`, with the residual added where one is given.
    public func callAsFunction(
        _ x: Tensor, residual: Tensor? = nil, precision: Precision = .float32
    ) -> Tensor {
        down(
            up(x, activation: activation, precision: precision), residual: residual,
            precision: precision)
    }

    /// Visits both maps.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("c_fc", &up)
        visitor.visit("c_proj", &down)
    }
}
