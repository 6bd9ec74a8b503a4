internal import AttendKernels

/// What attention keeps of tokens: places for `[places, capacity, headCount · headWidth]`, in float32 or in fewer bits.
///
/// A place is a sequence, or a page of some. Nothing here is differentiated.
package struct CachedTokens: Sendable {
    /// `[places, capacity, words of a token]`: what the format makes of a token's heads, in words of four bytes.
    private(set) var words: Tensor
    /// What the heads are kept in.
    package let format: CacheFormat
    /// How many heads a token has.
    package let headCount: Int
    /// How wide each is.
    package let headWidth: Int

    /// Places that hold zeros.
    package init(
        places: Int, capacity: Int, headCount: Int, headWidth: Int, format: CacheFormat = .float32
    ) {
        let wordCount = format.wordCount(headCount: headCount, headWidth: headWidth)
        words = .zeros([places, capacity, wordCount])
        self.format = format
        self.headCount = headCount
        self.headWidth = headWidth
    }

    /// How many places there are.
    package var placeCount: Int { words.shape[0] }
    /// How many tokens a place has room for.
    package var capacity: Int { words.shape[1] }
    /// How many numbers a token has.
    package var width: Int { headCount * headWidth }
    /// How many bytes a token takes.
    package var tokenBytes: Int { 4 * words.shape[2] }
    /// The shape of what is kept: `[places, capacity, width]`.
    var shape: Shape { [placeCount, capacity, width] }

    /// Writes, of each sequence of `[places, tokens, …]`, the numbers from a column on over those from a token on.
    package mutating func write(_ tokens: Tensor, from column: Int, atToken token: Int) {
        let count = tokens.shape.rank == 3 ? tokens.shape[1] : 0
        if tokens.shape != [placeCount, count, tokens.shape.width] || token < 0
            || token + count > capacity || column < 0 || column + width > tokens.shape.width
        {
            shapeError(
                "\(tokens.shape) from column \(column) on cannot be written into \(shape) from token \(token) on"
            )
        }
        words.makeUnique()
        for sequence in 0..<placeCount {
            store(
                tokens, row: sequence * count, count: count, column: column,
                at: sequence * capacity + token)
        }
    }

    /// Writes each run's rows of `[1, rows, …]`, from a column on, behind what the run holds.
    package mutating func write(_ rows: Tensor, from column: Int, runs: [SequenceRun]) {
        checkRuns(runs)
        if rows.shape.rows != runs.reduce(0, { $0 + $1.count })
            || column < 0 || column + width > rows.shape.width
        {
            shapeError(
                "\(rows.shape) from column \(column) on does not fill runs of pages \(shape)")
        }
        words.makeUnique()
        var row = 0
        for run in runs {
            forEachStretch(run.held..<run.total, of: run) { place, count in
                store(rows, row: row, count: count, column: column, at: place)
                row += count
            }
        }
    }

    /// The first tokens of each sequence as float32: `[places, count, width]`.
    package func firstTokens(_ count: Int) -> Tensor {
        if count > capacity { shapeError("there are not \(count) tokens in \(shape)") }
        let result = Tensor(uninitialized: [placeCount, count, width])
        for sequence in 0..<placeCount {
            widen(sequence * capacity, count: count, into: result, row: sequence * count)
        }
        return result
    }

    /// All tokens of each run as float32, those of one behind those of the other: `[1, tokens, width]`.
    package func gatheringPages(of runs: [SequenceRun]) -> Tensor {
        checkRuns(runs)
        let result = Tensor(uninitialized: [1, runs.reduce(0) { $0 + $1.total }, width])
        var row = 0
        for run in runs {
            forEachStretch(0..<run.total, of: run) { place, count in
                widen(place, count: count, into: result, row: row)
                row += count
            }
        }
        return result
    }

    /// Keeps the sequences of these numbers, in this order, with their first `tokens` tokens.
    ///
    /// - Parameter capacity: how many tokens there will be room for, where that is to change.
    package mutating func select(_ sequences: [Int32], tokens: Int, capacity: Int? = nil) {
        words = words.selectingSequences(sequences, tokens: tokens, capacity: capacity)
    }

    /// Writes over each sequence the tokens `starts[sequence] ..< tokens` of its parent, as the parent was before.
    package mutating func adopt(_ parents: [Int32], from starts: [Int], to tokens: Int) {
        words.adoptSequences(parents, from: starts, to: tokens)
    }

    /// As an operand of attention.
    func attentionPart(source: Int) -> AttentionPart {
        AttentionPart(words, source: source, element: format.element)
    }

    /// Rows of a tensor into places behind one another.
    private func store(_ tokens: Tensor, row: Int, count: Int, column: Int, at place: Int) {
        let stride = tokens.shape.width
        parallelRanges(count, grain: max(elementwiseGrain / max(width, 1), 1)) { begin, end in
            let from = unsafe tokens.storage.pointer + (row + begin) * stride + column
            let to = unsafe words.storage.pointer + (place + begin) * words.shape[2]
            if format == .float32 {
                unsafe kernels.copyRows(
                    Int64(end - begin), Int64(width), from, Int64(stride), to, Int64(width))
            } else {
                unsafe kernels.storeHeads(
                    format.element, Int64(end - begin), Int64(headCount), Int64(headWidth), from,
                    Int64(stride), to, Int64(words.shape[2]))
            }
        }
    }

    /// Places behind one another into rows of a tensor `[…, width]`.
    private func widen(_ place: Int, count: Int, into result: Tensor, row: Int) {
        parallelRanges(count, grain: max(elementwiseGrain / max(width, 1), 1)) { begin, end in
            let from = unsafe words.storage.pointer + (place + begin) * words.shape[2]
            let to = unsafe result.storage.pointer + (row + begin) * width
            if format == .float32 {
                unsafe kernels.copyRows(1, Int64((end - begin) * width), from, 0, to, 0)
            } else {
                unsafe kernels.widenHeads(
                    format.element, Int64(end - begin), Int64(headCount), Int64(headWidth), from,
                    Int64(words.shape[2]), to, Int64(width))
            }
        }
    }

    /// Calls `body` for each part of some tokens that lies next to one another, with its place among all rows.
    private func forEachStretch(
        _ tokens: Range<Int>, of run: SequenceRun, _ body: (_ place: Int, _ count: Int) -> Void
    ) {
        let size = capacity
        var token = tokens.lowerBound
        while token < tokens.upperBound {
            let count = min(size - token % size, tokens.upperBound - token)
            body(Int(run.pages[token / size]) * size + token % size, count)
            token += count
        }
    }

    /// Traps where a run does not lie in these pages.
    private func checkRuns(_ runs: [SequenceRun]) {
        for run in runs
        where run.count < 0 || run.held < 0 || run.total > run.pages.count * capacity
            || run.pages.contains(where: { $0 < 0 || Int($0) >= placeCount })
        {
            shapeError("\(run) does not lie in the pages \(shape)")
        }
    }
}
