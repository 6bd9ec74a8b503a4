internal import AttendKernels

/// The tokens of one sequence in a pass over tokens of several, whose keys and values lie in pages.
///
/// The rows of such a pass are the tokens of its runs, one run behind the other, as if they were one sequence. So a pass
/// may bring one sequence a whole prompt and another a single token, and all maps of the model see them as one matrix.
public struct SequenceRun: Hashable, Sendable {
    /// How many tokens the sequence brings.
    public var count: Int
    /// How many of its tokens are in the pages already.
    public var held: Int
    /// The pages in which its tokens lie, in their order, with room for those that it brings.
    public var pages: [Int32]

    /// So many tokens behind those that are held.
    public init(count: Int, held: Int, pages: [Int32]) {
        self.count = count
        self.held = held
        self.pages = pages
    }

    /// How many tokens the sequence has after the pass.
    public var total: Int { held + count }
}

/// Attention of several sequences at once; nothing here is differentiated.
extension Tensor {
    /// Attention of each run of a packed projection `[1, rows, (heads + 2 · keyValueHeads) · headWidth]` to itself and to what
    /// its pages hold, to which its keys and values are appended: `[1, rows, heads · headWidth]`.
    ///
    /// - Parameters:
    ///   - keys: pages of `keyValueHeads · headWidth` numbers for each token.
    ///   - values: like the keys.
    ///   - biases: one for each run, `[heads, tokens, all tokens]`, or none.
    package func attendPaged(
        keys: inout CachedTokens, values: inout CachedTokens, runs: [SequenceRun],
        options: AttentionOptions,
        biases: [Tensor]
    ) -> Tensor {
        let (width, keyWidth) = packedWidths(options)
        if keys.width != keyWidth || values.shape != keys.shape {
            shapeError(
                "paged attention: \(shape) does not fit pages of keys \(keys.shape) and values \(values.shape)"
            )
        }
        keys.write(self, from: width, runs: runs)
        values.write(self, from: width + keyWidth, runs: runs)
        let parts = [
            AttentionPart(detached(), source: 0), keys.attentionPart(source: 1),
            values.attentionPart(source: 2),
        ]
        return Tensor.attention(parts, runs: runs, arePaged: true, width: width, options, biases)
    }

    /// Attention of each run of queries `[1, rows, heads · headWidth]` to its own keys and values, which lie behind one another
    /// in the order of the runs: `[1, all tokens of all runs, keyValueHeads · headWidth]`.
    package func attention(
        keys: Tensor, values: Tensor, runs: [SequenceRun], options: AttentionOptions,
        biases: [Tensor]
    ) -> Tensor {
        let parts = [detached(), keys, values].enumerated().map { AttentionPart($1, source: $0) }
        return Tensor.attention(
            parts, runs: runs, arePaged: false, width: shape.width, options, biases)
    }

    private static func attention(
        _ parts: [AttentionPart], runs: [SequenceRun], arePaged: Bool, width: Int,
        _ options: AttentionOptions, _ biases: [Tensor]
    ) -> Tensor {
        let rows = parts[0].tensor.shape.rows
        if options.keyMask != nil || rows != runs.reduce(0, { $0 + $1.count })
            || !biases.isEmpty && biases.count != runs.count
        {
            shapeError(
                "attention in pages: \(rows) rows do not fit \(runs.count) runs, or are masked")
        }
        let output = Tensor(uninitialized: [1, rows, width])
        let pageTokens = parts[1].tensor.shape[1]
        let tables = runs.flatMap(\.pages)
        let scores = runs.reduce(0) {
            $0 + options.scoreCount(batch: 1, queries: $1.count, keys: $1.total)
        }
        let floats = 2 * output.count + runs.reduce(0) { $0 + $1.total } * 2 * width
        measured("attention", floats: floats, arithmetic: 4 * scores * width / options.headCount) {
            unsafe tables.withUnsafeBufferPointer { tables in
                var descriptions = unsafe [AttendAttention]()
                unsafe descriptions.reserveCapacity(runs.count)
                var (row, key, page) = (0, 0, 0)
                for (index, run) in runs.enumerated() where run.count > 0 {
                    var options = options
                    options.bias = biases.isEmpty ? nil : biases[index]
                    options.check(batch: 1, queries: run.count, keys: run.total, width: width)
                    var description = unsafe options.kernelDescription(
                        parts, batch: 1, queries: run.count, keys: run.total, output: output,
                        logSumExp: nil)
                    unsafe description.query += row * parts[0].tokenStride
                    unsafe description.output += row * width
                    if arePaged {
                        unsafe description.pages = tables.baseAddress.map { unsafe $0 + page }
                        unsafe description.pageTokens = Int64(pageTokens)
                    } else {
                        unsafe description.key += key * parts[1].tokenStride
                        unsafe description.value += key * parts[2].tokenStride
                    }
                    unsafe descriptions.append(description)
                    row += run.count
                    key += run.total
                    page += run.pages.count
                }
                unsafe forEachPair(of: descriptions, heads: options.keyValueHeadCount)
            }
        }
        return output
    }

    /// Divides the pairs of run and key-value head among the threads; a long prompt's among all of them.
    private static func forEachPair(of descriptions: [AttendAttention], heads: Int) {
        let pairs = unsafe descriptions.count * heads
        let pieces = min(pairs, 64 * WorkerPool.shared.threadCount)
        if pieces == 0 { return }
        WorkerPool.shared.run(pieces) { piece in
            let (begin, end) = (piece * pairs / pieces, (piece + 1) * pairs / pieces)
            for index in begin / heads...(end - 1) / heads {
                unsafe withUnsafePointer(to: unsafe descriptions[index]) {
                    unsafe kernels.attention(
                        $0, Int64(max(begin - index * heads, 0)),
                        Int64(min(end - index * heads, heads)))
                }
            }
        }
    }
}
