internal import AttendLayers
internal import AttendTensors

/// The sizes of the ladder's models, from the bigram to the single block; each rung uses those that it knows.
public struct LadderConfiguration: LanguageModelConfiguration {
    /// The rungs below GPT.
    public enum Rung: String, Codable, Hashable, Sendable, CaseIterable {
        /// A table of what follows each token.
        case bigram
        /// One head of attention.
        case singleHead = "single-head"
        /// Several heads.
        case multiHead = "multi-head"
        /// A block: residual connections, norms and a feed-forward network.
        case block
    }

    /// Which rung.
    public var rung: Rung
    /// How many tokens there are.
    public var vocabularySize: Int
    /// The longest sequence.
    public var contextLength: Int
    /// The width of the vectors.
    public var width: Int
    /// How many heads, where there are several.
    public var headCount: Int

    /// The sizes of a rung.
    public init(
        rung: Rung, vocabularySize: Int, contextLength: Int, width: Int, headCount: Int
    ) {
        self.rung = rung
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.width = width
        self.headCount = headCount
    }

    /// The attention of a rung that has one.
    var attention: AttentionLayout {
        AttentionLayout(
            width: width, headCount: rung == .singleHead ? 1 : headCount, hasBias: false,
            isCausal: true)
    }

    /// The one block of the highest rung.
    var stack: StackOptions {
        var stack = StackOptions(
            layerCount: 1, width: width,
            headCount: rung == .bigram || rung == .singleHead ? 1 : headCount,
            hiddenWidth: 4 * width)
        stack.function = .activation(.gelu)
        stack.hasBias = false
        stack.normHasBias = false
        stack.isCausal = true
        stack.weights = .gpt2
        return stack
    }

    /// How many parameters a model of this configuration has.
    public var parameterCount: Int {
        switch rung {
        case .bigram: vocabularySize * vocabularySize
        case .singleHead: (2 * vocabularySize + contextLength) * width + 3 * width * width
        case .multiHead:
            (2 * vocabularySize + contextLength) * width + attention.parameterCount()
        case .block: (2 * vocabularySize + contextLength) * width + stack.parameterCount
        }
    }

    /// Multiplications and additions of a forward pass, per token of a full context.
    public var flopsPerToken: Int {
        let head = 2 * vocabularySize * width
        return switch rung {
        case .bigram: 0
        case .singleHead: 6 * width * width + 4 * contextLength * width + head
        case .multiHead: attention.flopsPerToken(keys: contextLength) + head
        case .block: stack.flopsPerToken(keys: contextLength) + head
        }
    }

    /// The sizes that the rung uses, as words and values.
    public var facts: [(String, String)] {
        let common = [("context", "\(contextLength)"), ("vocabulary", "\(vocabularySize)")]
        return switch rung {
        case .bigram: common
        case .singleHead: [("heads", "1"), ("width", "\(width)")] + common
        case .multiHead: [("heads", "\(headCount)"), ("width", "\(width)")] + common
        case .block: stack.facts + common
        }
    }

    /// About how many numbers the backward pass needs of each token.
    public func activationsPerToken(recomputingBlocks: Bool) -> Int {
        rung == .bigram
            ? 2 * vocabularySize : stack.activationsPerToken(recomputingBlocks: recomputingBlocks)
    }

    /// Checks that a model of these sizes can be made.
    ///
    /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
    public func validate() throws {
        var problems = ConfigurationProblems(stack.problems)
        problems.checkVocabulary(vocabularySize)
        problems.checkContext(contextLength)
        problems.checkSize(
            parameterCount: parameterCount, contextLength: contextLength, width: width,
            hiddenWidth: 4 * width)
        try problems.throwIfAny()
    }
}
