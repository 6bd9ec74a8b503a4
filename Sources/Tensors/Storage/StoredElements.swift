internal import AttendKernels

/// Elements on their way between a file and the memory of tensors.
///
/// The callers read and write files in slices of a size that stays in the processor's cache, so each function works on
/// the calling thread alone.
package enum StoredElements {
    /// Whether all are numbers, and none infinite.
    package static func areFinite(_ elements: UnsafeBufferPointer<Float>) -> Bool {
        guard let start = elements.baseAddress else { return true }
        return unsafe kernels.isFinite(Int64(elements.count), start) != 0
    }

    /// Half-precision numbers in the byte order of this processor, exactly.
    ///
    /// - Parameter words: as many as there is room for.
    package static func widenFloat16(
        _ words: UnsafeBufferPointer<UInt16>, into elements: UnsafeMutableBufferPointer<Float>
    ) {
        checkCounts(words.count, elements.count)
        guard let source = words.baseAddress, let target = elements.baseAddress else { return }
        unsafe kernels.fromFloat16(Int64(elements.count), source, target)
    }

    /// The same for bfloat16, the upper halves of Floats.
    package static func widenBFloat16(
        _ words: UnsafeBufferPointer<UInt16>, into elements: UnsafeMutableBufferPointer<Float>
    ) {
        checkCounts(words.count, elements.count)
        guard let source = words.baseAddress, let target = elements.baseAddress else { return }
        unsafe kernels.fromBFloat16(Int64(elements.count), source, target)
    }

    /// The nearest half-precision numbers, ties to even; what is too large becomes infinite.
    package static func roundToFloat16(
        _ elements: UnsafeBufferPointer<Float>, into words: UnsafeMutableBufferPointer<UInt16>
    ) {
        checkCounts(words.count, elements.count)
        guard let source = elements.baseAddress, let target = words.baseAddress else { return }
        unsafe kernels.toFloat16(Int64(elements.count), source, target)
    }

    /// The nearest bfloat16 numbers, ties to even.
    package static func roundToBFloat16(
        _ elements: UnsafeBufferPointer<Float>, into words: UnsafeMutableBufferPointer<UInt16>
    ) {
        checkCounts(words.count, elements.count)
        guard let source = elements.baseAddress, let target = words.baseAddress else { return }
        unsafe kernels.toBFloat16(Int64(elements.count), source, target)
    }

    /// Lends memory of undefined contents that tensors have used before, or will use next.
    package static func withScratch<Result>(
        _ count: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        let storage = Storage(count: count)
        defer { withExtendedLifetime(storage) {} }
        return try unsafe body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    }

    /// Writes the transpose of a part of a matrix into a part of another one.
    ///
    /// - Parameters:
    ///   - source: from the first element of the part, `[rows, columns]`.
    ///   - sourceStride: from one of its rows to the next, in elements.
    ///   - target: from the first element of the part, `[columns, rows]`.
    ///   - targetStride: from one of its rows to the next, in elements.
    package static func transpose(
        _ source: UnsafeBufferPointer<Float>, sourceStride: Int, rows: Int, columns: Int,
        into target: UnsafeMutableBufferPointer<Float>, targetStride: Int
    ) {
        if rows == 0 || columns == 0 { return }
        if columns > sourceStride || (rows - 1) * sourceStride + columns > source.count {
            shapeError("\(source.count) elements do not hold \(rows) rows of \(columns)")
        }
        if rows > targetStride || (columns - 1) * targetStride + rows > target.count {
            shapeError("\(target.count) elements have no room for \(columns) rows of \(rows)")
        }
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        unsafe kernels.transpose(
            Int64(rows), Int64(columns), source, Int64(sourceStride), target, Int64(targetStride))
    }

    private static func checkCounts(_ words: Int, _ elements: Int) {
        if words != elements { shapeError("\(words) words do not fit \(elements) elements") }
    }
}
