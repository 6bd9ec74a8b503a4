public import AttendLayers
internal import AttendTensors

extension EncoderDecoder {
    /// Which of the three tables of vectors – source tokens, target tokens, head – are one.
    public enum Tying: String, Codable, Hashable, Sendable, CaseIterable {
        /// Three tables.
        case none
        /// The head shares the target's table (Press & Wolf 2017).
        case targetAndHead
        /// Source and target share a table, and the head has its own (T5 1.1; Shazeer 2020).
        case sourceAndTarget
        /// One table for a vocabulary that both languages share (Vaswani et al. 2017, §3.4).
        case all

        /// Whether source and target tokens have the same vectors.
        public var sharesEmbeddings: Bool { self == .all || self == .sourceAndTarget }
        /// Whether the head has vectors of its own.
        public var hasOwnHead: Bool { self == .none || self == .sourceAndTarget }
    }

    /// The sizes and variants of an encoder–decoder.
    ///
    /// The defaults are the base model of 2017.
    public struct Configuration: ModelConfiguration {
        /// How many source tokens there are.
        public var sourceVocabularySize: Int
        /// How many target tokens there are.
        public var targetVocabularySize: Int
        /// The longest source and the longest target.
        public var contextLength: Int
        /// The width of the residual streams.
        public var width: Int
        /// How many heads queries have.
        public var headCount: Int
        /// How many heads keys and values have; a divisor of `headCount`.
        public var keyValueHeadCount: Int
        /// The width of a head; width / headCount where nil.
        public var headWidth: Int?
        /// How many heads the decoder has, where they are not as many as the encoder's.
        public var decoderHeadCount: Int?
        /// The width inside of the feed-forward networks.
        public var hiddenWidth: Int
        /// The same in the decoder, where it differs.
        public var decoderHiddenWidth: Int?
        /// How many blocks the encoder has.
        public var encoderLayerCount: Int
        /// How many blocks the decoder has.
        public var decoderLayerCount: Int
        /// The probability of dropout on embeddings and on what is added to the residual streams.
        public var dropout: Float
        /// The probability of dropout on attention weights.
        public var attentionDropout: Float = 0
        /// The probability of dropout on the hidden vectors of feed-forward networks.
        public var hiddenDropout: Float = 0
        /// What stands inside of the feed-forward networks.
        public var hiddenFunction = HiddenFunction.activation(.relu)
        /// The kind of norm.
        public var norm = Norm.Kind.layer
        /// Where norms stand.
        public var normPlacement = NormPlacement.post
        /// Whether each stack ends with a norm, where that differs from the custom: pre-norm stacks do.
        public var hasFinalNorm: Bool?
        /// Added to variances.
        public var normEpsilon: Float = 1e-5
        /// Whether linear maps and norms have biases.
        public var hasBias = true
        /// How places are told apart.
        public var positions = PositionOptions(.sinusoidal)
        /// Whether embeddings are multiplied by √width.
        public var scalesEmbeddings = true
        /// Whether a norm follows the embeddings of each side, as in BART; none where nil.
        ///
        /// - Source: Lewis et al. 2020.
        public var hasEmbeddingNorm: Bool?
        /// Whether a number of its own is added to each token's logit; none is where nil.
        public var headHasBias: Bool?
        /// What the vectors before the head are multiplied by, such as T5's 1 / √width; 1 where nil.
        ///
        /// - Source: Raffel et al. 2020.
        public var logitScale: Float?
        /// What attention scores are multiplied by; 1 / √headWidth where nil.
        public var attentionScale: Float?
        /// Which tables are one.
        public var tying: Tying
        /// The id that fills up shorter sequences; nil where every id is a token.
        public var paddingToken: Int32?

