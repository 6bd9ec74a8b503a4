internal import AttendKernels

/// Where the queries, keys or values of an attention lie: the whole of a tensor's rows, or a part of them.
struct AttentionPart: Sendable {
    let tensor: Tensor
    /// What its numbers are kept in; for other than float32 the tensor's elements are words of four bytes.
    let element: AttendElement
    /// Parts of one tensor share a number, and the gradient.
    let source: Int
    let offset: Int
    /// Distances in elements between sequences and between tokens.
    let batchStride: Int
    let tokenStride: Int

    /// A part of `[batch, tokens, width]` that begins this far into each token.
    init(
        _ tensor: Tensor, source: Int, offset: Int = 0, element: AttendElement = AttendFloat32
    ) {
        self.tensor = tensor
        self.element = element
        self.source = source
        self.offset = offset
        batchStride = tensor.shape[1] * tensor.shape[2]
        tokenStride = tensor.shape[2]
    }

    /// Where it begins.
    var pointer: UnsafeMutablePointer<Float> { unsafe pointer(in: tensor.storage) }

    /// Where a part like it begins in a block of the tensor's size.
    func pointer(in storage: Storage) -> UnsafeMutablePointer<Float> {
        unsafe storage.pointer + offset
    }
}

extension Tensor {
    /// Scaled dot-product attention over all heads: softmax(Q Kᵀ / √d) V, without the matrix of scores in memory.
    ///
    /// - Parameters:
    ///   - keys: `[batch, keys, keyValueHeads · headWidth]`
    ///   - values: `[batch, keys, keyValueHeads · headWidth]`
    /// - Returns: `[batch, queries, heads · headWidth]` for queries `[batch, queries, heads · headWidth]`.
    /// - Complexity: O(queries · keys · headWidth) time, O(queries + keys) extra memory for each thread.
    /// - Source: Vaswani et al. 2017, §3.2.1; tiling after Dao et al. 2022.
    public func attention(keys: Tensor, values: Tensor, options: AttentionOptions) -> Tensor {
        if shape.rank != 3 || keys.shape.rank != 3 || keys.shape != values.shape
            || keys.shape[0] != shape[0]
        {
            shapeError(
                "attention: queries \(shape), keys \(keys.shape) and values \(values.shape) do not fit"
            )
        }
        let parts = [self, keys, values].enumerated().map { AttentionPart($1, source: $0) }
        if keys.shape[2] * options.headCount != shape[2] * options.keyValueHeadCount {
            shapeError(
                "attention: keys \(keys.shape) are not as wide as \(options.keyValueHeadCount) of the"
                    + " \(options.headCount) heads of the queries \(shape)")
        }
        return Tensor.attention(parts, keyCount: keys.shape[1], width: shape[2], options)
    }

    /// Attention of other queries to keys and values that one projection made.
    ///
    /// - Parameter packedKeysValues: `[batch, keys, 2 · keyValueHeads · headWidth]`, the keys first.
    /// - Returns: `[batch, queries, heads · headWidth]` for queries `[batch, queries, heads · headWidth]`.
    public func attention(packedKeysValues: Tensor, options: AttentionOptions) -> Tensor {
        let packed = packedKeysValues.shape
        if shape.rank != 3 || packed.rank != 3 || packed[0] != shape[0]
            || packed[2] * options.headCount != 2 * shape[2] * options.keyValueHeadCount
        {
            shapeError(
                "attention: queries \(shape) of \(options.headCount) heads and packed keys and values \(packed) of"
                    + " \(options.keyValueHeadCount) heads do not fit")
        }
        let parts = [
            AttentionPart(self, source: 0), AttentionPart(packedKeysValues, source: 1),
            AttentionPart(packedKeysValues, source: 1, offset: packed[2] / 2),
        ]
        return Tensor.attention(parts, keyCount: packed[1], width: shape[2], options)
    }

    /// Attention of a sequence to itself, from queries, keys and values that one projection made:
    /// `[batch, tokens, (heads + 2 · keyValueHeads) · headWidth]` → `[batch, tokens, heads · headWidth]`.
    public func packedSelfAttention(options: AttentionOptions) -> Tensor {
        let (width, keyWidth) = packedWidths(options)
        let parts = [0, width, width + keyWidth].map {
            AttentionPart(self, source: 0, offset: $0)
        }
        return Tensor.attention(parts, keyCount: shape[1], width: width, options)
    }

    /// The widths of the queries and of the keys in a packed projection.
    func packedWidths(_ options: AttentionOptions) -> (queries: Int, keys: Int) {
        let heads = options.headCount + 2 * options.keyValueHeadCount
        if shape.rank != 3 || options.headCount < 1 || options.keyValueHeadCount < 1
            || shape[2] % heads != 0
        {
            shapeError(
                "packed attention needs [batch, tokens, (\(options.headCount) + 2 · \(options.keyValueHeadCount)) ·"
                    + " headWidth], not \(shape)")
        }
        let headWidth = shape[2] / heads
        return (options.headCount * headWidth, options.keyValueHeadCount * headWidth)
    }

