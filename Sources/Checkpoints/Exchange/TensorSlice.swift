internal import AttendTensors

/// Some rows of a part as the file has them: what is read or written at a time.
struct TensorSlice {
    let part: TensorPart
    /// The width of the parameter's rows.
    let rowWidth: Int
    /// How wide the file's rows are.
    let fileWidth: Int
    /// Which of the file's rows, counted from the part's first.
    let fileRows: Range<Int>

    /// How many elements stay in a processor's second cache while they are read, looked at and moved.
    static let size = 1 << 17

    /// How many elements a large page has.
    ///
    /// Two threads that touch a new page at the same time both clear it, and one of them for nothing. So each writes about
    /// a page, slice after slice.
    static let pageSize = 1 << 19

    /// All slices of a part.
    static func all(of part: TensorPart, in map: TensorMap) -> [TensorSlice] {
        let (rowCount, rowWidth) = (part.rows.count, map.rowWidth)
        let isTransposed = part.arrangement.isTransposed
        // Where order does not matter, rows may be cut anywhere.
        let isPlain = part.arrangement == .same
        let fileWidth = isTransposed ? rowCount : isPlain ? 1 : rowWidth
        let fileRowCount = isTransposed ? rowWidth : isPlain ? rowCount * rowWidth : rowCount
        if fileWidth == 0 || fileRowCount == 0 { return [] }
        // Whole cache lines of a transpose, and whole pairs of rows that take turns.
        let step = isPlain ? size : max(size / fileWidth / 16, 1) * 16
        return stride(from: 0, to: fileRowCount, by: step).map {
            TensorSlice(
                part: part, rowWidth: rowWidth, fileWidth: fileWidth,
                fileRows: $0..<min($0 + step, fileRowCount))
        }
    }

    /// The slice's elements within the tensor of the file.
    var fileElements: Range<Int> {
        let first = part.firstElement
        return first + fileRows.lowerBound * fileWidth..<first + fileRows.upperBound * fileWidth
    }

    /// Reads the slice into the elements of the whole parameter; not for transposed parts, see ``TransposedPart``.
    ///
    /// - Returns: whether all that was read are finite numbers.
    func read(
        from source: any TensorSource, into elements: UnsafeMutableBufferPointer<Float>
    ) throws -> Bool {
        let target = unsafe UnsafeMutableBufferPointer(
            rebasing: elements[
                part.rows.lowerBound * rowWidth..<part.rows.upperBound * rowWidth])
        if part.arrangement == .same {
            let slice = unsafe UnsafeMutableBufferPointer(rebasing: target[fileRows])
            unsafe try source.readFloats(part.name, elements: fileElements, into: slice)
            return unsafe StoredElements.areFinite(UnsafeBufferPointer(slice))
        }
        return try unsafe StoredElements.withScratch(fileElements.count) { slice in
            unsafe try source.readFloats(part.name, elements: fileElements, into: slice)
            for row in fileRows {
                let begin = (row - fileRows.lowerBound) * fileWidth
                let place =
                    part.arrangement.parameterRow(ofFileRow: row, of: part.rows.count) * rowWidth
                let line = unsafe UnsafeMutableBufferPointer(
                    rebasing: target[place..<place + rowWidth])
                guard part.arrangement.columnsStandInHalves else {
                    _ = unsafe line.update(fromContentsOf: slice[begin..<begin + fileWidth])
                    continue
                }
                for column in 0..<rowWidth {
                    let place = part.arrangement.parameterColumn(
                        ofFileColumn: column, of: rowWidth)
                    unsafe line[place] = slice[begin + column]
                }
            }
            return unsafe StoredElements.areFinite(UnsafeBufferPointer(slice))
        }
    }

    /// Writes the slice of the file's tensor from the elements of the parameter.
    ///
    /// - Parameter tensor: all elements of the tensor as the file has them.
    func write(
        _ elements: UnsafeBufferPointer<Float>, into tensor: UnsafeMutableBufferPointer<Float>
    ) {
        let source = unsafe UnsafeBufferPointer(
            rebasing: elements[part.rows.lowerBound * rowWidth..<part.rows.upperBound * rowWidth])
        let target = unsafe UnsafeMutableBufferPointer(rebasing: tensor[fileElements])
        if part.arrangement == .same {
            _ = unsafe target.update(fromContentsOf: source[fileRows])
            return
        }
        if part.arrangement == .transposed {
            let columns = unsafe UnsafeBufferPointer(rebasing: source[fileRows.lowerBound...])
            return unsafe StoredElements.transpose(
                columns, sourceStride: rowWidth, rows: fileWidth, columns: fileRows.count,
                into: target, targetStride: fileWidth)
        }
        for row in fileRows {
            let begin = (row - fileRows.lowerBound) * fileWidth
            if part.arrangement.isTransposed {
                for column in 0..<fileWidth {
                    let place = part.arrangement.parameterRow(
                        ofFileRow: column, of: part.rows.count)
                    unsafe target[begin + column] = source[place * rowWidth + row]
                }
            } else {
                let place =
                    part.arrangement.parameterRow(ofFileRow: row, of: part.rows.count) * rowWidth
                guard part.arrangement.columnsStandInHalves else {
                    _ = unsafe UnsafeMutableBufferPointer(
                        rebasing: target[begin..<begin + fileWidth]
                    ).update(fromContentsOf: source[place..<place + rowWidth])
                    continue
                }
                for column in 0..<rowWidth {
                    let from = part.arrangement.parameterColumn(
                        ofFileColumn: column, of: rowWidth)
                    unsafe target[begin + column] = source[place + from]
                }
            }
        }
    }
}
