internal import AttendKernels

extension Tensor {
    /// Layer normalisation: (x − mean) / √(variance + ε) · gain + bias, over the last axis.
    ///
    /// - Parameters:
    ///   - gain: `[width]`
    ///   - bias: `[width]`
    /// - Returns: the shape of the input.
    /// - Source: Ba, Kiros & Hinton 2016.
    public func layerNormalised(gain: Tensor, bias: Tensor?, epsilon: Float) -> Tensor {
        normalised(gain: gain, bias: bias, epsilon: epsilon, centres: true)
    }

    /// Root-mean-square normalisation: x / √(mean x² + ε) · gain, over the last axis.
    ///
    /// - Parameter gain: `[width]`
    /// - Source: Zhang & Sennrich 2019.
    public func rootMeanSquareNormalised(gain: Tensor, epsilon: Float) -> Tensor {
        normalised(gain: gain, bias: nil, epsilon: epsilon, centres: false)
    }

    private func normalised(gain: Tensor, bias: Tensor?, epsilon: Float, centres: Bool) -> Tensor {
        let (rows, width) = (shape.rows, shape.width)
        if gain.shape != [width] || bias.map({ $0.shape != [width] }) ?? false {
            shapeError(
                "normalisation over width \(width): gain has shape \(gain.shape), bias"
                    + " \(bias?.shape.description ?? "none")")
        }
        let result = Tensor(uninitialized: shape)
        let statistics = Storage(count: rows * 2)
        let grain = max(elementwiseGrain / 2 / max(width, 1), 1)
        measured("norms", floats: 2 * count) {
            parallelRanges(rows, grain: grain) { [self] begin, end in
                let (count, length) = (Int64(end - begin), Int64(width))
                let (x, y) = unsafe (
                    storage.pointer + begin * width, result.storage.pointer + begin * width
                )
                if centres {
                    unsafe kernels.layerNorm(
                        count, length, epsilon, x, gain.storage.pointer,
                        bias.map { unsafe UnsafePointer($0.storage.pointer) },
                        y, statistics.pointer + begin * 2)
                } else {
                    unsafe kernels.rmsNorm(
                        count, length, epsilon, x, gain.storage.pointer, y,
                        statistics.pointer + begin * 2)
                }
            }
        }
        let (inputNode, gainNode, biasNode) = (node, gain.node, bias?.node)
        return result.recorded(on: inputNode, gainNode, biasNode) { [self] gradient in
            let gainSum = gainNode == nil ? nil : Tensor(uninitialized: [width])
            let biasSum = biasNode == nil ? nil : Tensor(uninitialized: [width])
            let compute = { (destination: Storage, adds: Bool) in
                measured("norms: gradients", floats: 3 * count) {
                    unsafe reduceRows(
                        rows, width: width, outputs: 2, into: [gainSum?.storage, biasSum?.storage],
                        adds: false
                    ) { begin, end, sums in
                        let (count, length) = (Int64(end - begin), Int64(width))
                        let (x, dy) = unsafe (
                            storage.pointer + begin * width,
                            gradient.storage.pointer + begin * width
                        )
                        let dx = unsafe destination.pointer + begin * width
                        let row = unsafe statistics.pointer + begin * 2
                        if centres {
                            unsafe kernels.layerNormGradient(
                                count, length, x, gain.storage.pointer, row, dy, dx, adds ? 1 : 0,
                                sums,
                                sums + width)
                        } else {
                            unsafe kernels.rmsNormGradient(
                                count, length, x, gain.storage.pointer, row, dy, dx, adds ? 1 : 0,
                                sums)
                        }
                    }
                }
            }
            if let inputNode {
                inputNode.accumulate(compute)
            } else {
                compute(Storage(count: count), false)
            }
            if let gainSum { gainNode?.add(gainSum) }
            if let biasSum { biasNode?.add(biasSum) }
        }
    }
}
