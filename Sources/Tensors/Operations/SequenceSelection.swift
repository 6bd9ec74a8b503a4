internal import AttendKernels

/// Choosing among sequences `[batch, capacity, width]`, as beams are chosen; nothing here is differentiated.
extension Tensor {
    /// The sequences of these numbers, in this order, of which the first `tokens` tokens are copied and the rest is
    /// undefined: `[sequences, capacity, width]`.
    ///
    /// - Parameter newCapacity: how many tokens the result has room for, where that is to change.
    package func selectingSequences(
        _ sequences: [Int32], tokens: Int, capacity newCapacity: Int? = nil
    ) -> Tensor {
        let (batch, capacity, width) = (shape[0], shape[1], shape[2])
        let room = newCapacity ?? capacity
        if tokens > min(capacity, room)
            || sequences.contains(where: { $0 < 0 || Int($0) >= batch })
        {
            shapeError("sequences \(sequences) with \(tokens) tokens are not all in \(shape)")
        }
        let result = Tensor(uninitialized: [sequences.count, room, width])
        parallelRanges(sequences.count, grain: 1) { [self] begin, end in
            for place in begin..<end {
                unsafe kernels.copyRows(
                    1, Int64(tokens * width),
                    storage.pointer + Int(sequences[place]) * capacity * width, 0,
                    result.storage.pointer + place * room * width, 0)
            }
        }
        return result
    }

    /// Writes over each sequence the tokens `starts[sequence] ..< tokens` of its parent, as the parent was before.
    ///
    /// By way of a buffer, since a parent may be overwritten as well.
    package mutating func adoptSequences(_ parents: [Int32], from starts: [Int], to tokens: Int) {
        let (batch, capacity, width) = (shape[0], shape[1], shape[2])
        if parents.count != batch || starts.count != batch || tokens > capacity
            || parents.contains(where: { $0 < 0 || Int($0) >= batch })
            || starts.contains(where: { $0 < 0 })
        {
            shapeError("parents \(parents) from tokens \(starts) to \(tokens) do not fit \(shape)")
        }
        var moves: [(sequence: Int, parent: Int, start: Int, place: Int)] = []
        var floats = 0
        for sequence in 0..<batch where Int(parents[sequence]) != sequence {
            let count = (tokens - starts[sequence]) * width
            if count <= 0 { continue }
            moves.append((sequence, Int(parents[sequence]), starts[sequence], floats))
            floats += count
        }
        if moves.isEmpty { return }
        makeUnique()
        let (storage, buffer) = (storage, Storage(count: floats))
        let all = moves
        for isBack in [false, true] {
            parallelRanges(all.count, grain: 1) { begin, end in
                for move in all[begin..<end] {
                    let row = isBack ? move.sequence : move.parent
                    let place = unsafe storage.pointer + (row * capacity + move.start) * width
                    let held = unsafe buffer.pointer + move.place
                    unsafe kernels.copyRows(
                        1, Int64((tokens - move.start) * width), isBack ? held : place, 0,
                        isBack ? place : held, 0)
                }
            }
        }
    }
}
