internal import AttendTensors

/// The sizes and variants of a stack of blocks, for every family of models.
public struct StackOptions: Hashable, Sendable {
    /// How many blocks.
    public var layerCount: Int
    /// The width of the residual stream.
    public var width: Int
    /// How many heads queries have.
    public var headCount: Int
    /// How many heads keys and values have.
    public var keyValueHeadCount: Int
    /// The width of a head.
    public var headWidth: Int
    /// The width inside of the feed-forward networks.
    public var hiddenWidth: Int
    /// What stands between the maps of the feed-forward networks.
    public var function = HiddenFunction.activation(.relu)
    /// Experts instead of one feed-forward network.
    public var experts: ExpertOptions?
    /// LayerNorm or RMSNorm.
    public var norm = Norm.Kind.layer
    /// Added to variances.
    public var normEpsilon: Float = 1e-5
    /// Before or after the layers; a pre-norm stack ends with one more norm.
    public var placement = NormPlacement.pre
    /// Whether the stack ends with a norm, where that differs from the custom: pre-norm stacks do, post-norm stacks do not.
    public var hasFinalNorm: Bool?
    /// Whether norms have biases.
    public var normHasBias = true
    /// Whether feed-forward networks and the maps to queries, keys and values have biases.
    public var hasBias = true
    /// Whether the maps to queries, keys and values have biases, where that differs from `hasBias`.
    public var attentionHasBias: Bool?
    /// Whether the maps at the end of attentions have biases, where that differs from `hasBias`.
    public var attentionOutputHasBias: Bool?
    /// The probability of dropout on what is added to the residual stream.
    public var dropout: Float = 0
    /// The probability of dropout on attention weights.
    public var attentionDropout: Float = 0
    /// The probability of dropout on the hidden vectors of feed-forward networks.
    public var hiddenDropout: Float = 0
    /// Whether a token sees only those before it.
    public var isCausal = false
    /// Whether blocks look at another sequence too.
    public var crossAttends = false
    /// Positions that attention itself takes care of; the others are the model's.
    public var positions = PositionOptions(.none)
    /// What scores are multiplied by; 1 / √headWidth where nil.
    public var scale: Float?
    /// How many places back tokens see; all where nil.
    public var window: Int?
    /// Whether only every second block, from the first, has the window.
    public var windowAlternates = false
    /// The first block that has the window; those before it see all.
    public var firstWindowedBlock = 0
    /// Whether heads have sinks.
    public var hasSinks = false
    /// Whether queries and keys are normalised.
    public var normalisesQueriesAndKeys = false
    /// Latent attention.
    public var latent: LatentOptions?
    /// What weights are drawn from.
    public var weights = WeightDistribution.glorot

    /// A stack with heads that divide the width.
    public init(
        layerCount: Int, width: Int, headCount: Int, keyValueHeadCount: Int? = nil,
        headWidth: Int? = nil, hiddenWidth: Int
    ) {
        self.layerCount = layerCount
        self.width = width
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount ?? headCount
        self.headWidth = headWidth ?? width / max(headCount, 1)
        self.hiddenWidth = hiddenWidth
    }

    /// Whether the stack ends with a norm.
    public var endsWithNorm: Bool { hasFinalNorm ?? (placement == .pre) }

    /// The attention of one block.
    func attention(ofBlock number: Int) -> AttentionLayout {
        var layout = crossAttention
        layout.isCausal = isCausal
        let isWindowed = number >= firstWindowedBlock && !(windowAlternates && number % 2 == 1)
        layout.window = isWindowed ? window : nil
        layout.hasSinks = hasSinks
        layout.normalisesQueriesAndKeys = normalisesQueriesAndKeys
        layout.latent = latent
        return layout
    }

    /// The attention of each block to the other sequence.
    var crossAttention: AttentionLayout {
        var layout = AttentionLayout(
            width: width, headCount: headCount, keyValueHeadCount: keyValueHeadCount,
            headWidth: headWidth, hasBias: attentionHasBias ?? hasBias)
        layout.hasOutputBias = attentionOutputHasBias ?? hasBias
        layout.dropout = attentionDropout
        layout.scale = scale
        layout.normEpsilon = normEpsilon
        return layout
    }

    /// How many parameters a norm of the stack's width has.
    public var normParameterCount: Int {
        switch norm {
        case .none: 0
        case .rms: width
        case .layer: width * (normHasBias ? 2 : 1)
        }
    }

    /// How many parameters a stack has, with its last norm.
    public var parameterCount: Int {
        let normCount = normParameterCount
        func network(_ hiddenWidth: Int) -> Int {
            FeedForward.parameterCount(
                width: width, hiddenWidth: hiddenWidth, function: function, hasBias: hasBias)
        }
        var block = 2 * normCount + attention(ofBlock: 0).parameterCount()
        if crossAttends { block += normCount + crossAttention.parameterCount(isCross: true) }
        if let experts {
            block += experts.count * (width + network(experts.hiddenWidth))
            block += experts.routerHasBias ? experts.count : 0
            block += experts.sharedHiddenWidth > 0 ? network(experts.sharedHiddenWidth) : 0
        } else {
            block += network(hiddenWidth)
        }
        return layerCount * block + (endsWithNorm ? normCount : 0)
            + (positions.kind == .relativeBuckets ? positions.bucketCount * headCount : 0)
    }

    /// About how many numbers the backward pass needs of each token: of every block eight vectors of its width and three of
    /// the hidden width, and more where there is a second attention, a gate, or several experts for each token.
    ///
    /// - Parameter recomputingBlocks: whether each block keeps only its input, and one at a time is computed again.
    public func activationsPerToken(recomputingBlocks: Bool) -> Int {
        let hidden =
            experts.map { $0.perToken * $0.hiddenWidth + $0.sharedHiddenWidth } ?? hiddenWidth
        let experts = experts.map { 3 * $0.perToken * width } ?? 0
        let block =
            (crossAttends ? 13 : 8) * max(width, headCount * headWidth)
            + (function.isGated ? 5 : 3) * hidden + experts
        return recomputingBlocks ? layerCount * width + block : layerCount * block
    }

    /// Multiplications and additions for a token that sees this many tokens, and this many of another sequence.
    public func flopsPerToken(keys: Int, memoryKeys: Int = 0) -> Int {
        func network(_ hiddenWidth: Int) -> Int {
            2
                * FeedForward.parameterCount(
                    width: width, hiddenWidth: hiddenWidth, function: function, hasBias: false)
        }
        var flops = 0
        for number in 0..<layerCount {
            flops += attention(ofBlock: number).flopsPerToken(keys: keys)
            if crossAttends { flops += crossAttention.crossFlopsPerToken(keys: memoryKeys) }
            if let experts {
                flops += 2 * experts.count * width + experts.perToken * network(experts.hiddenWidth)
                if experts.sharedHiddenWidth > 0 { flops += network(experts.sharedHiddenWidth) }
            } else {
                flops += network(hiddenWidth)
            }
        }
        return flops
    }
}
