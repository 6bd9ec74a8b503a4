public import AttendLayers
public import AttendTensors

/// The Transformer of 2017: an encoder reads one sequence, and a decoder writes another while it looks at what was read.
///
/// - Source: Vaswani et al. 2017, §3.
public struct EncoderDecoder: Module {
    /// A vector for each source token, and for each target token where all three tables are one.
    public var sourceEmbedding: Embedding
    /// A vector for each target token, where that is another table.
    public var targetEmbedding: Embedding?
    /// The head, where it shares no table.
    public var head: Embedding?
    /// A vector for each place, where positions are learned; of the source, then of the target.
    public var positionEmbeddings: [Embedding]
    /// After the embeddings of the source, then of the target, where norms stand there.
    public var embeddingNorms: [Norm]
    /// Reads the source.
    public var encoder: TransformerStack
    /// Writes the target.
    public var decoder: TransformerStack
    /// Added to the head's logits, `[vocabulary]`.
    public var headBias: Parameter?
    /// What the model was made from.
    public let configuration: Configuration

    /// A model with Glorot's initialisation; embeddings have the deviation 1 / √width, so that tied logits start small and
    /// embeddings times √width have the size of positions.
    public init(_ configuration: Configuration, random: inout RandomSource) {
        let width = configuration.width
        let deviation = configuration.scalesEmbeddings ? 1 / Float(width).squareRoot() : 0.02
        func embedding(_ size: Int) -> Embedding {
            Embedding(
                vocabularySize: size, width: width, deviation: deviation,
                paddingIndex: configuration.paddingToken, random: &random)
        }
        func places() -> Embedding {
            Embedding(
                vocabularySize: configuration.contextLength, width: width, deviation: deviation,
                random: &random)
        }
        sourceEmbedding = embedding(configuration.sourceVocabularySize)
        if !configuration.tying.sharesEmbeddings {
            targetEmbedding = embedding(configuration.targetVocabularySize)
        }
        if configuration.tying.hasOwnHead { head = embedding(configuration.targetVocabularySize) }
        positionEmbeddings = []
        if configuration.positions.kind == .learned {
            positionEmbeddings = [places(), places()]
        }
        embeddingNorms = []
        if configuration.hasEmbeddingNorm ?? false {
            let norm = Norm(
                configuration.norm, width: width, hasBias: configuration.hasBias,
                epsilon: configuration.normEpsilon)
            embeddingNorms = [norm, norm]
        }
        if configuration.headHasBias ?? false {
            headBias = Parameter(.zeros([configuration.targetVocabularySize]))
        }
        encoder = TransformerStack(configuration.encoderStack, random: &random)
        decoder = TransformerStack(configuration.decoderStack, random: &random)
        self.configuration = configuration
    }

    /// Which of some ids are tokens rather than padding, `[batch, tokens]`; nil where all are.
    public func paddingMask(_ ids: [Int32], batch: Int) -> Tensor? {
        guard let padding = configuration.paddingToken, batch > 0, ids.contains(padding) else {
            return nil
        }
        return Tensor(ids.map { $0 == padding ? 0 : 1 }, shape: [batch, ids.count / batch])
    }

    /// What the encoder makes of the source: `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - sources: ids `[batch, tokens]`, padded.
    ///   - mask: which of them are tokens, `[batch, tokens]`: 0 hides.
    public func encode(
        _ sources: [Int32], batch: Int, mask: Tensor? = nil, context: inout Context
    ) -> Tensor {
        context.inside("encoder") { context in
            let x = embedded(
                sources, by: sourceEmbedding, batch: batch, held: 0, side: 0, context: &context)
            var caches: [KeyValueCache] = []
            return encoder(x, keyMask: mask, caches: &caches, context: &context)
        }
    }

