public import AttendLayers
public import AttendTensors

/// The fourth rung: what attention found is added to the token's vector, and a feed-forward network works on it.
///
/// New beside bare attention: residual connections, norms and the feed-forward network, which together are the block of a
/// Transformer. The last rung, ``GPT``, is several of these.
public struct SingleBlock: CausalLanguageModel {
    /// A vector for each token and each place.
    public var embedding: PlacedEmbedding
    /// One block and the norm after it.
    public var stack: TransformerStack
    /// From vectors to logits.
    public var head: Embedding
    /// What the model was made from.
    public let configuration: LadderConfiguration

    /// A model with weights of deviation 0.02.
    public init(_ configuration: LadderConfiguration, random: inout RandomSource) {
        let (vocabularySize, width) = (configuration.vocabularySize, configuration.width)
        embedding = PlacedEmbedding(
            vocabularySize: vocabularySize, contextLength: configuration.contextLength,
            width: width, random: &random)
        stack = TransformerStack(configuration.stack, random: &random)
        head = Embedding(vocabularySize: vocabularySize, width: width, random: &random)
        self.configuration = configuration
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    public func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        let places = places(of: ids, batch: batch, caches: caches)
        let x = embedding(ids, batch: batch, places: places, context: &context)
        return stack(x, keyMask: keyMask, caches: &caches, context: &context)
    }

    /// The head's vectors.
    public var headWeight: Parameter? { head.weight }

    /// What caches keep keys and values in.
    public var cacheFormat: CacheFormat {
        get { stack.cacheFormat }
        set { stack.cacheFormat = newValue }
    }

    /// One cache, empty.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        stack.makeCaches(batch: batch, capacity: min(capacity, configuration.contextLength))
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        embedding.visit(&visitor)
        stack.visit(&visitor)
        visitor.visit("lm_head", &head)
    }
}