        /// A configuration; 512 / 8 / 2048 / 6 + 6 / 0.1 / 5000 unless given.
        public init(
            sourceVocabularySize: Int, targetVocabularySize: Int, contextLength: Int = 5000,
            width: Int = 512, headCount: Int = 8, keyValueHeadCount: Int? = nil,
            hiddenWidth: Int = 2048, encoderLayerCount: Int = 6, decoderLayerCount: Int = 6,
            dropout: Float = 0.1, tying: Tying = .all
        ) {
            self.sourceVocabularySize = sourceVocabularySize
            self.targetVocabularySize = targetVocabularySize
            self.contextLength = contextLength
            self.width = width
            self.headCount = headCount
            self.keyValueHeadCount = keyValueHeadCount ?? headCount
            self.hiddenWidth = hiddenWidth
            self.encoderLayerCount = encoderLayerCount
            self.decoderLayerCount = decoderLayerCount
            self.dropout = dropout
            self.tying = tying
        }

        private func stack(
            layerCount: Int, headCount: Int, keyValueHeadCount: Int, hiddenWidth: Int
        ) -> StackOptions {
            var stack = StackOptions(
                layerCount: layerCount, width: width, headCount: headCount,
                keyValueHeadCount: keyValueHeadCount, headWidth: headWidth, hiddenWidth: hiddenWidth
            )
            stack.function = hiddenFunction
            stack.norm = norm
            stack.placement = normPlacement
            stack.hasFinalNorm = hasFinalNorm
            stack.normEpsilon = normEpsilon
            stack.normHasBias = hasBias
            stack.hasBias = hasBias
            stack.dropout = dropout
            stack.attentionDropout = attentionDropout
            stack.hiddenDropout = hiddenDropout
            stack.positions = positions
            stack.scale = attentionScale
            return stack
        }

        /// The encoder's blocks.
        var encoderStack: StackOptions {
            stack(
                layerCount: encoderLayerCount, headCount: headCount,
                keyValueHeadCount: keyValueHeadCount, hiddenWidth: hiddenWidth)
        }

        /// The decoder's blocks.
        var decoderStack: StackOptions {
            var stack = stack(
                layerCount: decoderLayerCount, headCount: decoderHeadCount ?? headCount,
                keyValueHeadCount: decoderHeadCount ?? keyValueHeadCount,
                hiddenWidth: decoderHiddenWidth ?? hiddenWidth)
            stack.isCausal = true
            stack.crossAttends = true
            return stack
        }

        /// How many parameters a model of this configuration has.
        public var parameterCount: Int {
            let tables =
                switch tying {
                case .all: sourceVocabularySize
                case .sourceAndTarget: 2 * sourceVocabularySize
                case .targetAndHead: sourceVocabularySize + targetVocabularySize
                case .none: sourceVocabularySize + 2 * targetVocabularySize
                }
            return (tables + (positions.kind == .learned ? 2 * contextLength : 0)) * width
                + (hasEmbeddingNorm ?? false ? 2 * encoderStack.normParameterCount : 0)
                + (headHasBias ?? false ? targetVocabularySize : 0) + encoderStack.parameterCount
                + decoderStack.parameterCount
        }

        /// Multiplications and additions of a forward pass, per pair of a source and a target token, in sequences of 64.
        public var flopsPerToken: Int {
            flopsPerToken(sourceLength: 64, targetLength: 64)
        }

        /// Multiplications and additions of a forward pass for each target token, of sequences that are equally long.
        public func flopsPerToken(sourceLength: Int, targetLength: Int) -> Int {
            encoderStack.flopsPerToken(keys: sourceLength)
                + decoderStack.flopsPerToken(keys: targetLength, memoryKeys: sourceLength)
                + decoderLayerCount * 4 * width * decoderStack.keyValueHeadCount
                * decoderStack.headWidth
                + 2 * targetVocabularySize * width
        }

