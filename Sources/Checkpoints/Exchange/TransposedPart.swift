internal import AttendTensors

/// Reads a part that the file has transposed.
///
/// A panel of the file's rows is read into memory that is used again for the next; then the parameter's rows are written
/// one group after the other, each from start to end. The other way round, with each slice transposed as it is read, the
/// short runs that it has for all rows at once would pass every line of the parameter through the caches twice.
struct TransposedPart {
    private let part: TensorPart
    /// The width of the parameter's rows: how many rows the file has.
    private let rowWidth: Int
    /// How many of the parameter's rows the part has: how wide the file's rows are.
    private let fileWidth: Int

    /// How many elements of the file are held at a time: 16 MB, which a processor's last cache has room for.
    private static let panelSize = 1 << 22
    /// How many of the parameter's rows are written at a time: a cache line of the panel.
    private static let group = 16

    init(_ part: TensorPart, in map: TensorMap) {
        self.part = part
        rowWidth = map.rowWidth
        fileWidth = part.rows.count
    }

    /// Reads the part into the elements of the whole parameter.
    ///
    /// - Parameter progress: runs the pieces of work, and keeps what they find.
    func read(
        from source: any TensorSource, into elements: UnsafeMutableBufferPointer<Float>,
        progress: ReadingProgress
    ) {
        if fileWidth == 0 || rowWidth == 0 { return }
        let target = unsafe UnsafeMutableBufferPointer(
            rebasing: elements[part.rows.lowerBound * rowWidth..<part.rows.upperBound * rowWidth])
        let step = max(Self.panelSize / fileWidth / 16, 1) * 16
        unsafe StoredElements.withScratch(min(step, rowWidth) * fileWidth) { scratch in
            for first in stride(from: 0, to: rowWidth, by: step) {
                let rows = first..<min(first + step, rowWidth)
                let panel = unsafe UnsafeMutableBufferPointer(
                    rebasing: scratch[..<(rows.count * fileWidth)])
                unsafe fill(panel, from: source, rows: rows, progress: progress)
                unsafe arrange(
                    UnsafeBufferPointer(panel), rows: rows, into: target, progress: progress)
            }
        }
    }

    private func fill(
        _ panel: UnsafeMutableBufferPointer<Float>, from source: any TensorSource,
        rows: Range<Int>, progress: ReadingProgress
    ) {
        let begin = part.firstElement + rows.lowerBound * fileWidth
        let pieces = (panel.count + TensorSlice.size - 1) / TensorSlice.size
        progress.run(pieces) { piece in
            let range =
                piece * TensorSlice.size..<min((piece + 1) * TensorSlice.size, panel.count)
            let slice = unsafe UnsafeMutableBufferPointer(rebasing: panel[range])
            unsafe try source.readFloats(
                part.name, elements: begin + range.lowerBound..<begin + range.upperBound,
                into: slice)
            if unsafe !StoredElements.areFinite(UnsafeBufferPointer(slice)) {
                progress.noteNonFinite(part.name)
            }
        }
    }

    private func arrange(
        _ panel: UnsafeBufferPointer<Float>, rows: Range<Int>,
        into target: UnsafeMutableBufferPointer<Float>, progress: ReadingProgress
    ) {
        let groups = (fileWidth + Self.group - 1) / Self.group
        let size = rows.count * fileWidth
        // Parameters of less than two large pages have small ones, which are cleared one by one.
        let isSmall = size < 2 * TensorSlice.pageSize
        let pieces = min(
            isSmall ? size / TensorSlice.size + 1 : size / TensorSlice.pageSize, groups)
        progress.run(pieces) { piece in
            for group in piece * groups / pieces..<(piece + 1) * groups / pieces {
                let columns = group * Self.group..<min((group + 1) * Self.group, fileWidth)
                let source = unsafe UnsafeBufferPointer(rebasing: panel[columns.lowerBound...])
                if part.arrangement.alternatingGroup == nil {
                    let place = columns.lowerBound * rowWidth + rows.lowerBound
                    unsafe StoredElements.transpose(
                        source, sourceStride: fileWidth, rows: rows.count, columns: columns.count,
                        into: UnsafeMutableBufferPointer(rebasing: target[place...]),
                        targetStride: rowWidth)
                } else {
                    unsafe scatter(source, columns: columns, rows: rows, into: target)
                }
            }
        }
    }

    /// Transposes columns of the panel beside the parameter, and copies each to the row where it belongs.
    private func scatter(
        _ source: UnsafeBufferPointer<Float>, columns: Range<Int>, rows: Range<Int>,
        into target: UnsafeMutableBufferPointer<Float>
    ) {
        unsafe StoredElements.withScratch(columns.count * rows.count) { turned in
            unsafe StoredElements.transpose(
                source, sourceStride: fileWidth, rows: rows.count, columns: columns.count,
                into: turned, targetStride: rows.count)
            for (index, column) in columns.enumerated() {
                let place =
                    part.arrangement.parameterRow(ofFileRow: column, of: part.rows.count) * rowWidth
                    + rows.lowerBound
                _ = unsafe UnsafeMutableBufferPointer(
                    rebasing: target[place..<place + rows.count]
                ).update(fromContentsOf: turned[index * rows.count..<(index + 1) * rows.count])
            }
        }
    }
}
