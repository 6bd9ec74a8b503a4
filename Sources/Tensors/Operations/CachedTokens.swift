internal import AttendKernels

/// What caches of `[batch, capacity, width]` need; nothing here is differentiated.
extension Tensor {
    /// Writes `[batch, tokens, width]` over the tokens from `token` on.
    package mutating func write(_ tokens: Tensor, atToken token: Int) {
        let (batch, capacity, width) = (shape[0], shape[1], shape[2])
        let count = tokens.shape[1]
        if tokens.shape != [batch, count, width] || token + count > capacity {
            shapeError("\(tokens.shape) cannot be written into \(shape) from token \(token) on")
        }
        makeUnique()
        unsafe kernels.copyRows(
            Int64(batch), Int64(count * width), tokens.storage.pointer, Int64(count * width),
            storage.pointer + token * width, Int64(capacity * width))
    }

    /// The first tokens of each sequence: `[batch, count, width]`.
    package func firstTokens(_ count: Int) -> Tensor {
        let (batch, capacity, width) = (shape[0], shape[1], shape[2])
        if count > capacity { shapeError("there are not \(count) tokens in \(shape)") }
        let result = Tensor(uninitialized: [batch, count, width])
        unsafe kernels.copyRows(
            Int64(batch), Int64(count * width), storage.pointer, Int64(capacity * width),
            result.storage.pointer, Int64(count * width))
        return result
    }

    /// The sequences of these numbers, in this order, of which the first `tokens` tokens are copied and the rest is
    /// undefined: `[sequences, capacity, width]`.
    package func selectingSequences(_ sequences: [Int32], tokens: Int) -> Tensor {
        let (batch, capacity, width) = (shape[0], shape[1], shape[2])
        if tokens > capacity || sequences.contains(where: { $0 < 0 || Int($0) >= batch }) {
            shapeError("sequences \(sequences) with \(tokens) tokens are not all in \(shape)")
        }
        let result = Tensor(uninitialized: [sequences.count, capacity, width])
        parallelRanges(sequences.count, grain: 1) { [self] begin, end in
            for place in begin..<end {
                unsafe kernels.copyRows(
                    1, Int64(tokens * width),
                    storage.pointer + Int(sequences[place]) * capacity * width, 0,
                    result.storage.pointer + place * capacity * width, 0)
            }
        }
        return result
    }
}
