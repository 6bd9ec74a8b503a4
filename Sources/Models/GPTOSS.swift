public import AttendLayers
public import AttendTensors

/// A decoder-only Transformer with the layout of OpenAI's open-weight models, made small.
///
/// Rotary positions stretched by YaRN, RMSNorm, grouped-query attention with biases and a sink for each head, a sliding
/// window in every second block, and experts with a clamped gate instead of a feed-forward network.
///
/// - Source: OpenAI 2025 (gpt-oss-120b & gpt-oss-20b model card), §2.
public struct GPTOSS: CausalLanguageModel {
    /// A vector for each token.
    public var tokenEmbedding: Embedding
    /// The blocks, in order, and the norm before the head.
    public var stack: TransformerStack
    /// The head.
    public var head: Embedding
    /// What the model was made from.
    public let configuration: Configuration

    /// A model whose weights have the deviation 0.02, those that end in the residual stream divided by √(2 · layers).
    public init(_ configuration: Configuration, random: inout RandomSource) {
        tokenEmbedding = Embedding(
            vocabularySize: configuration.vocabularySize, width: configuration.width,
            random: &random)
        stack = TransformerStack(configuration.stack, random: &random)
        head = Embedding(
            vocabularySize: configuration.vocabularySize, width: configuration.width,
            random: &random)
        self.configuration = configuration
    }

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    public func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        let tokens = places(of: ids, batch: batch, caches: caches).count
        let x = context.traced("embeddings") { _ in tokenEmbedding(ids, shape: [batch, tokens]) }
        return stack(x, keyMask: keyMask, caches: &caches, context: &context)
    }

    /// The head's vectors.
    public var headWeight: Parameter? { head.weight }

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
        stack.visit(&visitor)
        visitor.visit("lm_head", &head)
    }
}

extension GPTOSS {
    /// The sizes of a GPTOSS.
    public struct Configuration: LanguageModelConfiguration {
        /// How many tokens there are.
        public var vocabularySize: Int
        /// The longest sequence.
        public var contextLength: Int
        /// How many blocks.
        public var layerCount: Int
        /// How many heads queries have.
        public var headCount: Int
        /// How many heads keys and values have; a divisor of `headCount`.
        public var keyValueHeadCount: Int
        /// The width of the residual stream.
        public var width: Int
        /// The width of a head.
        public var headWidth: Int
        /// How many places back a token sees in every second block, from the first.
        public var window: Int
        /// The experts.
        public var experts: ExpertOptions
        /// Rotary positions and how they are stretched.
        public var positions = PositionOptions(.rotary, rotaryBase: 150_000)
        /// Added to mean squares.
        public var normEpsilon: Float = 1e-5

        /// A configuration; each expert's hidden width is the width unless given.
        public init(
            vocabularySize: Int, contextLength: Int, layerCount: Int, headCount: Int,
            keyValueHeadCount: Int, width: Int, headWidth: Int? = nil, window: Int,
            expertCount: Int, expertsPerToken: Int, expertWidth: Int? = nil
        ) {
            self.vocabularySize = vocabularySize
            self.contextLength = contextLength
            self.layerCount = layerCount
            self.headCount = headCount
            self.keyValueHeadCount = keyValueHeadCount
            self.width = width
            self.headWidth = headWidth ?? width / max(headCount, 1)
            self.window = window
            experts = ExpertOptions(
                count: expertCount, perToken: expertsPerToken, hiddenWidth: expertWidth ?? width,
                routerHasBias: true)
        }

        /// The blocks.
        package var stack: StackOptions {
            var stack = StackOptions(
                layerCount: layerCount, width: width, headCount: headCount,
                keyValueHeadCount: keyValueHeadCount, headWidth: headWidth,
                hiddenWidth: experts.hiddenWidth)
            stack.function = .gate(.clampedSwish)
            stack.experts = experts
            stack.norm = .rms
            stack.normEpsilon = normEpsilon
            stack.isCausal = true
            stack.positions = positions
            stack.window = window
            stack.windowAlternates = true
            stack.hasSinks = true
            stack.weights = .gpt2Scaled(layerCount: layerCount)
            return stack
        }

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int { 2 * vocabularySize * width + stack.parameterCount }

        /// Multiplications and additions of a forward pass, per token of a full context.
        public var flopsPerToken: Int {
            stack.flopsPerToken(keys: contextLength) + 2 * vocabularySize * width
        }

        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            stack.facts + [("context", "\(contextLength)"), ("vocabulary", "\(vocabularySize)")]
        }

        /// About how many numbers the backward pass needs of each token.
        public func activationsPerToken(recomputingBlocks: Bool) -> Int {
            stack.activationsPerToken(recomputingBlocks: recomputingBlocks)
        }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            var problems = ConfigurationProblems(stack.problems)
            problems.checkVocabulary(vocabularySize)
            problems.checkContext(contextLength)
            problems.add(
                "positions.kind is \(positions.kind.rawValue), but must be rotary",
                if: positions.kind != .rotary)
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: experts.hiddenWidth)
            try problems.throwIfAny()
        }
    }
}
