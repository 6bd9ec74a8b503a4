public import AttendLayers
public import AttendTensors

/// A decoder-only Transformer with Llama's layout, each part of which its configuration may exchange.
///
/// Rotary positions, RMSNorm before each layer, SwiGLU, grouped-query attention, no biases.
///
/// - Source: Touvron et al. 2023.
public struct Llama: CausalLanguageModel {
    /// A vector for each token.
    public var tokenEmbedding: Embedding
    /// A vector for each place, where positions are learned.
    public var positionEmbedding: Embedding?
    /// The blocks, in order, and the norm before the head.
    public var stack: TransformerStack
    /// The head, where it does not share the embedding's table.
    public var head: Embedding?
    /// What the model was made from.
    public let configuration: Configuration

    /// A model whose weights have the deviation 0.02, those that end in the residual stream divided by √(2 · layers),
    /// unless the configuration has another one for all of them.
    public init(_ configuration: Configuration, random: inout RandomSource) {
        let width = configuration.width
        let deviation = configuration.initialDeviation ?? 0.02
        tokenEmbedding = Embedding(
            vocabularySize: configuration.vocabularySize, width: width, deviation: deviation,
            random: &random)
        if configuration.positions.kind == .learned {
            positionEmbedding = Embedding(
                vocabularySize: configuration.contextLength, width: width, deviation: deviation,
                random: &random)
        }
        stack = TransformerStack(configuration.stack, random: &random)
        if !configuration.tiesHead {
            head = Embedding(
                vocabularySize: configuration.vocabularySize, width: width, deviation: deviation,
                random: &random)
        }
        self.configuration = configuration
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    public func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        let places = places(of: ids, batch: batch, caches: caches)
        let tokens = places.count
        var x = context.traced("embeddings") { _ in
            let x = tokenEmbedding(ids, shape: [batch, tokens])
            if configuration.positions.kind == .sinusoidal {
                return x + sinusoidalPositions(places, width: configuration.width)
            }
            return positionEmbedding.map { x + $0(places.map { Int32($0) }, shape: [tokens]) } ?? x
        }
        x = context.dropout(x, probability: configuration.dropout)
        return stack(x, keyMask: keyMask, caches: &caches, context: &context)
    }

    /// The head's vectors, perhaps those of the tokens.
    public var headWeight: Parameter? { (head ?? tokenEmbedding).weight }

    /// What caches keep keys and values in.
    public var cacheFormat: CacheFormat {
        get { stack.cacheFormat }
        set { stack.cacheFormat = newValue }
    }

    /// Empty caches, one for each block.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        stack.makeCaches(batch: batch, capacity: min(capacity, configuration.contextLength))
    }

    /// Visits the parameters.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokenEmbedding)
        visitor.visit("wpe", &positionEmbedding)
        stack.visit(&visitor)
        visitor.visit("lm_head", &head)
    }
}
