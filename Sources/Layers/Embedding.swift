public import AttendTensors

/// A learned vector for each id.
public struct Embedding: Module {
    /// The vectors, `[vocabulary, width]`.
    public var weight: Parameter
    /// The id of what fills up shorter sequences: its vector is zero, whatever the table holds, and learns nothing here.
    public var paddingIndex: Int32?

    /// Normally distributed vectors.
    public init(
        vocabularySize: Int, width: Int, deviation: Float = 0.02, paddingIndex: Int32? = nil,
        random: inout RandomSource
    ) {
        weight = Parameter(random.stream().normal([vocabularySize, width], deviation: deviation))
        weight.isTable = true
        self.paddingIndex = paddingIndex
    }

    /// The vectors of the ids: `[ids…, width]`.
    public func callAsFunction(_ ids: [Int32], shape: Shape) -> Tensor {
        let vectors =
            weight.stored?.gathered(ids, shape: shape) ?? weight.tensor.gathered(ids, shape: shape)
        guard let paddingIndex, ids.contains(paddingIndex) else { return vectors }
        return vectors.scaledRows(by: Tensor(ids.map { $0 == paddingIndex ? 0 : 1 }))
    }

    /// Logits over the vocabulary from the same vectors (Press & Wolf 2017): `[…, width]` → `[…, vocabulary]`.
    public func asLinear(_ x: Tensor, precision: Precision = .float32) -> Tensor {
        x.linear(weight: weight, precision: precision)
    }

    /// Visits the table.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
    }
}
