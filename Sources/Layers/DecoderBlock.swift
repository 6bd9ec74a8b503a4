public import AttendTensors

/// A pre-norm block of GPT-2: x + attention(norm(x)), then x + feedForward(norm(x)).
public struct DecoderBlock: Module {
    /// Before attention.
    public var attentionNorm: LayerNorm
    /// Mixes tokens.
    public var attention: MultiHeadAttention
    /// Before the feed-forward network.
    public var feedForwardNorm: LayerNorm
    /// Works on each token by itself.
    public var feedForward: FeedForward
    /// The probability that an element of what is added to the residual stream is dropped in training.
    public var dropout: Float

    /// - Parameter residualDeviation: the standard deviation of the two maps that end in the residual stream.
    public init(
        width: Int, headCount: Int, hiddenWidth: Int, activation: Activation, hasBias: Bool,
        dropout: Float,
        epsilon: Float, residualDeviation: Float, random: inout RandomSource
    ) {
        attentionNorm = LayerNorm(width: width, hasBias: hasBias, epsilon: epsilon)
        attention = MultiHeadAttention(
            width: width, headCount: headCount, hasBias: hasBias, dropout: dropout,
            outputDeviation: residualDeviation, random: &random)
        feedForwardNorm = LayerNorm(width: width, hasBias: hasBias, epsilon: epsilon)
        feedForward = FeedForward(
            width: width, hiddenWidth: hiddenWidth, activation: activation, hasBias: hasBias,
            downDeviation: residualDeviation, random: &random)
        self.dropout = dropout
    }

    /// `[batch, tokens, width]` → `[batch, tokens, width]`.
    public func callAsFunction(_ x: Tensor, cache: inout KeyValueCache?, context: inout Context)
        -> Tensor
    {
        // Without dropout the residual is added as the projection is written.
        if dropout <= 0 || context.random == nil {
            let mixed = attention(attentionNorm(x), residual: x, cache: &cache, context: &context)
            return feedForward(
                feedForwardNorm(mixed), residual: mixed, precision: context.precision)
        }
        let attended = attention(attentionNorm(x), cache: &cache, context: &context)
        let mixed = x + context.dropout(attended, probability: dropout)
        let fed = feedForward(feedForwardNorm(mixed), precision: context.precision)
        return mixed + context.dropout(fed, probability: dropout)
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("ln_1", &attentionNorm)
        visitor.visit("attn", &attention)
        visitor.visit("ln_2", &feedForwardNorm)
        visitor.visit("mlp", &feedForward)
    }
}
