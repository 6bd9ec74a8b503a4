public import AttendTensors

/// A learned vector for each id.
public struct Embedding: Module {
    /// The vectors, `[vocabulary, width]`.
    public var weight: Parameter

    /// Normally distributed vectors.
    public init(
        vocabularySize: Int, width: Int, deviation: Float = 0.02, random: inout RandomSource
    ) {
        weight = Parameter(random.stream().normal([vocabularySize, width], deviation: deviation))
    }

    /// The vectors of the ids: `[ids…, width]`.
    public func callAsFunction(_ ids: [Int32], shape: Shape) -> Tensor {
        weight.tensor.gathered(ids, shape: shape)
    }

    /// Logits over the vocabulary from the same vectors (Press & Wolf 2017): `[…, width]` → `[…, vocabulary]`.
    public func asLinear(_ x: Tensor, precision: Precision = .float32) -> Tensor {
        x.linear(weight: weight.tensor, precision: precision)
    }

    /// Visits the table.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
    }
}
