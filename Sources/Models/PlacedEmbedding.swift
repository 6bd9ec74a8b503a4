public import AttendLayers
public import AttendTensors

/// A vector for each token plus a vector for each place, both learned.
public struct PlacedEmbedding: Module {
    /// A vector for each token.
    public var tokens: Embedding
    /// A vector for each place.
    public var places: Embedding

    /// Vectors of deviation 0.02.
    public init(
        vocabularySize: Int, contextLength: Int, width: Int, random: inout RandomSource
    ) {
        tokens = Embedding(vocabularySize: vocabularySize, width: width, random: &random)
        places = Embedding(vocabularySize: contextLength, width: width, random: &random)
        places.weight.staysFloat32 = true
    }

    /// The vectors of ids `[batch, tokens]` that stand from place `first` on: `[batch, tokens, width]`.
    public func callAsFunction(
        _ ids: [Int32], batch: Int, first: Int, context: inout Context
    ) -> Tensor {
        context.traced("embeddings") { _ in
            let count = batch == 0 ? 0 : ids.count / batch
            let range = (first..<first + count).map { Int32($0) }
            return tokens(ids, shape: [batch, count]) + places(range, shape: [count])
        }
    }

    /// Visits the tables by GPT-2's names.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokens)
        visitor.visit("wpe", &places)
    }
}