    /// What the decoder's blocks will see of an encoded source.
    public func memories(of encoded: Tensor, mask: Tensor?, context: inout Context) -> [Memory] {
        context.inside("decoder") {
            decoder.memories(of: encoded, keyMask: mask, context: &$0)
        }
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - targets: ids `[batch, tokens]` that begin with the start token, or go on where the caches end.
    ///   - memories: what the blocks see of the source.
    ///   - caches: one for each block, or none; holds the tokens before these.
    public func decode(
        _ targets: [Int32], batch: Int, memories: [Memory], caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        context.inside("decoder") { context in
            let x = embedded(
                targets, by: targetEmbedding ?? sourceEmbedding, batch: batch,
                held: caches.first?.count ?? 0, side: 1, context: &context)
            let decoded = decoder(x, memories: memories, caches: &caches, context: &context)
            return configuration.logitScale.map { decoded * $0 } ?? decoded
        }
    }

    /// The head's vectors, one for each target token: `[vocabulary, width]`.
    public var headWeight: Parameter {
        (head ?? targetEmbedding ?? sourceEmbedding).weight
    }

    /// What the head makes of vectors that ``decode(_:batch:memories:caches:context:)`` made: `[…, width]` → `[…, vocabulary]`.
    public func logits(ofHidden x: Tensor, precision: Precision = .float32) -> Tensor {
        x.linear(weight: headWeight, bias: headBias?.tensor, precision: precision)
    }

    /// Logits of every target place, given the source and the target before it: `[batch, target tokens, vocabulary]`.
    ///
    /// - Parameter sourceMask: which source ids are tokens; by default those that are not padding.
    public func logits(
        sources: [Int32], targets: [Int32], batch: Int = 1, sourceMask: Tensor? = nil
    ) -> Tensor {
        var (caches, context) = ([KeyValueCache](), Context())
        let sourceMask = sourceMask ?? paddingMask(sources, batch: batch)
        let encoded = encode(sources, batch: batch, mask: sourceMask, context: &context)
        let memories = memories(of: encoded, mask: sourceMask, context: &context)
        let x = decode(
            targets, batch: batch, memories: memories, caches: &caches, context: &context)
        return logits(ofHidden: x)
    }

    /// Mean negative log-likelihood of the target, in nats per scored token (teacher forcing).
    ///
    /// - Parameters:
    ///   - sourceMask: which source ids are tokens; by default those that are not padding.
    ///   - targetInputs: ids `[batch, tokens]`: the start token and the target.
    ///   - targetOutputs: the ids that follow each; a negative one is not scored.
    ///   - smoothing: how much of the probability the targets share with all other tokens (Szegedy et al. 2016).
    public func loss(
        sources: [Int32], sourceMask: Tensor? = nil, targetInputs: [Int32], targetOutputs: [Int32],
        batch: Int, smoothing: Float = 0, context: inout Context
    ) -> Tensor {
        let sourceMask = sourceMask ?? paddingMask(sources, batch: batch)
        let encoded = encode(sources, batch: batch, mask: sourceMask, context: &context)
        let memories = memories(of: encoded, mask: sourceMask, context: &context)
        var caches: [KeyValueCache] = []
        let x = decode(
            targetInputs, batch: batch, memories: memories, caches: &caches, context: &context)
        let loss = context.traced("head") { context in
            if headBias != nil {
                // The loss that never holds all logits has no place for a bias.
                return logits(ofHidden: x, precision: context.precision)
                    .crossEntropy(
                        targets: targetOutputs, smoothing: smoothing, zLoss: context.zLoss)
            }
            return x.projectedCrossEntropy(
                weight: headWeight, targets: targetOutputs, smoothing: smoothing,
                zLoss: context.zLoss, precision: context.precision)
        }
        return context.addingAuxiliaryLosses(to: loss)
    }

    /// What caches of the decoder keep keys and values of its own tokens in.
    public var cacheFormat: CacheFormat {
        get { decoder.cacheFormat }
        set { decoder.cacheFormat = newValue }
    }

    /// Empty caches for the decoder's blocks.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        decoder.makeCaches(batch: batch, capacity: min(capacity, configuration.contextLength))
    }

    /// Embeddings times √width, with positions added, perhaps normalised, dropped out.
    private func embedded(
        _ ids: [Int32], by embedding: Embedding, batch: Int, held: Int, side: Int,
        context: inout Context
    ) -> Tensor {
        let tokens = batch == 0 ? 0 : ids.count / batch
        if ids.count != batch * tokens || held + tokens > configuration.contextLength {
            shapeError(
                "\(ids.count) ids after \(held) do not fit \(batch) rows of context \(configuration.contextLength)"
            )
        }
        let x = context.traced("embeddings") { _ in
            var x = embedding(ids, shape: [batch, tokens])
            if configuration.scalesEmbeddings {
                x = x * Float(configuration.width).squareRoot()
            }
            let places = held..<held + tokens
            switch configuration.positions.kind {
            case .sinusoidal:
                x = x + sinusoidalPositions(places, width: configuration.width)
            case .learned:
                x = x + positionEmbeddings[side](places.map { Int32($0) }, shape: [tokens])
            default: break
            }
            return embeddingNorms.isEmpty ? x : embeddingNorms[side](x)
        }
        return context.dropout(x, probability: configuration.dropout)
    }

    /// Visits the tables, the encoder and the decoder.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit(
            configuration.tying.sharesEmbeddings ? "wte" : "encoder.wte", &sourceEmbedding)
        visitor.visit("decoder.wte", &targetEmbedding)
        visitor.visit("wpe", &positionEmbeddings)
        visitor.visit("ln_emb", &embeddingNorms)
        visitor.visit("encoder", &encoder)
        visitor.visit("decoder", &decoder)
        visitor.visit("lm_head", &head)
        visitor.visit("lm_head.bias", &headBias)
    }
}
