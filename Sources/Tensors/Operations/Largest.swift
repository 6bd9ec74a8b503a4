internal import AttendKernels

/// How many elements are passed over at once where none of them is large enough.
private let blockWidth = 64

extension Tensor {
    /// The largest elements of each row, in descending order, and where they stand; of equals the first.
    ///
    /// One pass over each row, in which most elements are only compared to the least of those kept.
    ///
    /// - Parameter limit: how many are wanted; a row that is shorter gives all that it has, and what is not a number is
    ///   never among them.
    /// - Returns: for each row, its largest elements.
    package func largest(_ limit: Int) -> [[(value: Float, index: Int32)]] {
        if shape.rank == 0 || limit < 0 {
            shapeError("\(limit) largest elements cannot be taken from the rows of \(shape)")
        }
        let (rows, width) = (shape.rows, shape.width)
        if limit == 0 { return Array(repeating: [], count: rows) }
        var result = [[(value: Float, index: Int32)]](repeating: [], count: rows)
        unsafe result.withUnsafeMutableBufferPointer { result in
            let kept = unsafe result
            parallelRanges(rows, grain: max(elementwiseGrain / 4 / max(width, 1), 1)) {
                [self] begin, end in
                for row in begin..<end {
                    unsafe kept[row] = unsafe Self.largest(
                        limit,
                        of: UnsafeBufferPointer(start: storage.pointer + row * width, count: width))
                }
            }
        }
        return result
    }

    private static func largest(
        _ limit: Int, of row: UnsafeBufferPointer<Float>
    ) -> [(value: Float, index: Int32)] {
        var kept: [(value: Float, index: Int32)] = []
        kept.reserveCapacity(limit + 1)
        func consider(_ range: Range<Int>) {
            for index in range {
                let value = unsafe row[index]
                // A comparison with what is not a number is false.
                guard kept.count < limit ? value == value : value > kept[limit - 1].value else {
                    continue
                }
                var (low, high) = (0, kept.count)
                while low < high {
                    let middle = (low + high) / 2
                    if kept[middle].value >= value { low = middle + 1 } else { high = middle }
                }
                kept.insert((value, Int32(index)), at: low)
                if kept.count > limit { kept.removeLast() }
            }
        }
        let blocks = row.count / blockWidth
        var maxima = [Float](repeating: 0, count: blocks)
        var places = [Int32](repeating: 0, count: blocks)
        if let elements = row.baseAddress {
            unsafe kernels.rowMaxima(
                Int64(blocks), Int64(blockWidth), elements, &maxima, &places)
        }
        for block in 0..<blocks where kept.count < limit || maxima[block] > kept[limit - 1].value {
            consider(block * blockWidth..<(block + 1) * blockWidth)
        }
        consider(blocks * blockWidth..<row.count)
        return kept
    }
}
