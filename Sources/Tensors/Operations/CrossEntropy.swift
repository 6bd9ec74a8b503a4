internal import AttendKernels

/// How much memory the logits of one slice may take.
private let bytesOfSlice = 32 << 20

extension Tensor {
    /// The mean negative log-likelihood of the targets, in nats: mean over scored rows of −log softmax(self)[target].
    ///
    /// - Parameters:
    ///   - targets: one for each row of logits `[…, vocabulary]`; a negative target is not scored.
    ///   - smoothing: how much probability the target gives to all words alike (Szegedy et al. 2016).
    ///   - zLoss: what is added of log² Σ exp(logits), which keeps logits from drifting (Chowdhery et al. 2022, §5).
    public func crossEntropy(targets: [Int32], smoothing: Float = 0, zLoss: Float = 0) -> Tensor {
        let (rows, width) = (shape.rows, shape.width)
        Tensor.check(targets, rows: rows, vocabulary: width)
        let probabilities = node == nil ? detached() : mapped(times: 1, plus: 0)
        let scored = targets.count { $0 >= 0 }
        // The kernel replaces logits by gradients; without a derivative it only reads them.
        let loss = probabilities.crossEntropyRows(
            targets: targets[...], weight: 1 / Float(max(scored, 1)), smoothing: smoothing,
            zLoss: zLoss,
            givesGradient: node != nil)
        let node = node
        return Tensor([Float(loss)], shape: []).recorded(on: node) { gradient in
            node?.add(probabilities.mapped(times: gradient.item(), plus: 0))
        }
    }

    /// The same as ``projectedCrossEntropy(weight:targets:smoothing:zLoss:precision:)`` with a weight in fewer bits, and
    /// without a derivative.
    public func projectedCrossEntropy(
        weight: StoredMatrix, targets: [Int32], smoothing: Float = 0, zLoss: Float = 0
    ) -> Tensor {
        let (rows, vocabulary) = (shape.rows, weight.shape[0])
        Tensor.check(targets, rows: rows, vocabulary: vocabulary)
        let inverse = 1 / Float(max(targets.count { $0 >= 0 }, 1))
        let slices = max((rows * vocabulary * 4 + bytesOfSlice - 1) / bytesOfSlice, 1)
        var loss = 0.0
        for slice in 0..<slices {
            let (begin, end) = (slice * rows / slices, (slice + 1) * rows / slices)
            loss += rowSlice(begin, end).linear(weight: weight).crossEntropyRows(
                targets: targets[begin..<end], weight: inverse, smoothing: smoothing, zLoss: zLoss,
                givesGradient: false)
        }
        return Tensor([Float(loss)], shape: [])
    }

    /// Cross-entropy of the logits `self · weightᵀ`, which are made and forgotten in slices of rows, so that
    /// `[tokens, vocabulary]` is never whole in memory.
    ///
    /// Since the loss is one number, its gradients are known up to a factor as soon as a slice is made; they are computed
    /// with it, when anyone asks for them, so no logits are made twice.
    ///
    /// - Parameters:
    ///   - weight: `[vocabulary, width]`
    ///   - targets: one for each row of `[…, width]`; a negative target is not scored.
    ///   - smoothing: label smoothing.
    ///   - zLoss: as for ``crossEntropy(targets:smoothing:zLoss:)``.
    /// - Returns: the mean over scored rows, in nats; 0 where no row is scored.
    public func projectedCrossEntropy(
        weight: Tensor, targets: [Int32], smoothing: Float = 0, zLoss: Float = 0,
        precision: Precision = .float32
    ) -> Tensor {
        let (rows, width, vocabulary) = (shape.rows, shape.width, weight.shape[0])
        if weight.shape != [vocabulary, width] {
            shapeError(
                "projected cross-entropy: hidden \(shape) and weight \(weight.shape) do not fit")
        }
        Tensor.check(targets, rows: rows, vocabulary: vocabulary)
        let isRecorded = node != nil || weight.node != nil
        let inverse = 1 / Float(max(targets.count { $0 >= 0 }, 1))
        let slices = max((rows * vocabulary * 4 + bytesOfSlice - 1) / bytesOfSlice, 1)
        let inputGradient = isRecorded ? Tensor(uninitialized: shape) : nil
        let weightGradient = weight.node == nil ? nil : Tensor(uninitialized: weight.shape)
        var loss = 0.0
        for slice in 0..<slices {
            let (begin, end) = (slice * rows / slices, (slice + 1) * rows / slices)
            let hidden = rowSlice(begin, end)
            let logits = hidden.linear(weight: weight.detached(), precision: precision)
            loss += logits.crossEntropyRows(
                targets: targets[begin..<end], weight: inverse, smoothing: smoothing, zLoss: zLoss,
                givesGradient: isRecorded)
            if let weightGradient {
                logits.multiplyTransposed(
                    by: hidden, into: weightGradient.storage, adds: slice > 0, precision: precision)
            }
            if let inputGradient {
                let part = Tensor(uninitialized: hidden.shape)
                logits.multiply(
                    byWeight: weight, into: part.storage, adds: false, precision: precision)
                unsafe attend_copy(
                    inputGradient.storage.pointer + begin * width, part.storage.pointer,
                    part.count * 4)
            }
        }
        let (inputNode, weightNode) = (node, weight.node)
        return Tensor([Float(loss)], shape: []).recorded(on: inputNode, weightNode) { gradient in
            let scale = gradient.item()
            for case let (node?, unscaled?) in [
                (inputNode, inputGradient), (weightNode, weightGradient),
            ] {
                node.add(scale == 1 ? unscaled : unscaled.mapped(times: scale, plus: 0))
            }
        }
    }

    private static func check(_ targets: [Int32], rows: Int, vocabulary: Int) {
        if targets.count != rows {
            shapeError("cross-entropy: \(targets.count) targets for \(rows) rows of logits")
        }
        if let wrong = targets.first(where: { $0 >= vocabulary }) {
            shapeError(
                "cross-entropy: target \(wrong) is outside of the vocabulary of \(vocabulary)")
        }
    }

    /// A copy of rows of the last axis, without a derivative.
    func rowSlice(_ begin: Int, _ end: Int) -> Tensor {
        if begin == 0 && end == shape.rows {
            return Tensor(shape: [end, shape.width], storage: storage)
        }
        let slice = Tensor(uninitialized: [end - begin, shape.width])
        unsafe attend_copy(
            slice.storage.pointer, storage.pointer + begin * shape.width, slice.count * 4)
        return slice
    }

    /// The weighted sum of the rows' losses; replaces the logits by the derivative where asked.
    private func crossEntropyRows(
        targets: ArraySlice<Int32>, weight: Float, smoothing: Float, zLoss: Float,
        givesGradient: Bool
    ) -> Double {
        let width = shape.width
        let losses = Tensor(uninitialized: [shape.rows])
        let targets = Array(targets)
        measured("cross-entropy", floats: 2 * count) {
            parallelRanges(shape.rows, grain: max(elementwiseGrain / 4 / max(width, 1), 1)) {
                [self] begin, end in
                unsafe targets.withUnsafeBufferPointer { targets in
                    guard let first = targets.baseAddress else { return }
                    unsafe kernels.crossEntropy(
                        Int64(end - begin), Int64(width), storage.pointer + begin * width,
                        first + begin, nil, weight, smoothing, zLoss,
                        losses.storage.pointer + begin, givesGradient ? 1 : 0)
                }
            }
        }
        return losses.sumOfElements()
    }
}
