public import AttendTensors

/// Multi-head self-attention, with one projection for queries, keys and values.
///
/// Parameters carry GPT-2's names.
///
/// - Source: Vaswani et al. 2017, §3.2.2.
public struct MultiHeadAttention: Module {
    /// From width to queries, keys and values, side by side.
    public var queryKeyValue: Linear
    /// From the heads' outputs, side by side, to width.
    public var output: Linear
    /// How many heads share the width.
    public var headCount: Int
    /// The probability that an attention weight is dropped in training.
    public var dropout: Float

    /// - Parameter outputDeviation: the standard deviation of the output map's weights, which end in the residual stream.
    public init(
        width: Int, headCount: Int, hasBias: Bool, dropout: Float, outputDeviation: Float,
        random: inout RandomSource
    ) {
        queryKeyValue = Linear(inputs: width, outputs: 3 * width, hasBias: hasBias, random: &random)
        output = Linear(
            inputs: width, outputs: width, hasBias: hasBias, deviation: outputDeviation,
            random: &random)
        self.headCount = headCount
        self.dropout = dropout
    }

    /// `[batch, tokens, width]` → `[batch, tokens, width]`, with the residual added where one is given.
    ///
    /// - Parameter cache: holds what came before; the tokens are appended to it.
    public func callAsFunction(
        _ x: Tensor, residual: Tensor? = nil, cache: inout KeyValueCache?, context: inout Context
    ) -> Tensor {
        var options = AttentionOptions(headCount: headCount, isCausal: true)
        if let stream = context.dropoutStream(dropout) {
            options.dropout = (dropout, stream)
        }
        let packed = queryKeyValue(x, precision: context.precision)
        let attended =
            cache?.attend(packed, options: options) ?? packed.packedSelfAttention(options: options)
        return output(attended, residual: residual, precision: context.precision)
    }

    /// Visits both maps.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("c_attn", &queryKeyValue)
        visitor.visit("c_proj", &output)
    }
}
