public import AttendLayers
public import AttendTensors

/// The second rung: each token looks back at the others, and weighs them in one way.
///
/// New beside the bigram: vectors for tokens and places, one head of attention, and a head that turns vectors into logits.
public struct SingleHead: CausalLanguageModel {
    /// A vector for each token and each place.
    public var embedding: PlacedEmbedding
    /// From a vector to its query, key and value, side by side.
    public var queryKeyValue: Linear
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
        queryKeyValue = Linear(
            inputs: width, outputs: 3 * width, hasBias: false, random: &random)
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
        let packed = context.traced("c_attn", flopsPerToken: 6 * x.shape.width * x.shape.width) {
            queryKeyValue(x, precision: $0.precision)
        }
        var options = AttentionOptions(headCount: 1, isCausal: true)
        options.keyMask = keyMask
        return context.traced(
            "attn", flopsPerToken: 4 * ((places.last ?? 0) + 1) * configuration.width
        ) { _ in
            caches.isEmpty
                ? packed.packedSelfAttention(options: options)
                : caches[0].attend(packed, options: options)
        }
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
        visitor.visit("c_attn", &queryKeyValue)
        visitor.visit("lm_head", &head)
    }
}
