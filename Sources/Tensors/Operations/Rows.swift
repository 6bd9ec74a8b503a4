internal import AttendKernels

/// Rows of an operation over rows of this width that make a piece for one thread.
private func rowGrain(_ width: Int) -> Int { max(elementwiseGrain / max(width, 1), 1) }

/// Rows of a buffer that begin at `offset` and are `stride` apart.
private struct Columns {
    let storage: Storage
    let offset: Int
    let stride: Int

    /// The columns of a tensor's rows from this one on.
    init(of tensor: Tensor, from offset: Int = 0) {
        self.init(tensor.storage, offset: offset, stride: tensor.shape.width)
    }

    init(_ storage: Storage, offset: Int, stride: Int) {
        (self.storage, self.offset, self.stride) = (storage, offset, stride)
    }
}

private func copy(_ rows: Int, _ width: Int, from: Columns, to: Columns) {
    if width == 0 { return }
    parallelRanges(rows, grain: rowGrain(width)) { begin, end in
        unsafe kernels.copyRows(
            Int64(end - begin), Int64(width),
            from.storage.pointer + from.offset + begin * from.stride, Int64(from.stride),
            to.storage.pointer + to.offset + begin * to.stride, Int64(to.stride))
    }
}

extension Tensor {
    /// The rows of two tensors joined: `[…, a]` and `[…, b]` → `[…, a + b]`.
    public func concatenated(_ other: Tensor) -> Tensor {
        if shape.rank == 0 || shape.rank != other.shape.rank
            || shape.dimensions.dropLast() != other.shape.dimensions.dropLast()
        {
            shapeError("\(shape) and \(other.shape) cannot be joined along the last axis")
        }
        let (left, right) = (shape.width, other.shape.width)
        let result = Tensor(uninitialized: shape.replacingLast(with: left + right))
        copy(shape.rows, left, from: Columns(of: self), to: Columns(of: result))
        copy(shape.rows, right, from: Columns(of: other), to: Columns(of: result, from: left))
        let (node, otherNode) = (node, other.node)
        return result.recorded(on: node, otherNode) { gradient in
            node?.add(gradient.columns(0..<left))
            otherNode?.add(gradient.columns(left..<left + right))
        }
    }

    /// A range of the last axis: `[…, width]` → `[…, range.count]`.
    public func slice(_ range: Range<Int>) -> Tensor {
        if shape.rank == 0 || range.lowerBound < 0 || range.upperBound > shape.width {
            shapeError("elements \(range) of the last axis do not exist in \(shape)")
        }
        let (node, shape) = (node, shape)
        return columns(range).recorded(on: node) { gradient in
            node?.accumulate { destination, adds in
                gradient.addColumns(
                    to: destination, at: range.lowerBound, of: shape.width, adds: adds)
            }
        }
    }

    /// A range of the last axis, without a derivative.
    private func columns(_ range: Range<Int>) -> Tensor {
        let result = Tensor(uninitialized: shape.replacingLast(with: range.count))
        copy(
            shape.rows, range.count, from: Columns(of: self, from: range.lowerBound),
            to: Columns(of: result))
        return result
    }

    /// Adds these rows to a part of wider rows, or writes them into zeros.
    private func addColumns(to destination: Storage, at offset: Int, of width: Int, adds: Bool) {
        let own = shape.width
        parallelRanges(shape.rows, grain: rowGrain(width)) { [self] begin, end in
            if !adds {
                unsafe kernels.fill(
                    Int64((end - begin) * width), 0, destination.pointer + begin * width)
            }
            for row in begin..<end {
                let to = unsafe destination.pointer + row * width + offset
                unsafe kernels.combine(Int64(own), 1, storage.pointer + row * own, 1, to, to)
            }
        }
    }

    /// Each row several times in a row: `[…, width]` → `[…, times, width]`.
    public func repeatedRows(_ times: Int) -> Tensor {
        if shape.rank == 0 || times < 0 {
            shapeError("the rows of \(shape) cannot be repeated \(times) times")
        }
        let (rows, width) = (shape.rows, shape.width)
        let result = Tensor(
            uninitialized: Shape(shape.dimensions.dropLast() + [times, width]))
        for turn in 0..<times {
            copy(
                rows, width, from: Columns(of: self),
                to: Columns(result.storage, offset: turn * width, stride: times * width))
        }
        let (node, shape) = (node, shape)
        return result.recorded(on: node) { gradient in
            let sums = Tensor(uninitialized: shape)
            parallelRanges(rows, grain: rowGrain(width * max(times, 1))) { begin, end in
                for row in begin..<end {
                    unsafe kernels.columnSums(
                        Int64(times), Int64(width), gradient.storage.pointer + row * times * width,
                        Int64(width), sums.storage.pointer + row * width)
                }
            }
            node?.add(sums)
        }
    }

    /// Each row times a number of its own: `[rows…, width]` by `[rows…]`.
    ///
    /// - Parameter weights: as many elements as there are rows, whatever their shape.
    public func scaledRows(by weights: Tensor) -> Tensor {
        if shape.rank == 0 || weights.count != shape.rows {
            shapeError(
                "\(weights.count) weights \(weights.shape) do not scale the \(shape.rows) rows of \(shape)"
            )
        }
        return rowsMultiplied(by: weights).recorded(on: node, weights.node) { [self] gradient in
            node?.add(gradient.rowsMultiplied(by: weights))
            weights.node?.add(multiplied(by: gradient).rowSums())
        }
    }

    private func rowsMultiplied(by weights: Tensor) -> Tensor {
        let result = Tensor(uninitialized: shape)
        let width = shape.width
        parallelRanges(shape.rows, grain: rowGrain(width)) { [self] begin, end in
            unsafe kernels.scaleRows(
                Int64(end - begin), Int64(width), storage.pointer + begin * width,
                weights.storage.pointer + begin, result.storage.pointer + begin * width)
        }
        return result
    }

    /// Rows added to places of a table of zeros: `[n, width]` → `[count, width]`, row i to row `indices[i]`.
    ///
    /// The counterpart of ``gathered(_:shape:)``.
    ///
    /// - Parameter indices: one for each row, each in `0 ..< count`; another traps.
    public func scatteredRows(_ indices: [Int32], count: Int) -> Tensor {
        if shape.rank != 2 || indices.count != shape[0] || count < 0 {
            shapeError(
                "\(indices.count) indices do not spread the rows of \(shape) over \(count) rows")
        }
        if let wrong = indices.first(where: { $0 < 0 || $0 >= count }) {
            shapeError("row \(wrong) is outside of the \(count) rows to spread over")
        }
        let width = shape[1]
        var result = Tensor(uninitialized: [count, width])
        result.fill(with: 0)
        let table = result.storage
        // Divided by columns, so that what meets in one row is added in the order of the indices.
        parallelRanges(width, grain: 64) { [self] begin, end in
            unsafe indices.withUnsafeBufferPointer { indices in
                guard let first = indices.baseAddress else { return }
                unsafe kernels.scatterAdd(
                    Int64(indices.count), Int64(width), first, storage.pointer, table.pointer,
                    Int64(begin), Int64(end))
            }
        }
        let node = node
        return result.recorded(on: node) { gradient in
            node?.add(gradient.gathered(indices, shape: [indices.count]))
        }
    }
}