    static func attention(
        _ parts: [AttentionPart], keyCount: Int, width: Int, _ options: AttentionOptions
    ) -> Tensor {
        let (batch, queries) = (parts[0].tensor.shape[0], parts[0].tensor.shape[1])
        options.check(batch: batch, queries: queries, keys: keyCount, width: width)
        let headWidth = width / options.headCount
        let output = Tensor(uninitialized: [batch, queries, width])
        let logSumExp = Storage(count: batch * options.headCount * queries)
        let nodes = parts.map(\.tensor.node)
        let description = {
            unsafe options.kernelDescription(
                parts, batch: batch, queries: queries, keys: keyCount, output: output,
                logSumExp: logSumExp)
        }
        let pairs = batch * options.keyValueHeadCount
        let scores = options.scoreCount(batch: batch, queries: queries, keys: keyCount)
        let floats = 2 * output.count + parts[1].tensor.count + parts[2].tensor.count
        measured("attention", floats: floats, arithmetic: 4 * scores * headWidth) {
            forEachPair(pairs) { begin, end in
                unsafe withUnsafePointer(to: unsafe description()) {
                    unsafe kernels.attention($0, begin, end)
                }
            }
        }
        let (biasNode, sinkNode) = (options.bias?.node, options.sinks?.node)
        return output.recorded(on: nodes[0], nodes[1], nodes[2], biasNode, sinkNode) { gradient in
            // Parts of one projection share a gradient, of which each writes its own elements.
            var targets: [Storage] = []
            for part in parts {
                let isShared = part.source < targets.count
                targets.append(
                    isShared ? targets[part.source] : Storage(count: part.tensor.count))
            }
            // Each sequence has its own gradient of what all sequences share.
            let (biasCount, sinkCount) = (options.bias?.count ?? 0, options.headCount)
            let biases = biasNode == nil ? nil : Storage(count: batch * biasCount)
            let sinks = sinkNode == nil ? nil : Storage(count: batch * sinkCount)
            let backward = {
                unsafe AttendAttentionGradient(
                    forward: description(), outputGradient: gradient.storage.pointer,
                    queryGradient: parts[0].pointer(in: targets[0]),
                    keyGradient: parts[1].pointer(in: targets[1]),
                    valueGradient: parts[2].pointer(in: targets[2]),
                    biasGradient: biases?.pointer, sinkGradient: sinks?.pointer)
            }
            measured(
                "attention: gradients", floats: 2 * floats, arithmetic: 10 * scores * headWidth
            ) {
                forEachPair(pairs) { begin, end in
                    unsafe withUnsafePointer(to: unsafe backward()) {
                        unsafe kernels.attentionGradient($0, begin, end)
                    }
                }
            }
            for index in 0...parts[2].source {
                nodes[index]?.add(Tensor(shape: parts[index].tensor.shape, storage: targets[index]))
            }
            if let biases, let shape = options.bias?.shape {
                biasNode?.add(sum(of: batch, in: biases, shape: shape))
            }
            if let sinks { sinkNode?.add(sum(of: batch, in: sinks, shape: [sinkCount])) }
        }
    }

    /// The sum of as many tensors of this shape that lie behind one another, added in their order.
    private static func sum(of batch: Int, in storage: Storage, shape: Shape) -> Tensor {
        let result = Tensor(uninitialized: shape)
        parallelRanges(shape.count, grain: elementwiseGrain) { begin, end in
            unsafe kernels.columnSums(
                Int64(batch), Int64(end - begin), storage.pointer + begin, Int64(shape.count),
                result.storage.pointer + begin)
        }
        return result
    }

    /// Divides the pairs of sequence and key-value head among the threads, a few at a time.
    private static func forEachPair(_ pairs: Int, _ body: @escaping (Int64, Int64) -> Void) {
        let pieces = min(pairs, 4 * WorkerPool.shared.threadCount)
        WorkerPool.shared.run(pieces) { piece in
            body(Int64(piece * pairs / pieces), Int64((piece + 1) * pairs / pieces))
        }
    }
}

extension AttentionOptions {
    /// What the kernel is told of such an attention.
    func kernelDescription(
        _ parts: [AttentionPart], batch: Int, queries: Int, keys: Int, output: Tensor,
        logSumExp: Storage?
    ) -> AttendAttention {
        let width = output.shape.width
        let headWidth = width / headCount
        return unsafe AttendAttention(
            batch: Int64(batch), heads: Int64(headCount), keyValueHeads: Int64(keyValueHeadCount),
            queries: Int64(queries), keys: Int64(keys), headWidth: Int64(headWidth),
            scale: scale ?? 1 / Float(headWidth).squareRoot(), precision: precision.element,
            isCausal: isCausal ? 1 : 0, window: Int64(min(window ?? 0, queries + keys)),
            keyMask: address(keyMask), bias: address(bias), slopes: address(slopes),
            sinks: address(sinks), dropout: dropout?.probability ?? 0,
            random: dropout?.random.kernelRandom ?? AttendRandom(seed: 0, stream: 0),
            query: parts[0].pointer, key: parts[1].pointer, value: parts[2].pointer,
            keyValueElement: parts[1].element,
            queryBatchStride: Int64(parts[0].batchStride),
            queryTokenStride: Int64(parts[0].tokenStride),
            keyBatchStride: Int64(parts[1].batchStride),
            keyTokenStride: Int64(parts[1].tokenStride),
            valueBatchStride: Int64(parts[2].batchStride),
            valueTokenStride: Int64(parts[2].tokenStride),
            output: output.storage.pointer,
            outputBatchStride: Int64(output.shape[1] * width), outputTokenStride: Int64(width),
            logSumExp: logSumExp?.pointer, pages: nil, pageTokens: 0)
    }

    private func address(_ tensor: Tensor?) -> UnsafePointer<Float>? {
        unsafe tensor.map { unsafe UnsafePointer($0.storage.pointer) }
    }
}
