public import AttendLayers
internal import AttendTensors

extension Llama {
    /// The sizes and variants of a Llama.
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
        /// The width inside of the feed-forward networks.
        public var hiddenWidth: Int
        /// How places are told apart.
        public var positions = PositionOptions(.rotary)
        /// The kind of norm.
        public var norm = Norm.Kind.rms
        /// Where norms stand.
        public var normPlacement = NormPlacement.pre
        /// Added to mean squares.
        public var normEpsilon: Float = 1e-5
        /// What stands inside of the feed-forward networks.
        public var hiddenFunction = HiddenFunction.gate(.silu)
        /// Experts instead of one feed-forward network, as in Mixtral.
        ///
        /// - Source: Jiang et al. 2024.
        public var experts: ExpertOptions?
        /// Latent attention (DeepSeek-V2).
        public var latent: LatentOptions?
        /// How many places back a token sees, as in Mistral; all where nil.
        ///
        /// - Source: Jiang et al. 2023.
        public var window: Int?
        /// The first block with the window, as in Qwen 2; the first of all where nil.
        public var firstWindowedLayer: Int?
        /// Whether queries and keys are normalised (Qwen 3).
        public var normalisesQueriesAndKeys = false
        /// Whether feed-forward networks have biases.
        public var hasBias = false
        /// Whether the maps to queries, keys and values have biases (Qwen 2).
        public var attentionHasBias = false
        /// Whether the maps at the end of attentions have biases; they have none where nil.
        public var attentionOutputHasBias: Bool?
        /// Whether the head shares the embedding's table.
        public var tiesHead = false
        /// The probability of dropout on embeddings, attention weights and what is added to the residual stream.
        public var dropout: Float = 0
        /// The standard deviation of all weights before training; that of GPT-2's initialisation where nil.
        public var initialDeviation: Float?

        /// A configuration; the hidden width is 8/3 of the width, rounded up to a multiple of 32, unless given.
        public init(
            vocabularySize: Int, contextLength: Int, layerCount: Int, headCount: Int,
            keyValueHeadCount: Int? = nil, width: Int, headWidth: Int? = nil,
            hiddenWidth: Int? = nil
        ) {
            self.vocabularySize = vocabularySize
            self.contextLength = contextLength
            self.layerCount = layerCount
            self.headCount = headCount
            self.keyValueHeadCount = keyValueHeadCount ?? headCount
            self.width = width
            self.headWidth = headWidth ?? width / max(headCount, 1)
            self.hiddenWidth = hiddenWidth ?? (width * 8 / 3 + 31) / 32 * 32
        }

        /// The blocks.
        package var stack: StackOptions {
            var stack = StackOptions(
                layerCount: layerCount, width: width, headCount: headCount,
                keyValueHeadCount: keyValueHeadCount, headWidth: headWidth, hiddenWidth: hiddenWidth
            )
            stack.function = hiddenFunction
            stack.experts = experts
            stack.norm = norm
            stack.placement = normPlacement
            stack.normEpsilon = normEpsilon
            stack.hasBias = hasBias
            stack.attentionHasBias = attentionHasBias
            stack.attentionOutputHasBias = attentionOutputHasBias ?? false
            stack.dropout = dropout
            stack.attentionDropout = dropout
            stack.isCausal = true
            stack.positions = positions
            stack.window = window
            stack.firstWindowedBlock = firstWindowedLayer ?? 0
            stack.normalisesQueriesAndKeys = normalisesQueriesAndKeys
            stack.latent = latent
            stack.weights =
                initialDeviation.map { .equal(deviation: $0) }
                ?? .gpt2Scaled(layerCount: layerCount)
            return stack
        }

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            vocabularySize * width * (tiesHead ? 1 : 2)
                + (positions.kind == .learned ? contextLength * width : 0) + stack.parameterCount
        }

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
            if let initialDeviation {
                problems.add(
                    "initialDeviation is \(initialDeviation), but must be from 0 to 10",
                    if: !(0...10).contains(initialDeviation))
            }
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: hiddenWidth)
            try problems.throwIfAny()
        }
    }
}
