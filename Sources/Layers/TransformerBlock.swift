public import AttendTensors

/// A block of a Transformer: attention, perhaps attention to another sequence, and a feed-forward network, each with a norm
/// and a residual connection.
///
/// Pre-norm is x + f(norm(x)), and post-norm, as in 2017, norm(x + f(x)). Parameters carry GPT-2's names.
///
/// - Source: Vaswani et al. 2017, §3.1; pre-norm: Xiong et al. 2020.
public struct TransformerBlock: Module {
    /// Before or after attention.
    public var attentionNorm: Norm
    /// Mixes tokens.
    public var attention: MultiHeadAttention
    /// Before or after attention to the other sequence.
    public var crossNorm: Norm?
    /// Looks at the other sequence.
    public var crossAttention: MultiHeadAttention?
    /// Before or after the feed-forward network.
    public var feedForwardNorm: Norm
    /// Works on each token by itself.
    public var feedForward: TokenNetwork
    /// Where the norms stand.
    public let placement: NormPlacement
    /// The probability that an element of what is added to the residual stream is dropped in training.
    public var dropout: Float
    /// The same for the hidden vectors of the feed-forward network.
    public var hiddenDropout: Float
    /// How far up in its stack it stands, from 1 / blocks to 1.
    private let height: Float

    /// The block of this number in a stack.
    public init(_ options: StackOptions, number: Int, random: inout RandomSource) {
        func norm() -> Norm {
            Norm(
                options.norm, width: options.width, hasBias: options.normHasBias,
                epsilon: options.normEpsilon)
        }
        attentionNorm = norm()
        attention = MultiHeadAttention(
            options.attention(ofBlock: number), weights: options.weights, random: &random)
        if options.crossAttends {
            crossNorm = norm()
            crossAttention = MultiHeadAttention(
                options.crossAttention, isCross: true, weights: options.weights, random: &random)
        }
        feedForwardNorm = norm()
        if let experts = options.experts {
            feedForward = TokenNetwork(
                experts: MixtureOfExperts(
                    experts, width: options.width, function: options.function,
                    hasBias: options.hasBias, weights: options.weights, random: &random))
        } else {
            feedForward = TokenNetwork(
                dense: FeedForward(
                    width: options.width, hiddenWidth: options.hiddenWidth,
                    function: options.function, hasBias: options.hasBias, weights: options.weights,
                    random: &random))
        }
        placement = options.placement
        dropout = options.dropout
        hiddenDropout = options.hiddenDropout
        height = Float(number + 1) / Float(max(options.layerCount, 1))
    }

    /// `[batch, tokens, width]` → `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - memory: the keys and values that cross-attention made of the other sequence, and which of them are tokens.
    ///   - cache: holds the tokens before these.
    public func callAsFunction(
        _ x: Tensor, guide: AttentionGuide, memory: Memory? = nil, cache: inout KeyValueCache?,
        context: inout Context
    ) -> Tensor {
        let keys = (cache?.count ?? 0) + x.shape[1]
        var x = residual(x, attentionNorm, "ln_1", context: &context) { x, residual, context in
            context.traced("attn", flopsPerToken: attention.layout.flopsPerToken(keys: keys)) {
                attention(x, guide: guide, residual: residual, cache: &cache, context: &$0)
            }
        }
        if let crossAttention, let crossNorm, let memory {
            let shape = x.shape
            x = residual(memory.gathering(x), crossNorm, "ln_cross_attn", context: &context) {
                x, residual, context in
                let flops = crossAttention.layout.crossFlopsPerToken(
                    keys: memory.keysValues.shape[1])
                return context.traced("crossattention", flopsPerToken: flops) {
                    crossAttention(
                        x, keysValues: memory.keysValues,
                        guide: AttentionGuide(keyMask: memory.keyMask), residual: residual,
                        context: &$0)
                }
            }
            .reshaped(shape)
        }
        return residual(x, feedForwardNorm, "ln_2", context: &context) { x, residual, context in
            context.traced("mlp", flopsPerToken: feedForward.flopsPerToken) {
                feedForward(x, residual: residual, dropout: hiddenDropout, context: &$0)
            }
        }
    }

