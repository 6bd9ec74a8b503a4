public import AttendTensors

/// Blocks one after another, with the positions that their attentions need and, in a pre-norm stack, a norm at the end.
///
/// Encoder and decoder alike: what differs is in the ``StackOptions``.
public struct TransformerStack: Module {
    /// The blocks, in order.
    public var blocks: [TransformerBlock]
    /// At the end of a pre-norm stack.
    public var finalNorm: Norm?
    /// Relative positions, which all blocks share.
    public var positionBias: RelativePositionBias?
    /// Sizes and variants.
    public let options: StackOptions
    /// What caches keep keys and values in.
    public var cacheFormat = CacheFormat.float32

    private let rotary: RotaryEmbedding?
    private let slopes: Tensor?

    /// A stack with fresh weights.
    public init(_ options: StackOptions, random: inout RandomSource) {
        self.options = options
        blocks = []
        for number in 0..<options.layerCount {
            blocks.append(TransformerBlock(options, number: number, random: &random))
        }
        if options.endsWithNorm {
            finalNorm = Norm(
                options.norm, width: options.width, hasBias: options.normHasBias,
                epsilon: options.normEpsilon)
        }
        let kind = options.positions.kind
        if kind == .relativeBuckets {
            positionBias = RelativePositionBias(
                options.positions, headCount: options.headCount,
                isBidirectional: !options.isCausal, random: &random)
        }
        let turning = options.latent?.rotaryWidth ?? options.headWidth
        rotary =
            kind == .rotary ? RotaryEmbedding(options.positions, headWidth: turning) : nil
        slopes = kind == .alibi ? linearBiasSlopes(headCount: options.headCount) : nil
    }

    /// `[batch, tokens, width]` → `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - keyMask: which tokens are there, `[batch, tokens held and new]`: 0 hides.
    ///   - memories: of each block, what it sees of the other sequence; none in a stack without cross-attention.
    ///   - caches: one for each block, or none; the tokens are appended to what they hold.
    public func callAsFunction(
        _ x: Tensor, keyMask: Tensor? = nil, memories: [Memory] = [],
        caches: inout [KeyValueCache], context: inout Context
    ) -> Tensor {
        let tokens = x.shape[1]
        var guide = AttentionGuide(keyMask: keyMask)
        guide.rotary = rotary?.table(caches.places(ofNext: tokens))
        if let positionBias {
            if let runs = caches.first?.runs {
                guide.runBiases = runs.map {
                    positionBias(queryCount: $0.count, keyCount: $0.total)
                }
            } else {
                let held = caches.first?.count ?? 0
                guide.bias = positionBias(queryCount: tokens, keyCount: held + tokens)
            }
        }
        guide.slopes = slopes
        var x = x
        for index in blocks.indices {
            var cache: KeyValueCache?
            if !caches.isEmpty {
                // Taken out of the array, so that the cache is written to in place.
                cache = caches[index]
                caches[index] = .none
            }
            let memory = memories.isEmpty ? nil : memories[index]
            x = context.inside("h.\(index)") { context in
                if context.recomputesBlocks, cache == nil {
                    return recomputed(
                        index, x, guide: guide, memory: memory, context: &context)
                }
                return blocks[index](
                    x, guide: guide, memory: memory, cache: &cache, context: &context)
            }
            if let cache { caches[index] = cache }
        }
        if let finalNorm { x = context.traced("ln_f") { _ in finalNorm(x) } }
        return x
    }

    /// A block that is computed again in the backward pass, with the same draws of dropout.
    private func recomputed(
        _ index: Int, _ x: Tensor, guide: AttentionGuide, memory: Memory?, context: inout Context
    ) -> Tensor {
        var before = context
        before.auxiliaryLosses = []
        var after = before
        let results = x.recomputed { [before] x in
            var (context, cache) = (before, KeyValueCache?.none)
            let result = blocks[index](
                x, guide: guide, memory: memory, cache: &cache, context: &context)
            after = context
            return [result] + context.auxiliaryLosses
        }
        after.auxiliaryLosses = context.auxiliaryLosses + results.dropFirst()
        context = after
        return results[0]
    }

    /// What the blocks will see of an encoded sequence `[batch, keys, width]`, made once.
    public func memories(of encoded: Tensor, keyMask: Tensor?, context: inout Context) -> [Memory] {
        blocks.enumerated().map { index, block in
            guard let crossAttention = block.crossAttention else {
                shapeError("a block without cross-attention sees no other sequence")
            }
            let keysValues = context.inside("h.\(index)") { context in
                let width = crossAttention.layout.keyValueWidth
                return context.traced(
                    "crossattention.c_attn", flopsPerToken: 4 * options.width * width
                ) { crossAttention.keysValues(of: encoded, precision: $0.precision) }
            }
            return Memory(keysValues: keysValues, keyMask: keyMask)
        }
    }

    /// Empty caches, one for each block.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] {
        blocks.map {
            KeyValueCache(
                batch: batch, capacity: capacity, layout: $0.attention.layout, format: cacheFormat)
        }
    }

    /// Visits the blocks, the relative positions and the last norm.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("h", &blocks)
        visitor.visit("relative_attention_bias", &positionBias)
        visitor.visit("ln_f", &finalNorm)
    }
}
