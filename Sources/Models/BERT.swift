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
    /// Before the head: a map, a function and a norm.
    public var headTransform: Linear
    /// After that map.
    public var headNorm: Norm
    /// Added to the head's logits, `[vocabulary]`.
    public var headBias: Parameter
    /// What the model was made from.
    public let configuration: Configuration

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
        headTransform = Linear(inputs: width, outputs: width, random: &random)
        headNorm = Norm(configuration.norm, width: width, epsilon: configuration.normEpsilon)
        headBias = Parameter(.zeros([configuration.vocabularySize]))
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

    /// What the head sees of the tokens' vectors: `[…, width]`.
    private func transformed(_ x: Tensor, precision: Precision) -> Tensor {
        headNorm(headTransform(x, activation: .gelu, precision: precision))
    }

    /// Logits of the tokens that may stand at every place: `[batch, tokens, vocabulary]`.
    public func logits(
        _ ids: [Int32], batch: Int = 1, mask: Tensor? = nil, segments: [Int32]? = nil
    ) -> Tensor {
        var context = Context()
        let x = hidden(ids, batch: batch, mask: mask, segments: segments, context: &context)
        return transformed(x, precision: .float32)
            .linear(weight: tokenEmbedding.weight.tensor, bias: headBias.tensor)
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
            .crossEntropy(targets: places.map { targets[$0] })
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
        return transformed(chosen, precision: precision)
            .linear(
                weight: tokenEmbedding.weight.tensor, bias: headBias.tensor, precision: precision)
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("wte", &tokenEmbedding)
        visitor.visit("wpe", &positionEmbedding)
        visitor.visit("wtt", &segmentEmbedding)
        visitor.visit("ln_emb", &embeddingNorm)
        stack.visit(&visitor)
        visitor.visit("head.dense", &headTransform)
        visitor.visit("head.norm", &headNorm)
        visitor.visit("head.bias", &headBias)
    }
}

extension BERT {
    /// The sizes and variants of an encoder.
    public struct Configuration: LanguageModelConfiguration {
        /// How many tokens there are.
        public var vocabularySize: Int
        /// The longest sequence.
        public var contextLength: Int
        /// How many blocks.
        public var layerCount: Int
        /// How many heads; a divisor of the width.
        public var headCount: Int
        /// The width of the residual stream.
        public var width: Int
        /// The width inside of the feed-forward networks.
        public var hiddenWidth: Int
        /// The probability of dropout on embeddings, attention weights and what is added to the residual stream.
        public var dropout: Float = 0.1
        /// What stands inside of the feed-forward networks.
        public var hiddenFunction = HiddenFunction.activation(.gelu)
        /// The kind of norm.
        public var norm = Norm.Kind.layer
        /// Where norms stand.
        public var normPlacement = NormPlacement.post
        /// Added to variances.
        public var normEpsilon: Float = 1e-12
        /// How places are told apart.
        public var positions = PositionOptions(.learned)
        /// How many kinds of segment there are; 0 for none.
        public var segmentCount = 2

        /// A configuration; the hidden width is four times the width unless given.
        public init(
            vocabularySize: Int, contextLength: Int, layerCount: Int, headCount: Int, width: Int,
            hiddenWidth: Int? = nil
        ) {
            self.vocabularySize = vocabularySize
            self.contextLength = contextLength
            self.layerCount = layerCount
            self.headCount = headCount
            self.width = width
            self.hiddenWidth = hiddenWidth ?? 4 * width
        }

        /// The blocks.
        var stack: StackOptions {
            var stack = StackOptions(
                layerCount: layerCount, width: width, headCount: headCount,
                hiddenWidth: hiddenWidth)
            stack.function = hiddenFunction
            stack.norm = norm
            stack.placement = normPlacement
            stack.normEpsilon = normEpsilon
            stack.dropout = dropout
            stack.attentionDropout = dropout
            stack.positions = positions
            stack.weights = .gpt2
            return stack
        }

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            let rows =
                vocabularySize + segmentCount + (positions.kind == .learned ? contextLength : 0)
            let normCount =
                switch norm {
                case .none: 0
                case .rms: width
                case .layer: 2 * width
                }
            return rows * width + 2 * normCount + width * width + width + vocabularySize
                + stack.parameterCount
        }

        /// Multiplications and additions of a forward pass with logits everywhere, per token of a full context.
        public var flopsPerToken: Int {
            stack.flopsPerToken(keys: contextLength) + 2 * width * (width + vocabularySize)
        }

        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            stack.facts + [("context", "\(contextLength)"), ("vocabulary", "\(vocabularySize)")]
        }

        /// About how many numbers the backward pass needs of each token.
        public var activationsPerToken: Int { stack.activationsPerToken }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            var problems = ConfigurationProblems(stack.problems)
            problems.checkVocabulary(vocabularySize)
            problems.checkContext(contextLength)
            problems.check("segmentCount", segmentCount, from: 0, to: 1024)
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: hiddenWidth)
            try problems.throwIfAny()
        }
    }
}
