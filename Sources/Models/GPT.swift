public import AttendLayers
public import AttendTensors

/// A decoder-only Transformer with GPT-2's layout.
///
/// Learned positions, pre-norm blocks, GELU, and a head that shares the token embedding's table.
///
/// - Source: Radford et al. 2019.
public struct GPT: Module {
    /// A vector for each token; also the head.
    public var tokenEmbedding: Embedding
    /// A vector for each place.
    public var positionEmbedding: Embedding
    /// The blocks, in order.
    public var blocks: [DecoderBlock]
    /// Before the head.
    public var finalNorm: LayerNorm
    /// What the model was made from.
    public let configuration: Configuration

    /// A model with GPT-2's initialisation: weights of deviation 0.02, those that end in the residual stream divided by
    /// √(2 · layers).
    public init(_ configuration: Configuration, random: inout RandomSource) {
        let width = configuration.width
        tokenEmbedding = Embedding(
            vocabularySize: configuration.vocabularySize, width: width, random: &random)
        positionEmbedding = Embedding(
            vocabularySize: configuration.contextLength, width: width, random: &random)
        let residualDeviation = 0.02 / Float(2 * configuration.layerCount).squareRoot()
        blocks = (0..<configuration.layerCount).map { _ in
            DecoderBlock(
                width: width, headCount: configuration.headCount,
                hiddenWidth: configuration.hiddenWidth,
                activation: configuration.activation, hasBias: configuration.hasBias,
                dropout: configuration.dropout,
                epsilon: configuration.normEpsilon, residualDeviation: residualDeviation,
                random: &random)
        }
        finalNorm = LayerNorm(
            width: width, hasBias: configuration.hasBias, epsilon: configuration.normEpsilon)
        self.configuration = configuration
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - ids: `[batch, tokens]` in row-major order, each inside of the vocabulary.
    ///   - caches: one for each block, or none; holds the tokens before these.
    public func hidden(
        _ ids: [Int32], batch: Int, caches: inout [KeyValueCache], context: inout Context
    ) -> Tensor {
        let tokens = batch == 0 ? 0 : ids.count / batch
        let first = caches.first?.count ?? 0
        if ids.count != batch * tokens || first + tokens > configuration.contextLength {
            shapeError(
                "\(ids.count) ids after \(first) do not fit \(batch) rows of context \(configuration.contextLength)"
            )
        }
        let places = (first..<first + tokens).map { Int32($0) }
        var x =
            tokenEmbedding(ids, shape: [batch, tokens]) + positionEmbedding(places, shape: [tokens])
        x = context.dropout(x, probability: configuration.dropout)
        for index in blocks.indices {
            var cache: KeyValueCache?
            if !caches.isEmpty {
                // Taken out of the array, so that the cache is written to in place.
                cache = caches[index]
                caches[index] = KeyValueCache(batch: 0, capacity: 0, width: 0)
            }
            x = blocks[index](x, cache: &cache, context: &context)
            if let cache { caches[index] = cache }
        }
        return finalNorm(x)
    }

    /// Logits for every place: `[batch, tokens, vocabulary]`.
    public func logits(_ ids: [Int32], batch: Int = 1) -> Tensor {
        var (caches, context) = ([KeyValueCache](), Context())
        return tokenEmbedding.asLinear(
            hidden(ids, batch: batch, caches: &caches, context: &context))
    }

    /// Logits of the last place after these tokens, which are appended to the caches: `[batch, vocabulary]`.
    public func nextLogits(_ ids: [Int32], batch: Int = 1, caches: inout [KeyValueCache]) -> Tensor
    {
        var context = Context()
        let x = hidden(ids, batch: batch, caches: &caches, context: &context)
        return tokenEmbedding.asLinear(x.lastTokens())
    }

    /// Empty caches for generation, one for each block.
    ///
    /// - Parameter capacity: how many tokens fit; the context length where nil.
    public func makeCaches(batch: Int = 1, capacity: Int? = nil) -> [KeyValueCache] {
        let capacity = min(capacity ?? configuration.contextLength, configuration.contextLength)
        return blocks.map { _ in
            KeyValueCache(batch: batch, capacity: capacity, width: configuration.width)
        }
    }

    /// Mean negative log-likelihood of the targets, in nats per scored token.
    ///
    /// - Parameters:
    ///   - inputs: ids `[batch, tokens]`.
    ///   - targets: the ids that follow; a negative one is not scored.
    public func loss(inputs: [Int32], targets: [Int32], batch: Int, context: inout Context)
        -> Tensor
    {
        var caches: [KeyValueCache] = []
        let x = hidden(inputs, batch: batch, caches: &caches, context: &context)
        return x.projectedCrossEntropy(
            weight: tokenEmbedding.weight.tensor, targets: targets, precision: context.precision)
    }

    /// Visits the parameters by GPT-2's names.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokenEmbedding)
        visitor.visit("wpe", &positionEmbedding)
        visitor.visit("h", &blocks)
        visitor.visit("ln_f", &finalNorm)
    }
}
