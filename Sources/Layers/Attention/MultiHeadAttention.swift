public import AttendTensors

/// Multi-head attention: of a sequence to itself, or to another one.
///
/// One layer for every variant; its ``AttentionLayout`` says which: multi-head, grouped-query or multi-query, latent, with
/// a window, with sinks, with normalised queries and keys. Parameters carry GPT-2's names.
///
/// - Source: Vaswani et al. 2017, §3.2.2.
public struct MultiHeadAttention: Module {
    /// From width to queries; nil where one map makes queries, keys and values.
    public var query: Linear?
    /// From width to keys and values, side by side, after the queries where it makes those too; nil for a latent.
    public var keyValue: Linear?
    /// From width to the latent vector and the keys' turning part.
    public var latentDown: Linear?
    /// Applied to the latent vector.
    public var latentNorm: Norm?
    /// From the latent vector to what does not turn of each head's keys, then to all values.
    public var latentUp: Linear?
    /// Applied to each head's queries.
    public var queryNorm: Norm?
    /// Applied to each head's keys.
    public var keyNorm: Norm?
    /// A logit for each head that takes part in its softmaxes.
    public var sinks: Parameter?
    /// From the heads' outputs, side by side, to width.
    public var output: Linear
    /// Sizes and variant.
    public let layout: AttentionLayout

    /// - Parameters:
    ///   - isCross: whether keys and values come from another sequence.
    ///   - outputDeviation: the standard deviation of the output map's weights, which end in the residual stream.
    public init(
        _ layout: AttentionLayout, isCross: Bool = false, weights: WeightDistribution = .gpt2,
        random: inout RandomSource
    ) {
        self.layout = layout
        let (width, hasBias) = (layout.width, layout.hasBias)
        func linear(_ inputs: Int, _ outputs: Int, _ hasBias: Bool) -> Linear {
            Linear(
                inputs: inputs, outputs: outputs, hasBias: hasBias,
                deviation: weights.deviation(inputs: inputs, outputs: outputs), random: &random)
        }
        if let latent = layout.latent {
            query = linear(width, layout.queryWidth, hasBias)
            latentDown = linear(width, latent.rank + latent.rotaryWidth, false)
            latentNorm = Norm(.rms, width: latent.rank, epsilon: layout.normEpsilon)
            latentUp = linear(
                latent.rank, layout.headCount * (2 * layout.headWidth - latent.rotaryWidth), false)
        } else if isCross {
            query = linear(width, layout.queryWidth, hasBias)
            keyValue = linear(width, 2 * layout.keyValueWidth, hasBias)
        } else {
            keyValue = linear(width, layout.queryWidth + 2 * layout.keyValueWidth, hasBias)
        }
        if layout.normalisesQueriesAndKeys && !isCross {
            queryNorm = Norm(.rms, width: layout.headWidth, epsilon: layout.normEpsilon)
            keyNorm = Norm(.rms, width: layout.headWidth, epsilon: layout.normEpsilon)
        }
        if layout.hasSinks { sinks = Parameter(.zeros([layout.headCount])) }
        output = Linear(
            inputs: layout.queryWidth, outputs: width, hasBias: layout.hasOutputBias,
            deviation: weights.residualDeviation(inputs: layout.queryWidth, outputs: width),
            random: &random)
    }

    /// Attention of a sequence to itself: `[batch, tokens, width]` → `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - residual: added to the result, where one is given.
    ///   - cache: holds what came before; the tokens are appended to it.
    public func callAsFunction(
        _ x: Tensor, guide: AttentionGuide, residual: Tensor? = nil, cache: inout KeyValueCache?,
        context: inout Context
    ) -> Tensor {
        let options = options(guide, context: &context)
        let attended: Tensor
        if let latent = layout.latent {
            attended = latentAttention(
                x, latent, guide: guide, options: options, cache: &cache, context: context)
        } else if let packedMap = keyValue {
            let packed = prepared(packedMap(x, precision: context.precision), rotary: guide.rotary)
            attended =
                cache?.attend(packed, options: options, runBiases: guide.runBiases)
                ?? packed.packedSelfAttention(options: options)
        } else {
            shapeError("this attention has no map to keys and values")
        }
        return output(attended, residual: residual, precision: context.precision)
    }

    /// Keys and values of another sequence, `[batch, keys, 2 · keyValueWidth]`: made once for all the queries that will see them.
    public func keysValues(of memory: Tensor, precision: Precision = .float32) -> Tensor {
        guard let keyValue, query != nil else {
            shapeError("self-attention has no keys and values of another sequence")
        }
        return keyValue(memory, precision: precision)
    }

    /// Attention to another sequence: `[batch, queries, width]` → `[batch, queries, width]`.
    ///
    /// - Parameter keysValues: what ``keysValues(of:precision:)`` made of that sequence.
    public func callAsFunction(
        _ x: Tensor, keysValues: Tensor, guide: AttentionGuide, residual: Tensor? = nil,
        context: inout Context
    ) -> Tensor {
        guard let query else { shapeError("self-attention has no map for queries alone") }
        let options = options(guide, context: &context)
        let attended = query(x, precision: context.precision)
            .attention(packedKeysValues: keysValues, options: options)
        return output(attended, residual: residual, precision: context.precision)
    }

    private func options(_ guide: AttentionGuide, context: inout Context) -> AttentionOptions {
        var options = AttentionOptions(headCount: layout.headCount)
        options.keyValueHeadCount =
            layout.latent == nil ? layout.keyValueHeadCount : layout.headCount
        options.scale = layout.scale
        options.precision = context.precision
        options.isCausal = layout.isCausal
        options.window = layout.window
        options.keyMask = guide.keyMask
        options.bias = guide.bias
        options.slopes = guide.slopes
        options.sinks = sinks?.tensor
        if let stream = context.dropoutStream(layout.dropout) {
            options.dropout = (layout.dropout, stream)
        }
        return options
    }

    /// Normalises and turns the queries and keys of a packed projection.
    private func prepared(_ packed: Tensor, rotary: RotaryTable?) -> Tensor {
        var packed = packed
        let (queryWidth, keyWidth) = (layout.queryWidth, layout.keyValueWidth)
        if let queryNorm, let keyNorm {
            let queries = normalised(packed.slice(0..<queryWidth), by: queryNorm)
            let keys = normalised(packed.slice(queryWidth..<queryWidth + keyWidth), by: keyNorm)
            packed = queries.concatenated(keys).concatenated(
                packed.slice(queryWidth + keyWidth..<packed.shape.width))
        }
        guard let rotary else { return packed }
        return packed.rotated(
            by: rotary, headWidth: layout.headWidth,
            headCount: layout.headCount + layout.keyValueHeadCount)
    }

    private func normalised(_ x: Tensor, by norm: Norm) -> Tensor {
        norm(x.reshaped([x.count / layout.headWidth, layout.headWidth])).reshaped(x.shape)
    }

    /// Visits the maps in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("q_attn", &query)
        visitor.visit("c_attn", &keyValue)
        visitor.visit("kv_a", &latentDown)
        visitor.visit("kv_a_norm", &latentNorm)
        visitor.visit("kv_b", &latentUp)
        visitor.visit("q_norm", &queryNorm)
        visitor.visit("k_norm", &keyNorm)
        visitor.visit("sinks", &sinks)
        visitor.visit("c_proj", &output)
    }
}
