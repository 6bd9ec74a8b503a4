internal import AttendKernels

extension Tensor {
    /// Rows of this table `[vocabulary, width]` for each id: `[ids…, width]`.
    ///
    /// - Parameters:
    ///   - ids: each in `0 ..< vocabulary`; another traps.
    ///   - shape: the shape of the ids, as in `[batch, tokens]`.
    public func gathered(_ ids: [Int32], shape idShape: Shape) -> Tensor {
        let (vocabulary, width) = (shape[0], shape[1])
        if ids.count != idShape.count {
            shapeError("embedding: \(ids.count) ids do not fill shape \(idShape)")
        }
        if let wrong = ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
            shapeError("embedding: id \(wrong) is outside of the vocabulary of \(vocabulary)")
        }
        let result = Tensor(uninitialized: Shape(idShape.dimensions + [width]))
        measured("embedding", floats: 2 * result.count) {
            parallelRanges(ids.count, grain: max(elementwiseGrain / max(width, 1), 1)) {
                [self] begin, end in
                unsafe ids.withUnsafeBufferPointer { ids in
                    guard let first = ids.baseAddress else { return }
                    unsafe kernels.gather(
                        Int64(end - begin), Int64(width), storage.pointer, first + begin,
                        result.storage.pointer + begin * width)
                }
            }
        }
        let node = node
        return result.recorded(on: node) { gradient in
            node?.accumulate { table, adds in
                if !adds {
                    measured("embedding: gradients", floats: vocabulary * width) {
                        parallelRanges(vocabulary * width, grain: 1 << 16) { begin, end in
                            unsafe kernels.fill(Int64(end - begin), 0, table.pointer + begin)
                        }
                    }
                }
                // Divided by columns, so that each row's contributions are added in the order of the ids.
                measured("embedding: gradients", floats: 3 * gradient.count) {
                    parallelRanges(width, grain: 64) { begin, end in
                        unsafe ids.withUnsafeBufferPointer { ids in
                            guard let first = ids.baseAddress else { return }
                            unsafe kernels.scatterAdd(
                                Int64(ids.count), Int64(width), first, gradient.storage.pointer,
                                table.pointer,
                                Int64(begin), Int64(end))
                        }
                    }
                }
            }
        }
    }
}
