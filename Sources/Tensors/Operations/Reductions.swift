internal import AttendKernels

/// Elements per piece of a sum.
///
/// Fixed, so that a sum has the same bits at any number of threads.
private let sumPiece = 1 << 16

extension Tensor {
    /// Adds up what `kernel` gives for each piece of `sumPiece` elements, in their order.
    private func sumOfPieces(_ kernel: @escaping (Int, UnsafePointer<Float>) -> Double) -> Double {
        let pieces = (count + sumPiece - 1) / sumPiece
        if pieces <= 1 { return unsafe kernel(count, storage.pointer) }
        var partial = [Double](repeating: 0, count: pieces)
        unsafe partial.withUnsafeMutableBufferPointer { partial in
            let sums = unsafe partial
            WorkerPool.shared.run(pieces) { [self] piece in
                let begin = piece * sumPiece
                unsafe sums[piece] = unsafe kernel(
                    min(sumPiece, count - begin), storage.pointer + begin)
            }
        }
        return partial.reduce(0, +)
    }

    /// The sum of the elements, in double precision.
    package func sumOfElements() -> Double {
        unsafe sumOfPieces { unsafe kernels.sum(Int64($0), $1) }
    }

    /// The sum of the squares of the elements, in double precision.
    public func sumOfSquares() -> Double {
        measured("sums of squares", floats: count) {
            unsafe sumOfPieces { unsafe kernels.sumOfSquares(Int64($0), $1) }
        }
    }

    /// Whether every element is a finite number.
    public var isFinite: Bool {
        unsafe sumOfPieces { unsafe kernels.isFinite(Int64($0), $1) != 0 ? 0 : 1 } == 0
    }

    /// The sum of all elements, as a scalar.
    public func sum() -> Tensor {
        let (node, shape) = (node, shape)
        return Tensor([Float(sumOfElements())], shape: []).recorded(on: node) { gradient in
            node?.add(Tensor(repeating: gradient.item(), shape: shape))
        }
    }

    /// The mean of all elements, as a scalar.
    public func mean() -> Tensor {
        sum() / Float(max(count, 1))
    }

    /// The sum of each row of the last axis: `[…, width]` → `[…]`.
    public func rowSums() -> Tensor {
        let result = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())))
        let (node, shape) = (node, shape)
        let width = shape.width
        parallelRanges(shape.rows, grain: max(elementwiseGrain / max(width, 1), 1)) {
            [self] begin, end in
            unsafe kernels.rowSums(
                Int64(end - begin), Int64(width), storage.pointer + begin * width,
                result.storage.pointer + begin)
        }
        return result.recorded(on: node) { gradient in
            // The outer product with ones: every element of a row receives the row's gradient.
            let ones = Tensor(repeating: 1, shape: [1, width])
            let column = gradient.reshapedStorage([shape.rows, 1])
            node?.add(
                column.product(ones, transposingLeft: false, transposingRight: false)
                    .reshapedStorage(shape))
        }
    }

    /// Column sums of the matrix `[count / width, width]`, added in pieces of rows fixed by the shape alone.
    func columnSums(width: Int) -> Tensor {
        let result = Tensor(uninitialized: [width])
        sumColumns(width: width, into: result.storage, adds: false)
        return result
    }

    func sumColumns(width: Int, into destination: Storage, adds: Bool) {
        let rows = width == 0 ? 0 : count / width
        measured("sums over rows", floats: count) {
            unsafe reduceRows(rows, width: width, outputs: 1, into: [destination], adds: adds) {
                [self] begin, end, sums in
                unsafe kernels.columnSums(
                    Int64(end - begin), Int64(width), storage.pointer + begin * width, Int64(width),
                    sums)
            }
        }
    }
}

/// Sums of `outputs` row vectors over many rows: pieces of rows first, each by itself, then the pieces in order.
///
/// - Parameters:
///   - body: works on rows `begin ..< end` and writes `outputs · width` sums.
///   - destinations: one for each output, `width` elements; nil where nobody wants it.
func reduceRows(
    _ rows: Int, width: Int, outputs: Int, into destinations: [Storage?], adds: Bool,
    _ body: @escaping (_ begin: Int, _ end: Int, _ sums: UnsafeMutablePointer<Float>) -> Void
) {
    // At most 16 pieces, none shorter than 32 rows.
    let pieces = min(max(rows / 32, 1), 16)
    let partial = Storage(count: pieces * outputs * width)
    WorkerPool.shared.run(pieces) { piece in
        unsafe body(
            piece * rows / pieces, (piece + 1) * rows / pieces,
            partial.pointer + piece * outputs * width)
    }
    for (output, destination) in destinations.enumerated() {
        guard let destination else { continue }
        for piece in 0..<pieces {
            let part = unsafe partial.pointer + (piece * outputs + output) * width
            let isFirst = piece == 0 && !adds
            unsafe kernels.combine(
                Int64(width), 1, part, isFirst ? 0 : 1, isFirst ? part : destination.pointer,
                destination.pointer)
        }
    }
}
