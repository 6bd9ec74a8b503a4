public import AttendLayers
public import AttendTensors

/// A decoder-only Transformer with GPT-2's layout.
///
/// Learned positions, pre-norm blocks, GELU, and a head that shares the token embedding's table.
///
/// - Source: Radford et al. 2019.
public struct GPT: CausalLanguageModel {
    /// A vector for each token, which is also the head, and for each place.
    public var embedding: PlacedEmbedding
    /// The blocks, in order, and the norm before the head.
    public var stack: TransformerStack
    /// What the model was made from.
    public let configuration: Configuration

    /// A model with GPT-2's initialisation: weights of deviation 0.02, those that end in the residual stream divided by
    /// √(2 · layers).
    public init(_ configuration: Configuration, random: inout RandomSource) {
        embedding = PlacedEmbedding(
            vocabularySize: configuration.vocabularySize,
            contextLength: configuration.contextLength, width: configuration.width, random: &random)
        stack = TransformerStack(configuration.stack, random: &random)
        self.configuration = configuration
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    public func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        let places = places(of: ids, batch: batch, caches: caches)
        var x = embedding(ids, batch: batch, places: places, context: &context)
        x = context.dropout(x, probability: configuration.dropout)
        return stack(x, keyMask: keyMask, caches: &caches, context: &context)
    }

    /// The head's vectors are those of the tokens (Press & Wolf 2017).
    public var headWeight: Parameter? { embedding.tokens.weight }

    /// What caches keep keys and values in.
    public var cacheFormat: CacheFormat {
        get { stack.cacheFormat }
        set { stack.cacheFormat = newValue }
    }

    /// Empty caches, one for each block.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        stack.makeCaches(batch: batch, capacity: min(capacity, configuration.contextLength))
    }

    /// Visits the parameters by GPT-2's names.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        embedding.visit(&visitor)
        stack.visit(&visitor)
    }
}