        /// The sizes and variants as words and values.
        public var facts: [(String, String)] {
            var sides: [(String, String)] = []
            if let decoderHeadCount, decoderHeadCount != headCount {
                sides.append(("encoder heads", "\(headCount)"))
            }
            if let decoderHiddenWidth, decoderHiddenWidth != hiddenWidth {
                sides.append(("encoder hidden width", "\(hiddenWidth)"))
            }
            if hasEmbeddingNorm ?? false { sides.append(("embedding norm", "yes")) }
            if headHasBias ?? false { sides.append(("head bias", "yes")) }
            if let logitScale { sides.append(("logit scale", "\(logitScale)")) }
            return [
                ("encoder layers", "\(encoderLayerCount)"),
                ("decoder layers", "\(decoderLayerCount)"),
            ]
                + decoderStack.facts.dropFirst() + sides + [
                    ("context", "\(contextLength)"),
                    (
                        "vocabulary",
                        sourceVocabularySize == targetVocabularySize
                            ? "\(sourceVocabularySize)"
                            : "\(sourceVocabularySize), \(targetVocabularySize)"
                    ),
                    ("tied tables", tying.rawValue),
                ]
        }

        /// About how many numbers the backward pass needs of each pair of a source and a target token.
        public func activationsPerToken(recomputingBlocks: Bool) -> Int {
            encoderStack.activationsPerToken(recomputingBlocks: recomputingBlocks)
                + decoderStack.activationsPerToken(recomputingBlocks: recomputingBlocks)
        }

        /// Checks that a model of these sizes can be made.
        ///
        /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
        public func validate() throws {
            var problems = ConfigurationProblems()
            problems.checkVocabulary(sourceVocabularySize, "sourceVocabularySize")
            problems.checkVocabulary(targetVocabularySize, "targetVocabularySize")
            problems.checkContext(contextLength)
            problems.check("encoderLayerCount", encoderLayerCount, to: 1024)
            problems.check("decoderLayerCount", decoderLayerCount, to: 1024)
            if problems.problems.isEmpty { problems = ConfigurationProblems(encoderStack.problems) }
            // What is wrong with both stacks is said once, and the decoder's sizes by their own names.
            if problems.problems.isEmpty, decoderHeadCount != nil || decoderHiddenWidth != nil {
                problems = ConfigurationProblems(decoderProblems)
            }
            problems.add(
                "tying is \(tying.rawValue), but sourceVocabularySize is \(sourceVocabularySize) and"
                    + " targetVocabularySize \(targetVocabularySize); one table needs one vocabulary",
                if: tying.sharesEmbeddings && sourceVocabularySize != targetVocabularySize)
            problems.add(
                "logitScale is \(logitScale ?? 0), but must be more than 0 and less than 1e6",
                if: logitScale.map { !($0 > 0 && $0 < 1e6) } ?? false)
            let vocabularySize = min(sourceVocabularySize, targetVocabularySize)
            problems.add(
                "paddingToken is \(paddingToken ?? 0), but must be from 0 to \(vocabularySize - 1)",
                if: paddingToken.map { $0 < 0 || Int($0) >= vocabularySize } ?? false)
            problems.checkSize(
                parameterCount: parameterCount, contextLength: contextLength, width: width,
                hiddenWidth: hiddenWidth)
            try problems.throwIfAny()
        }

        /// What is wrong with the decoder's sizes that are not the encoder's.
        private var decoderProblems: [String] {
            var problems = decoderStack.problems.map { problem in
                for (name, own) in [
                    ("headCount", "decoderHeadCount"), ("hiddenWidth", "decoderHiddenWidth"),
                ] where problem.hasPrefix(name + " ") {
                    return own + problem.dropFirst(name.count)
                }
                return problem
            }
            if decoderHeadCount != nil, keyValueHeadCount != headCount {
                problems.append(
                    "decoderHeadCount goes with as many key-value heads as heads, but keyValueHeadCount is"
                        + " \(keyValueHeadCount) where headCount is \(headCount)")
            }
            return problems
        }
    }
}