    /// One residual connection with its norm.
    ///
    /// - Parameter body: is handed the residual where it may add it as it writes its result, which saves a pass over memory.
    private func residual(
        _ x: Tensor, _ norm: Norm, _ name: String, context: inout Context,
        _ body: (Tensor, Tensor?, inout Context) -> Tensor
    ) -> Tensor {
        let input = placement == .pre ? context.traced(name) { _ in norm(x) } : x
        let pathDropout = context.dropPath * height
        let drops = max(dropout, pathDropout) > 0 && context.random != nil
        var sum = body(input, drops ? nil : x, &context)
        if drops {
            let kept = context.dropout(sum, probability: dropout)
            sum = x + context.droppingSequences(kept, probability: pathDropout)
        }
        return placement == .pre ? sum : context.traced(name) { _ in norm(sum) }
    }

    /// Visits the parts in the order in which they are used.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("ln_1", &attentionNorm)
        visitor.visit("attn", &attention)
        visitor.visit("ln_cross_attn", &crossNorm)
        visitor.visit("crossattention", &crossAttention)
        visitor.visit("ln_2", &feedForwardNorm)
        visitor.visit("mlp", &feedForward)
    }
}

/// Where a norm stands in a residual connection.
public enum NormPlacement: String, Codable, Hashable, Sendable, CaseIterable {
    /// Before the layer; the stream itself is never normalised until its end.
    case pre
    /// After the sum, as in 2017.
    case post
}

/// What the blocks of a decoder see of the encoded sequence.
public struct Memory: Sendable {
    /// `[batch, keys, 2 · keyValueWidth]`.
    public let keysValues: Tensor
    /// `[batch, keys]`: 0 hides.
    public let keyMask: Tensor?

    /// Queries with as many sequences as there are memories.
    ///
    /// Cross-attention knows no order among queries. So where several sequences in a row look at the same memory, as the
    /// beams of one source do, their tokens can be the queries of one sequence, and the memory is read once for all:
    /// `[batch · beams, tokens, width]` → `[batch, beams · tokens, width]`.
    func gathering(_ x: Tensor) -> Tensor {
        let (rows, batch) = (x.shape[0], keysValues.shape[0])
        if rows == batch || batch == 0 { return x }
        if rows % batch != 0 {
            shapeError("\(rows) sequences cannot share \(batch) memories equally")
        }
        return x.reshaped([batch, rows / batch * x.shape[1], x.shape[2]])
    }

    /// The memories of these sequences, in this order.
    public func selecting(_ sequences: [Int32]) -> Memory {
        Memory(
            keysValues: keysValues.selectingSequences(sequences, tokens: keysValues.shape[1]),
            keyMask: keyMask.map { mask in
                let keys = mask.shape[1]
                return mask.reshaped([mask.shape[0], keys, 1])
                    .selectingSequences(sequences, tokens: keys)
                    .reshaped([sequences.count, keys])
            })
    }
}

/// What works on each token by itself: one network, or several with a router.
public struct TokenNetwork: Module {
    /// One network for all tokens; nil where there are experts.
    public var dense: FeedForward?
    /// A few of several for each token.
    public var experts: MixtureOfExperts?

    func callAsFunction(
        _ x: Tensor, residual: Tensor?, dropout: Float, context: inout Context
    ) -> Tensor {
        if let dense {
            return dense(x, residual: residual, dropout: dropout, context: &context)
        }
        guard let experts else { shapeError("a block has neither a network nor experts") }
        return experts(x, residual: residual, dropout: dropout, context: &context)
    }

    /// Multiplications and additions for each token.
    var flopsPerToken: Int {
        (dense?.flopsPerToken ?? 0) + (experts?.flopsPerToken ?? 0)
    }

    /// Visits the network that there is, under the same names in both cases.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        if var network = dense {
            // Taken out, so that the visitor need not copy the tensors to write to them.
            dense = nil
            network.visit(&visitor)
            dense = network
        }
        if var network = experts {
            experts = nil
            network.visit(&visitor)
            experts = network
        }
    }
}
