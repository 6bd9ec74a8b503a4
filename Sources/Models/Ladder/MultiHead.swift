public import AttendLayers
public import AttendTensors

/// The third rung: each token weighs the others in several ways at once.
///
/// New beside the single head: several heads that share the width, and a map that mixes what they found.
public struct MultiHead: CausalLanguageModel {
    /// A vector for each token and each place.
    public var embedding: PlacedEmbedding
    /// Looks back.
    public var attention: MultiHeadAttention
    /// From vectors to logits.
    public var head: Embedding
    /// What caches keep keys and values in.
    public var cacheFormat = CacheFormat.float32
    /// What the model was made from.
    public let configuration: LadderConfiguration

    /// A model with weights of deviation 0.02.
    public init(_ configuration: LadderConfiguration, random: inout RandomSource) {
        let (vocabularySize, width) = (configuration.vocabularySize, configuration.width)
        embedding = PlacedEmbedding(
            vocabularySize: vocabularySize, contextLength: configuration.contextLength,
            width: width, random: &random)
        attention = MultiHeadAttention(configuration.attention, random: &random)
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
        var cache = caches.popLast()
        let flops = attention.layout.flopsPerToken(keys: (places.last ?? 0) + 1)
        let attended = context.traced("attn", flopsPerToken: flops) {
            attention(x, guide: AttentionGuide(keyMask: keyMask), cache: &cache, context: &$0)
        }
        if let cache { caches = [cache] }
        return attended
    }

    /// The head's vectors.
    public var headWeight: Parameter? { head.weight }

    /// One cache, empty.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        [
            KeyValueCache(
                batch: batch, capacity: min(capacity, configuration.contextLength),
                layout: configuration.attention, format: cacheFormat)
        ]
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        embedding.visit(&visitor)
        visitor.visit("attn", &attention)
        visitor.visit("lm_head", &head)
    }
}
