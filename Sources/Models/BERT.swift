public import AttendLayers
public import AttendTensors

/// An encoder-only Transformer with BERT's layout, trained to restore masked tokens.
///
/// Every token sees every other; post-norm blocks, GELU, learned positions, a norm after the embeddings.
///
/// - Source: Devlin et al. 2019.
public struct BERT: Module {
    /// A vector for each token; also the head.
    public var tokenEmbedding: Embedding
    /// A vector for each place, where positions are learned.
    public var positionEmbedding: Embedding?
    /// A vector for each kind of segment, such as first and second sentence.
    public var segmentEmbedding: Embedding?
    /// After the embeddings.
    public var embeddingNorm: Norm
    /// The blocks, in order.
    public var stack: TransformerStack
    /// Makes one vector of the first token's, under tanh.
    ///
    /// BERT was trained with it to tell whether one sentence follows another. Nothing here reads it; it stays with a model
    /// that has it, so that other programs find it again.
    public var pooler: Linear?
    /// Restores masked tokens; nil in a model that only makes vectors.
    public var head: MaskedTokenHead?
    /// What the model was made from.
    public private(set) var configuration: Configuration

    /// A model whose weights have the deviation 0.02.
    public init(_ configuration: Configuration, random: inout RandomSource) {
        let width = configuration.width
        func embedding(_ size: Int) -> Embedding {
            Embedding(vocabularySize: size, width: width, random: &random)
        }
        tokenEmbedding = embedding(configuration.vocabularySize)
        if configuration.positions.kind == .learned {
            positionEmbedding = embedding(configuration.contextLength)
        }
        if configuration.segmentCount > 0 {
            segmentEmbedding = embedding(configuration.segmentCount)
        }
        embeddingNorm = Norm(
            configuration.norm, width: width, epsilon: configuration.normEpsilon)
        stack = TransformerStack(configuration.stack, random: &random)
        if configuration.hasPooler ?? false {
            pooler = Linear(inputs: width, outputs: width, random: &random)
        }
        if configuration.restoresTokens {
            head = MaskedTokenHead(configuration, random: &random)
        }
        self.configuration = configuration
    }

    /// The vectors of the tokens: `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - ids: `[batch, tokens]`, padded.
    ///   - mask: which of them are tokens, `[batch, tokens]`: 0 hides.
    ///   - segments: the kind of segment of each token; 0 for all where nil.
    public func hidden(
        _ ids: [Int32], batch: Int, mask: Tensor? = nil, segments: [Int32]? = nil,
        context: inout Context
    ) -> Tensor {
        let tokens = batch == 0 ? 0 : ids.count / batch
        if ids.count != batch * tokens || tokens > configuration.contextLength
            || segments.map({ $0.count != ids.count }) ?? false
        {
            shapeError(
                "\(ids.count) ids do not fit \(batch) rows of context \(configuration.contextLength)"
            )
        }
        var x = context.traced("embeddings") { _ in
            var x = tokenEmbedding(ids, shape: [batch, tokens])
            if let positionEmbedding {
                x = x + positionEmbedding((0..<tokens).map { Int32($0) }, shape: [tokens])
            } else if configuration.positions.kind == .sinusoidal {
                x = x + sinusoidalPositions(0..<tokens, width: configuration.width)
            }
            if let segmentEmbedding {
                let segments = segments ?? Array(repeating: 0, count: ids.count)
                x = x + segmentEmbedding(segments, shape: [batch, tokens])
            }
            return embeddingNorm(x)
        }
        x = context.dropout(x, probability: configuration.dropout)
        var caches: [KeyValueCache] = []
        return stack(x, keyMask: mask, caches: &caches, context: &context)
    }

    /// Logits of the tokens that may stand at every place: `[batch, tokens, vocabulary]`.
    public func logits(
        _ ids: [Int32], batch: Int = 1, mask: Tensor? = nil, segments: [Int32]? = nil
    ) -> Tensor {
        var context = Context()
        let x = hidden(ids, batch: batch, mask: mask, segments: segments, context: &context)
        return logits(ofHidden: x, precision: .float32)
    }

    /// Logits from the tokens' vectors: `[…, width]` → `[…, vocabulary]`.
    private func logits(ofHidden x: Tensor, precision: Precision) -> Tensor {
        guard let head else { shapeError("an encoder without a head has no logits") }
        return head(x, tokens: tokenEmbedding, precision: precision)
    }

    /// Mean negative log-likelihood of masked tokens, in nats per scored token.
    ///
    /// - Parameter targets: `[batch, tokens]`: what stood where a token is masked, negative elsewhere.
    public func loss(
        _ ids: [Int32], batch: Int, mask: Tensor?, targets: [Int32], context: inout Context
    ) -> Tensor {
        let places = targets.indices.filter { targets[$0] >= 0 }
        let x = hidden(ids, batch: batch, mask: mask, context: &context)
        if places.isEmpty { return context.addingAuxiliaryLosses(to: x.sum() * 0) }
        let loss = logits(ofHidden: x, at: places, precision: context.precision)
            .crossEntropy(targets: places.map { targets[$0] }, zLoss: context.zLoss)
        return context.addingAuxiliaryLosses(to: loss)
    }

    /// Logits of some places alone, `[places, vocabulary]`: the head is most of the work of a small model.
    ///
    /// - Parameter places: numbers of places, counted through all sequences.
    public func logits(
        ofHidden x: Tensor, at places: [Int], precision: Precision = .float32
    ) -> Tensor {
        let chosen = x.reshaped([x.shape.rows, configuration.width])
            .gathered(places.map { Int32($0) }, shape: [places.count])
        return logits(ofHidden: chosen, precision: precision)
    }

    /// The same encoder without its head.
    var withoutHead: BERT {
        var result = self
        result.head = nil
        result.configuration.hasHead = false
        result.configuration.headFunction = nil
        return result
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokenEmbedding)
        visitor.visit("wpe", &positionEmbedding)
        visitor.visit("wtt", &segmentEmbedding)
        visitor.visit("ln_emb", &embeddingNorm)
        stack.visit(&visitor)
        visitor.visit("pooler", &pooler)
        visitor.visit("head", &head)
    }
}
