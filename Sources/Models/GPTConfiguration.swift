internal import AttendLayers
public import AttendTensors

extension GPT {
    /// The sizes of a GPT.
    public struct Configuration: LanguageModelConfiguration {
        /// How many tokens there are.
        public var vocabularySize: Int
        /// The longest sequence.
        public var contextLength: Int
        /// How many blocks.
        public var layerCount: Int
        /// How many heads each attention has; a divisor of the width.
        public var headCount: Int
        /// The width of the residual stream.
        public var width: Int
        /// The width inside of the feed-forward networks.
        public var hiddenWidth: Int
        /// The probability of dropout on embeddings, attention weights and what is added to the residual stream.
        public var dropout: Float
        /// Whether linear maps and norms have biases.
        public var hasBias: Bool
        /// The function inside of the feed-forward networks.
        public var activation: Activation
        /// Added to variances.
        public var normEpsilon: Float

        /// A configuration; the hidden width is four times the width unless given.
        public init(
            vocabularySize: Int, contextLength: Int, layerCount: Int, headCount: Int, width: Int,
            hiddenWidth: Int? = nil, dropout: Float = 0, hasBias: Bool = true,
            activation: Activation = .geluTanh,
            normEpsilon: Float = 1e-5
        ) {
            self.vocabularySize = vocabularySize
            self.contextLength = contextLength
            self.layerCount = layerCount
            self.headCount = headCount
            self.width = width
            self.hiddenWidth = hiddenWidth ?? 4 * width
            self.dropout = dropout
            self.hasBias = hasBias
            self.activation = activation
            self.normEpsilon = normEpsilon
        }

        /// GPT-2 with 124,439,808 parameters.
        ///
        /// - Source: Radford et al. 2019.
        public static let gpt2Small = Configuration(
            vocabularySize: 50257, contextLength: 1024, layerCount: 12, headCount: 12, width: 768,
            dropout: 0.1)

        /// The blocks.
        var stack: StackOptions {
            var stack = StackOptions(
                layerCount: layerCount, width: width, headCount: headCount, hiddenWidth: hiddenWidth
            )
            stack.function = .activation(activation)
            stack.normEpsilon = normEpsilon
            stack.normHasBias = hasBias
            stack.hasBias = hasBias
            stack.dropout = dropout
            stack.attentionDropout = dropout
            stack.isCausal = true
            stack.weights = .gpt2Scaled(layerCount: layerCount)
            return stack
        }

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            (vocabularySize + contextLength) * width + stack.parameterCount
        }

        /// Multiplications and additions of a forward pass, per token of a full context.
        public var flopsPerToken: Int {
            stack.flopsPerToken(keys: contextLength) + 2 * vocabularySize * width
        }

        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            var stack = stack
            stack.positions = PositionOptions(.learned)
            return stack.facts + [
                ("context", "\(contextLength)"), ("vocabulary", "\(vocabularySize)"),
            ]
        }

        /// About how many numbers the backward pass needs of each token.
        public func activationsPerToken(recomputingBlocks: Bool) -> Int {
            stack.activationsPerToken(recomputingBlocks: recomputingBlocks)
        }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            var problems = ConfigurationProblems()
            problems.checkVocabulary(vocabularySize)
            problems.checkContext(contextLength)
            problems = ConfigurationProblems(problems.problems + stack.problems)
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: hiddenWidth)
            try problems.throwIfAny()
        }
    }
}
