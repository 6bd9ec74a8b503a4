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
        func consider(_ index: Int) {
            let value = unsafe row[index]
            // A comparison with what is not a number is false.
            guard kept.count < limit ? value == value : value > kept[limit - 1].value else {
                return
            }
            var (low, high) = (0, kept.count)
            while low < high {
                let middle = (low + high) / 2
                if kept[middle].value >= value { low = middle + 1 } else { high = middle }
            }
            kept.insert((value, Int32(index)), at: low)
            if kept.count > limit { kept.removeLast() }
        }
        var index = 0
        while index < row.count, kept.count < limit {
            consider(index)
            index += 1
        }
        // Sixteen at a time while none of them is large enough.
        while index + 16 <= row.count {
            let block = unsafe UnsafeRawPointer(row.baseAddress! + index)
                .loadUnaligned(as: SIMD16<Float>.self)
            if any(block .> SIMD16(repeating: kept[limit - 1].value)) {
                for place in index..<index + 16 { consider(place) }
            }
            index += 16
        }
        while index < row.count {
            consider(index)
            index += 1
        }
        return kept
    }
}
