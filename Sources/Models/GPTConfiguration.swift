public import AttendTensors

extension GPT {
    /// The sizes of a GPT.
    public struct Configuration: Codable, Hashable, Sendable {
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

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            let bias = hasBias ? 1 : 0
            let attention = 4 * width * width + 4 * width * bias
            let feedForward = 2 * width * hiddenWidth + (width + hiddenWidth) * bias
            let norm = width * (1 + bias)
            return (vocabularySize + contextLength) * width + layerCount
                * (attention + feedForward + 2 * norm) + norm
        }

        /// Multiplications and additions of a forward pass, per token of a full context.
        public var flopsPerToken: Int {
            let perLayer =
                2 * (4 * width * width + 2 * width * hiddenWidth) + 4 * contextLength * width
            return layerCount * perLayer + 2 * vocabularySize * width
        }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            var problems: [String] = []
            func check(_ name: String, _ value: Int, _ limit: Int) {
                if value < 1 || value > limit {
                    problems.append("\(name) is \(value), but must be from 1 to \(limit)")
                }
            }
            check("vocabularySize", vocabularySize, 10_000_000)
            check("contextLength", contextLength, 1_048_576)
            check("layerCount", layerCount, 1024)
            check("headCount", headCount, 4096)
            check("width", width, 65536)
            check("hiddenWidth", hiddenWidth, 524_288)
            if problems.isEmpty, width % headCount != 0 {
                problems.append("headCount \(headCount) does not divide width \(width)")
            }
            if !(dropout >= 0 && dropout < 1) {
                problems.append("dropout is \(dropout), but must be at least 0 and less than 1")
            }
            if !(normEpsilon > 0 && normEpsilon < 1) {
                problems.append("normEpsilon is \(normEpsilon), but must be between 0 and 1")
            }
            if problems.isEmpty, parameterCount > 20_000_000_000 {
                problems.append(
                    "the model would have \(parameterCount) parameters; the limit is 20,000,000,000"
                )
            }
            if problems.isEmpty, contextLength * (width + hiddenWidth) > 1 << 32 {
                problems.append(
                    "contextLength \(contextLength) times width \(width) and hiddenWidth \(hiddenWidth)"
                        + " is more than one sequence may take")
            }
            if !problems.isEmpty { throw ConfigurationError(problems: problems) }
        }
    }
}

/// Sizes from which no model can be made.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, one sentence each.
    public let problems: [String]

    /// An error with at least one problem.
    public init(problems: [String]) {
        self.problems = problems
    }

    /// All problems in one sentence.
    public var description: String { problems.joined(separator: "; ") }
}
