internal import AttendKernels

extension Tensor {
    /// The same elements under another shape of as many elements.
    public func reshaped(_ newShape: Shape) -> Tensor {
        if newShape.count != count {
            shapeError("a tensor of shape \(shape) cannot be reshaped to \(newShape)")
        }
        let (node, shape) = (node, shape)
        return Tensor(shape: newShape, storage: storage).recorded(on: node) { gradient in
            node?.add(gradient.reshapedStorage(shape))
        }
    }

    /// The last two axes exchanged: `[…, rows, columns]` → `[…, columns, rows]`.
    public func transposed() -> Tensor {
        let (rows, columns) = (shape[-2], shape[-1])
        let result = Tensor(uninitialized: Shape(shape.dimensions.dropLast(2) + [columns, rows]))
        let size = rows * columns
        parallelRanges(size == 0 ? 0 : count / size, grain: max(elementwiseGrain / max(size, 1), 1))
        { [self] begin, end in
            for matrix in begin..<end {
                unsafe kernels.transpose(
                    Int64(rows), Int64(columns), storage.pointer + matrix * size, Int64(columns),
                    result.storage.pointer + matrix * size, Int64(rows))
            }
        }
        let node = node
        return result.recorded(on: node) { node?.add($0.transposed()) }
    }

    /// Heads brought before tokens, as the plain form of attention needs them:
    /// `[batch, tokens, heads · headWidth]` → `[batch, heads, tokens, headWidth]`.
    public func splitHeads(_ headCount: Int) -> Tensor {
        if shape.rank != 3 {
            shapeError("heads are split from [batch, tokens, width], not from \(shape)")
        }
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        if headCount < 1 || width % headCount != 0 {
            shapeError("width \(width) does not split into \(headCount) heads")
        }
        let result = Tensor(uninitialized: [batch, headCount, tokens, width / headCount])
        moveHeads(batch, tokens, headCount, width / headCount) { outer, inner, length in
            unsafe kernels.copyRows(
                Int64(tokens), Int64(length), storage.pointer + inner, Int64(width),
                result.storage.pointer + outer,
                Int64(length))
        }
        let node = node
        return result.recorded(on: node) { node?.add($0.mergedHeads()) }
    }

    /// The inverse of ``splitHeads(_:)``: `[batch, heads, tokens, headWidth]` → `[batch, tokens, heads · headWidth]`.
    public func mergedHeads() -> Tensor {
        if shape.rank != 4 {
            shapeError("heads are merged from [batch, heads, tokens, headWidth], not from \(shape)")
        }
        let (batch, headCount, tokens, headWidth) = (shape[0], shape[1], shape[2], shape[3])
        let width = headCount * headWidth
        let result = Tensor(uninitialized: [batch, tokens, width])
        moveHeads(batch, tokens, headCount, headWidth) { outer, inner, length in
            unsafe kernels.copyRows(
                Int64(tokens), Int64(length), storage.pointer + outer, Int64(length),
                result.storage.pointer + inner,
                Int64(width))
        }
        let node = node
        return result.recorded(on: node) { node?.add($0.splitHeads(headCount)) }
    }

    private func moveHeads(
        _ batch: Int, _ tokens: Int, _ headCount: Int, _ headWidth: Int,
        _ copy: (Int, Int, Int) -> Void
    ) {
        for sequence in 0..<batch {
            for head in 0..<headCount {
                copy(
                    (sequence * headCount + head) * tokens * headWidth,
                    sequence * tokens * headCount * headWidth + head * headWidth, headWidth)
            }
        }
    }

    /// The largest element of each row of the last axis, and where it first stands.
    public func rowMaxima() -> (values: [Float], indices: [Int32]) {
        var values = [Float](repeating: 0, count: shape.rows)
        var indices = [Int32](repeating: 0, count: shape.rows)
        unsafe kernels.rowMaxima(
            Int64(shape.rows), Int64(shape.width), storage.pointer, &values, &indices)
        return (values, indices)
    }
}
