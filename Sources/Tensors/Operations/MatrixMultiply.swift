internal import AttendKernels

/// What the operands of a matrix multiply are rounded to; sums are float32 in either case.
public enum Precision: String, Codable, CaseIterable, Sendable {
    /// Operands as they are.
    case float32
    /// Operands rounded to 8 significant bits: twice the speed where the processor has instructions for it.
    case bfloat16

    var element: AttendElement { self == .bfloat16 ? AttendBFloat16 : AttendFloat32 }
}

/// Runs a matrix multiply on all threads, by dividing C into blocks of whole tiles.
///
/// Columns are divided rather than rows where that balances, since each block packs the part of B that it needs. Every
/// element's sum is made by one thread in one order, so the division leaves no trace in the result.
func runMatrixMultiply(_ product: AttendMatrixMultiply) {
    // A layer's output reads its weight [outputs, inputs] as stored in rows; the gradients of input and weight do not.
    let name: StaticString =
        unsafe product.a.isTransposed != 0
        ? "products: gradients of weights"
        : product.b.isTransposed != 0 ? "products: forward" : "products: gradients of inputs"
    let (rows, inner, columns) = unsafe (
        Int(product.rows), Int(product.inner), Int(product.columns)
    )
    measured(
        name, floats: rows * inner + inner * columns + rows * columns,
        arithmetic: 2 * rows * inner * columns
    ) { unsafe divideMatrixMultiply(product) }
}

private func divideMatrixMultiply(_ product: AttendMatrixMultiply) {
    let rows = Int(unsafe product.rows)
    let columns = Int(unsafe product.columns)
    if rows == 0 || columns == 0 { return }
    #if canImport(Darwin)
        // The vendor's library divides products itself.
        let threads = 1
    #else
        let threads = WorkerPool.shared.threadCount
    #endif
    let operations = 2 * rows * columns * max(Int(unsafe product.inner), 1)
    if threads == 1 || operations < 100_000 {
        unsafe withUnsafePointer(to: product) {
            unsafe kernels.matrixMultiply($0, 0, Int64(rows), 0, Int64(columns))
        }
        return
    }
    let tile = (rows: Int(unsafe kernels.panelRows), columns: Int(unsafe kernels.panelColumns))
    let panels = (columns + tile.columns - 1) / tile.columns
    let slivers = (rows + tile.rows - 1) / tile.rows
    // What a division costs: threads that wait for the longest piece, and what packing adds to the arithmetic of a piece.
    // Packing an element takes about as long as multiplying it by six others. Each piece packs all of the operand that
    // is not divided; A is packed where it is transposed, rounded or often used.
    func imbalance(_ units: Int) -> Double {
        Double((units + threads - 1) / threads * threads) / Double(units)
    }
    func packing(_ uses: Int, by packers: Int) -> Double { 6 * Double(packers) / Double(uses) }
    let packsA =
        unsafe product.a.isTransposed != 0 || product.precision == AttendBFloat16 || columns > 640
    let costByColumns =
        imbalance(panels)
        * (1 + packing(rows, by: 1) + (packsA ? packing(columns, by: threads) : 0))
    let costByRows =
        imbalance(slivers)
        * (1 + packing(rows, by: threads) + (packsA ? packing(columns, by: 1) : 0))
    let byColumns = costByColumns <= costByRows
    let units = byColumns ? panels : slivers
    let unit = byColumns ? tile.columns : tile.rows
    // Twice as many pieces as threads, in case one thread is slowed down, where there is work for it and where packing the
    // undivided operand twice as often adds little.
    let again = byColumns && !packsA ? 0 : packing(byColumns ? columns : rows, by: threads)
    let dividesFinely = operations > 50_000_000 && units >= 8 * threads && again < 0.01
    let pieces = min(units, dividesFinely ? 2 * threads : threads)
    WorkerPool.shared.run(pieces) { piece in
        let begin = Int64(piece * units / pieces * unit)
        let end = Int64(min((piece + 1) * units / pieces * unit, byColumns ? columns : rows))
        unsafe withUnsafePointer(to: product) {
            unsafe byColumns
                ? kernels.matrixMultiply($0, 0, $0.pointee.rows, begin, end)
                : kernels.matrixMultiply($0, begin, end, 0, $0.pointee.columns)
        }
    }
}

extension Tensor {
    /// This tensor as an operand; `stride` is the length of its stored rows.
    func operand(stride: Int, isTransposed: Bool, offset: Int = 0) -> AttendOperand {
        unsafe AttendOperand(
            data: UnsafeRawPointer(storage.pointer + offset), stride: Int64(stride),
            isTransposed: isTransposed ? 1 : 0, element: AttendFloat32)
    }

    /// The matrix product of the last two axes, without a derivative; leading axes must agree.
    func product(
        _ other: Tensor, transposingLeft: Bool, transposingRight: Bool,
        precision: Precision = .float32
    ) -> Tensor {
        let (rows, inner) = transposingLeft ? (shape[-1], shape[-2]) : (shape[-2], shape[-1])
        let (otherInner, columns) =
            transposingRight
            ? (other.shape[-1], other.shape[-2]) : (other.shape[-2], other.shape[-1])
        let leading = shape.dimensions.dropLast(2)
        if inner != otherInner || leading != other.shape.dimensions.dropLast(2) {
            shapeError("matrix product: shapes \(shape) and \(other.shape) do not fit")
        }
        let result = Tensor(uninitialized: Shape(leading + [rows, columns]))
        for matrix in 0..<leading.reduce(1, *) {
            unsafe runMatrixMultiply(
                unsafe AttendMatrixMultiply(
                    rows: Int64(rows), inner: Int64(inner), columns: Int64(columns),
                    a: operand(
                        stride: shape[-1], isTransposed: transposingLeft,
                        offset: matrix * rows * inner),
                    b: other.operand(
                        stride: other.shape[-1], isTransposed: transposingRight,
                        offset: matrix * inner * columns),
                    c: result.storage.pointer + matrix * rows * columns, cStride: Int64(columns),
                    accumulates: 0,
                    precision: precision.element, bias: nil, activation: AttendIdentity,
                    preactivation: nil,
                    residual: nil, residualStride: 0))
        }
        return result
    }

    /// The matrix product of the last two axes: `[…, rows, inner]` · `[…, inner, columns]` → `[…, rows, columns]`.
    ///
    /// The plain form, for lessons and tests. Layers use ``linear(weight:bias:activation:residual:precision:)``.
    ///
    /// - Parameters:
    ///   - transposingRight: the other tensor is `[…, columns, inner]`.
    ///   - precision: what the factors round to, here and in the backward pass.
    public func matrixMultiplied(
        by other: Tensor, transposingRight: Bool = false, precision: Precision = .float32
    ) -> Tensor {
        let result = product(
            other, transposingLeft: false, transposingRight: transposingRight, precision: precision)
        return result.recorded(on: node, other.node) { [self] gradient in
            node?.add(
                gradient.product(
                    other, transposingLeft: false, transposingRight: !transposingRight,
                    precision: precision))
            other.node?.add(
                transposingRight
                    ? gradient.product(
                        self, transposingLeft: true, transposingRight: false, precision: precision)
                    : product(
                        gradient, transposingLeft: true, transposingRight: false,
                        precision: precision))
        }
    }
}
