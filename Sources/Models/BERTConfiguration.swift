public import AttendLayers
public import AttendTensors

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
        /// Whether there is a head that restores masked tokens; there is where nil.
        public var hasHead: Bool?
        /// The function within that head; GELU where nil.
        public var headFunction: Activation?
        /// Whether the model has BERT's pooler; it has none where nil.
        public var hasPooler: Bool?

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

        /// Whether there is a head that restores masked tokens.
        public var restoresTokens: Bool { hasHead ?? true }

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
            let (map, normCount) = (width * width + width, stack.normParameterCount)
            return rows * width + normCount + stack.parameterCount
                + (restoresTokens ? map + normCount + vocabularySize : 0)
                + (hasPooler ?? false ? map : 0)
        }

        /// Multiplications and additions of a forward pass with logits everywhere, per token of a full context.
        public var flopsPerToken: Int {
            stack.flopsPerToken(keys: contextLength)
                + (restoresTokens ? 2 * width * (width + vocabularySize) : 0)
        }

        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            stack.facts + [("context", "\(contextLength)"), ("vocabulary", "\(vocabularySize)")]
                + (restoresTokens ? [] : [("head", "none")])
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
            problems.check("segmentCount", segmentCount, from: 0, to: 1024)
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: hiddenWidth)
            try problems.throwIfAny()
        }
    }
}
