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

    /// The vectors of ids `[batch, tokens]` that stand at these places, the same in each row: `[batch, tokens, width]`.
    public func callAsFunction(
        _ ids: [Int32], batch: Int, places: [Int], context: inout Context
    ) -> Tensor {
        context.traced("embeddings") { _ in
            let count = places.count
            return tokens(ids, shape: [batch, count])
                + self.places(places.map { Int32($0) }, shape: [count])
        }
    }

    /// Visits the tables by GPT-2's names.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokens)
        visitor.visit("wpe", &places)
    }
}
