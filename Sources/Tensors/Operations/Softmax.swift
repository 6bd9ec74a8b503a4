internal import AttendKernels

extension Tensor {
    private func mapRows(
        to result: Tensor, _ body: @escaping (_ rows: Int64, _ first: Int) -> Void
    ) {
        parallelRanges(shape.rows, grain: max(elementwiseGrain / 4 / max(shape.width, 1), 1)) {
            begin, end in
            body(Int64(end - begin), begin)
        }
    }

    /// softmax over the last axis: exp(x) / Σ exp(x), finite for any finite input.
    ///
    /// A row whose elements are all −∞ gives zeros.
    public func softmax() -> Tensor {
        let result = Tensor(uninitialized: shape)
        let width = shape.width
        measured("softmax", floats: 2 * count) {
            mapRows(to: result) { [self] rows, first in
                unsafe kernels.softmax(
                    rows, Int64(width), storage.pointer + first * width,
                    result.storage.pointer + first * width)
            }
        }
        let node = node
        return result.recorded(on: node) { gradient in
            let inputGradient = Tensor(uninitialized: gradient.shape)
            gradient.mapRows(to: inputGradient) { rows, first in
                let offset = first * width
                unsafe kernels.softmaxGradient(
                    rows, Int64(width), result.storage.pointer + offset,
                    gradient.storage.pointer + offset,
                    inputGradient.storage.pointer + offset)
            }
            node?.add(inputGradient)
        }
    }

    /// log Σ exp(x) over the last axis: `[…, width]` → `[…]`.
    public func logSumExp() -> Tensor {
        let result = Tensor(uninitialized: Shape(Array(shape.dimensions.dropLast())))
        let width = shape.width
        mapRows(to: result) { [self] rows, first in
            unsafe kernels.logSumExp(
                rows, Int64(width), storage.pointer + first * width, result.storage.pointer + first)
        }
        return result.recorded(on: node) { [self] gradient in
            let weights = detached().softmax()
            let spread = gradient.reshapedStorage([gradient.count, 1]).product(
                Tensor(repeating: 1, shape: [1, width]), transposingLeft: false,
                transposingRight: false)
            node?.add(weights.multiplied(by: spread.reshapedStorage(shape)))
        }
    }
}
