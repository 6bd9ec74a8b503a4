internal import AttendKernels

/// The cosines and sines by which the pairs of elements of a head turn at each place.
public struct RotaryTable: Sendable {
    /// Which elements of a head form a pair.
    public enum Style: String, Codable, CaseIterable, Sendable {
        /// Elements i and i + rotaryWidth / 2, as Hugging Face lays out Llama.
        case halves
        /// Elements 2i and 2i + 1, as in the paper.
        case interleaved
    }

    /// cos of each angle, times the factor of a scaling method where it has one: `[tableRows, rotaryWidth / 2]`.
    public var cosines: Tensor
    /// sin of each angle, times the same factor: `[tableRows, rotaryWidth / 2]`.
    public var sines: Tensor
    /// Which elements of a head form a pair.
    public var style: Style

    /// A table of angles whose cosines and sines were computed elsewhere.
    public init(cosines: Tensor, sines: Tensor, style: Style) {
        self.cosines = cosines
        self.sines = sines
        self.style = style
    }
}

extension Tensor {
    /// Rotary positions on the first `headCount` heads of each row; the rest of the row is copied.
    ///
    /// A pair turns as (x₁, x₂) → (x₁ cos − x₂ sin, x₂ cos + x₁ sin).
    ///
    /// - Parameters:
    ///   - table: row r turns by row r % tableRows of it, so that `[batch, tokens, …]` takes a table of `tokens` rows, or one
    ///     of `batch · tokens`. It is not differentiated.
    ///   - headWidth: the elements of a head.
    ///   - headCount: how many heads turn; in a packed projection those of queries and keys.
    ///   - begin: the first element within a head that turns; `rotaryWidth` of them do.
    /// - Returns: the shape of the input, `[…, rowWidth]`.
    /// - Source: Su et al. 2021.
    public func rotated(by table: RotaryTable, headWidth: Int, headCount: Int, begin: Int = 0)
        -> Tensor
    {
        if table.cosines.shape.rank != 2 || table.cosines.shape != table.sines.shape {
            shapeError(
                "rotary positions: cosines \(table.cosines.shape) and sines \(table.sines.shape) are not both"
                    + " [places, rotaryWidth / 2]")
        }
        let (tableRows, pairs) = (table.cosines.shape[0], table.cosines.shape[1])
        if shape.rank == 0 || headWidth < 0 || headCount < 0 || headWidth * headCount > shape.width
            || begin < 0 || begin + 2 * pairs > headWidth
        {
            shapeError(
                "rotary positions: elements \(begin) ..< \(begin + 2 * pairs) of \(headCount) heads of width"
                    + " \(headWidth) do not lie in rows of \(shape)")
        }
        if shape.rows > 0, tableRows == 0 || shape.rows % tableRows != 0 {
            shapeError(
                "rotary positions: a table of \(tableRows) places does not divide the \(shape.rows) rows of \(shape)"
            )
        }
        let rotation = Rotation(
            table: table, headWidth: headWidth, headCount: headCount, begin: begin)
        let node = node
        return rotation.applied(to: self, isTransposed: false).recorded(on: node) { gradient in
            node?.add(rotation.applied(to: gradient, isTransposed: true))
        }
    }
}

/// A rotation whose parts fit together.
private struct Rotation {
    let table: RotaryTable
    let headWidth: Int
    let headCount: Int
    let begin: Int

    /// The rotation of each row, or its transpose, which is its derivative.
    func applied(to x: Tensor, isTransposed: Bool) -> Tensor {
        let result = Tensor(uninitialized: x.shape)
        let width = x.shape.width
        measured("rotary positions", floats: 2 * x.count) {
            parallelRanges(x.shape.rows, grain: max(elementwiseGrain / 2 / max(width, 1), 1)) {
                first, last in
                let description = unsafe AttendRotation(
                    rowWidth: Int64(width), headCount: Int64(headCount),
                    headWidth: Int64(headWidth),
                    begin: Int64(begin), pairs: Int64(table.cosines.shape[1]),
                    tableRows: Int64(table.cosines.shape[0]),
                    isInterleaved: table.style == .interleaved ? 1 : 0,
                    isTransposed: isTransposed ? 1 : 0, cosines: table.cosines.storage.pointer,
                    sines: table.sines.storage.pointer, x: x.storage.pointer,
                    y: result.storage.pointer)
                unsafe withUnsafePointer(to: description) {
                    unsafe kernels.rotate($0, Int64(first), Int64(last))
                }
            }
        }
        return result
    }
}
