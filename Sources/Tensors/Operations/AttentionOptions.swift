/// How attention weights are made.
public struct AttentionOptions: Sendable {
    /// How many heads the queries have; they share the last axis of the queries.
    public var headCount: Int
    /// How many heads keys and values have; a divisor of `headCount`.
    public var keyValueHeadCount: Int
    /// What scores are multiplied by; 1 / √headWidth where nil.
    public var scale: Float?
    /// What the operands of products are rounded to, where the processor multiplies bfloat16 and there are several queries.
    public var precision = Precision.float32
    /// Whether a query sees only the keys up to its own place.
    ///
    /// The place of query i among the keys is i + keys − queries: the last query stands at the last key.
    public var isCausal: Bool
    /// How far a query sees: only keys less than this far from its own place; any distance where nil.
    ///
    /// With ``isCausal`` these are the last `window` keys up to its place.
    ///
    /// - Source: Beltagy et al. 2020.
    public var window: Int?
    /// Which keys may be seen, `[batch, keys]`: 0 hides.
    ///
    /// A query that may see none yields zeros.
    public var keyMask: Tensor?
    /// Numbers added to the scaled scores, `[heads, queries, keys]`, as for relative positions; −∞ hides a key.
    ///
    /// Differentiated.
    ///
    /// - Source: Raffel et al. 2020.
    public var bias: Tensor?
    /// For each head, `[heads]`, what is taken from the scaled scores for each step between a query's place and a key.
    ///
    /// Not differentiated.
    ///
    /// - Source: Press, Smith & Lewis 2022.
    public var slopes: Tensor?
    /// For each head, `[heads]`, a score that joins the softmax and carries no value, so that a query may attend to nothing.
    ///
    /// Differentiated.
    ///
    /// - Source: OpenAI 2025, the model card of gpt-oss.
    public var sinks: Tensor?
    /// The probability that a weight is zeroed, in 0 ..< 1, and the stream that decides.
    public var dropout: (probability: Float, random: RandomStream)?

    /// Options with the usual scale, for as many key-value heads as heads.
    public init(headCount: Int, isCausal: Bool = false) {
        self.headCount = headCount
        keyValueHeadCount = headCount
        self.isCausal = isCausal
    }

    /// How many scores such an attention computes, over all sequences and heads, without those that no query sees.
    func scoreCount(batch: Int, queries: Int, keys: Int) -> Int {
        let reach = min(window ?? keys, keys)
        var seen = queries * keys
        if isCausal {
            // Query i stands at place i + keys − queries and sees what lies before it, as far as it sees.
            seen = (0..<queries).reduce(0) { $0 + max(min($1 + keys - queries + 1, reach), 0) }
        } else if window != nil {
            seen = queries * min(2 * reach - 1, keys)
        }
        return batch * headCount * seen
    }

    /// Traps unless these options fit such an attention.
    func check(batch: Int, queries: Int, keys: Int, width: Int) {
        let headWidth = width / max(headCount, 1)
        if headCount < 1 || keyValueHeadCount < 1 || headWidth < 1 || width != headWidth * headCount
            || headCount % keyValueHeadCount != 0
            || keyMask.map({ $0.shape != [batch, keys] }) ?? false
        {
            shapeError(
                "attention: \(headCount) heads over \(keyValueHeadCount) key-value heads do not fit"
                    + " width \(width), or the mask \(keyMask?.shape.description ?? "–") is not [batch, keys]"
            )
        }
        if let bias, bias.shape != [headCount, queries, keys] {
            shapeError(
                "attention: the bias \(bias.shape) is not [heads, queries, keys],"
                    + " \([headCount, queries, keys] as Shape)")
        }
        for (name, numbers) in [("slopes", slopes), ("sinks", sinks)] {
            if let numbers, numbers.shape != [headCount] {
                shapeError(
                    "attention: \(name) \(numbers.shape) are not one for each of \(headCount) heads"
                )
            }
        }
        if let scale, !(scale > 0 && scale.isFinite) {
            shapeError("attention: the scale must be above 0 and finite, not \(scale)")
        }
        if let probability = dropout?.probability, !(probability >= 0 && probability < 1) {
            shapeError(
                "attention: the probability of dropout must be in 0 ..< 1, not \(probability)")
        }
        if let window, window < 1 {
            shapeError("attention: a window must reach at least 1 key, not \(window)")
        }
    }
}
