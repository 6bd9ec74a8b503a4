/// The sizes and the variant of one multi-head attention.
public struct AttentionLayout: Hashable, Sendable {
    /// The width of what comes in and what goes out.
    public var width: Int
    /// How many heads queries have.
    public var headCount: Int
    /// How many heads keys and values have.
    ///
    /// As many as queries (multi-head), fewer (grouped-query; Ainslie et al. 2023) or one (multi-query; Shazeer 2019).
    public var keyValueHeadCount: Int
    /// The width of each head.
    public var headWidth: Int
    /// Whether the maps have biases.
    public var hasBias: Bool
    /// Whether the map that ends in the residual stream has a bias.
    public var hasOutputBias: Bool
    /// The probability that an attention weight is dropped in training.
    public var dropout: Float = 0
    /// What scores are multiplied by; 1 / √headWidth where nil.
    public var scale: Float?
    /// Whether a query sees only what comes before it.
    public var isCausal: Bool
    /// How many places back a query sees, itself included; all where nil.
    public var window: Int?
    /// Whether each head has a learned logit that takes part in the softmax and carries no value.
    ///
    /// - Source: Xiao et al. 2023; OpenAI 2025 (gpt-oss).
    public var hasSinks = false
    /// Whether each head's queries and keys are normalised by RMSNorm before their product.
    ///
    /// - Source: Henry et al. 2020.
    public var normalisesQueriesAndKeys = false
    /// Added to mean squares in that normalisation.
    public var normEpsilon: Float = 1e-6
    /// Makes keys and values from a narrow vector for each token; nil where they come from the stream itself.
    public var latent: LatentOptions?

    /// Multi-head attention with biases and heads that divide the width.
    public init(
        width: Int, headCount: Int, keyValueHeadCount: Int? = nil, headWidth: Int? = nil,
        hasBias: Bool = true, isCausal: Bool = false
    ) {
        self.width = width
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount ?? headCount
        self.headWidth = headWidth ?? width / max(headCount, 1)
        self.hasBias = hasBias
        hasOutputBias = hasBias
        self.isCausal = isCausal
    }

    /// The width of all queries together.
    public var queryWidth: Int { headCount * headWidth }
    /// The width of all keys together, or of all values.
    public var keyValueWidth: Int { keyValueHeadCount * headWidth }
    /// How many numbers a cache keeps of each token.
    public var cachedWidth: Int {
        latent.map { $0.rank + $0.rotaryWidth } ?? 2 * keyValueWidth
    }

    /// How many parameters the layer has; `isCross` where keys and values come from another sequence.
    public func parameterCount(isCross: Bool = false) -> Int {
        func linear(_ inputs: Int, _ outputs: Int, _ bias: Bool) -> Int {
            inputs * outputs + (bias ? outputs : 0)
        }
        var count = linear(queryWidth, width, hasOutputBias) + linear(width, queryWidth, hasBias)
        if let latent {
            count += linear(width, latent.rank + latent.rotaryWidth, false) + latent.rank
            count += linear(
                latent.rank, headCount * (2 * headWidth - latent.rotaryWidth), false)
        } else {
            count += linear(width, 2 * keyValueWidth, hasBias)
        }
        if hasSinks { count += headCount }
        if normalisesQueriesAndKeys { count += 2 * headWidth }
        return count
    }

    /// Multiplications and additions for each query that sees `keys` keys.
    public func flopsPerToken(keys: Int) -> Int {
        let seen = min(window ?? keys, keys)
        let keysAndValues =
            latent.map {
                width * ($0.rank + $0.rotaryWidth)
                    + $0.rank * headCount * (2 * headWidth - $0.rotaryWidth)
            } ?? 2 * width * keyValueWidth
        return 2 * (2 * width * queryWidth + keysAndValues) + 4 * seen * queryWidth
    }
}

extension AttentionLayout {
    /// Multiplications and additions for each query of attention to another sequence, whose keys and values are made beforehand.
    public func crossFlopsPerToken(keys: Int) -> Int {
        4 * width * queryWidth + 4 * keys * queryWidth
    }
}

/// Multi-head latent attention: keys and values are made from one narrow vector for each token, which is all that a cache
/// has to keep.
///
/// Positions need a part of their own, because a turned key could not be made from an unturned latent: the last
/// `rotaryWidth` elements of each head turn, and all heads share that part of the key.
///
/// - Source: DeepSeek-AI 2024 (DeepSeek-V2), §2.1.
public struct LatentOptions: Codable, Hashable, Sendable {
    /// The width of the latent vector.
    public var rank: Int
    /// How many elements of each head carry the position.
    public var rotaryWidth: Int

    /// A latent vector of this width.
    public init(rank: Int, rotaryWidth: Int) {
        self.rank = rank
        self.rotaryWidth = rotaryWidth
    }
}
