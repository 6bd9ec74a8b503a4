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

/// What caches of `[pages, tokens of a page, width]` need; nothing here is differentiated.
extension Tensor {
    /// Attention of each run of a packed projection `[1, rows, (heads + 2 · keyValueHeads) · headWidth]` to itself and to what
    /// its pages hold, to which its keys and values are appended: `[1, rows, heads · headWidth]`.
    ///
    /// - Parameters:
    ///   - keys: `[pages, tokens of a page, keyValueHeads · headWidth]`
    ///   - values: like the keys.
    ///   - biases: one for each run, `[heads, tokens, all tokens]`, or none.
    package func attendPaged(
        keys: inout Tensor, values: inout Tensor, runs: [SequenceRun], options: AttentionOptions,
        biases: [Tensor]
    ) -> Tensor {
        let (width, keyWidth) = packedWidths(options)
        keys.write(self, from: width, runs: runs)
        values.write(self, from: width + keyWidth, runs: runs)
        let parts = [detached(), keys, values].enumerated().map { AttentionPart($1, source: $0) }
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

    /// Writes each run's rows of `[1, rows, …]`, as wide as these pages from a column on, behind what the run holds.
    package mutating func write(_ rows: Tensor, from column: Int, runs: [SequenceRun]) {
        let width = shape.width
        checkRuns(runs)
        if rows.shape.rows != runs.reduce(0, { $0 + $1.count })
            || column < 0 || column + width > rows.shape.width
        {
            shapeError(
                "\(rows.shape) from column \(column) on does not fill runs of pages \(shape)")
        }
        makeUnique()
        var row = 0
        for run in runs {
            forEachStretch(run.held..<run.total, of: run) { place, count in
                unsafe kernels.copyRows(
                    Int64(count), Int64(width),
                    rows.storage.pointer + row * rows.shape.width + column,
                    Int64(rows.shape.width), storage.pointer + place * width, Int64(width))
                row += count
            }
        }
    }

    /// All tokens of each run, those of one behind those of the other: `[1, tokens, width]`.
    package func gatheringPages(of runs: [SequenceRun]) -> Tensor {
        let width = shape.width
        checkRuns(runs)
        let result = Tensor(uninitialized: [1, runs.reduce(0) { $0 + $1.total }, width])
        var row = 0
        for run in runs {
            forEachStretch(0..<run.total, of: run) { place, count in
                unsafe kernels.copyRows(
                    1, Int64(count * width), storage.pointer + place * width, 0,
                    result.storage.pointer + row * width, 0)
                row += count
            }
        }
        return result
    }

    /// Calls `body` for each part of some tokens that lies next to one another, with its place among all rows.
    private func forEachStretch(
        _ tokens: Range<Int>, of run: SequenceRun, _ body: (_ place: Int, _ count: Int) -> Void
    ) {
        let size = shape[1]
        var token = tokens.lowerBound
        while token < tokens.upperBound {
            let count = min(size - token % size, tokens.upperBound - token)
            body(Int(run.pages[token / size]) * size + token % size, count)
            token += count
        }
    }

    /// Traps where a run does not lie in these pages.
    private func checkRuns(_ runs: [SequenceRun]) {
        let (count, size) = shape.rank == 3 ? (shape[0], shape[1]) : (0, 0)
        for run in runs
        where run.count < 0 || run.held < 0 || run.total > run.pages.count * size
            || run.pages.contains(where: { $0 < 0 || Int($0) >= count })
        {
            shapeError("\(run) does not lie in the pages \(shape)")
        }
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
