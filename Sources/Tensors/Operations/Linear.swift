internal import AttendKernels

extension Tensor {
    /// activation(x Wᵀ + b) + residual, in one pass over the result.
    ///
    /// The plain form is `x.matrixMultiplied(by: weight, transposingRight: true) + bias`, activated, plus the residual.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`
    ///   - bias: `[outputs]`
    ///   - residual: `[…, outputs]`, added last.
    /// - Returns: `[…, outputs]` for `[…, inputs]`.
    public func linear(
        weight: Tensor, bias: Tensor? = nil, activation: Activation? = nil, residual: Tensor? = nil,
        precision: Precision = .float32
    ) -> Tensor {
        let (inputs, outputs) = (shape.width, weight.shape[0])
        let result = Tensor(uninitialized: shape.replacingLast(with: outputs))
        if weight.shape != [outputs, inputs] || bias.map({ $0.shape != [outputs] }) ?? false
            || residual.map({ $0.shape != result.shape }) ?? false
        {
            shapeError(
                "linear: input \(shape), weight \(weight.shape), bias \(bias?.shape.description ?? "none") and"
                    + " residual \(residual?.shape.description ?? "none") do not fit")
        }
        let isRecorded = [node, weight.node, bias?.node, residual?.node].contains { $0 != nil }
        let preactivation =
            isRecorded && activation != nil ? Tensor(uninitialized: result.shape) : nil
        unsafe runMatrixMultiply(
            unsafe AttendMatrixMultiply(
                rows: Int64(shape.rows), inner: Int64(inputs), columns: Int64(outputs),
                a: operand(stride: inputs, isTransposed: false),
                b: weight.operand(stride: inputs, isTransposed: true),
                c: result.storage.pointer, cStride: Int64(outputs), accumulates: 0,
                precision: precision.element,
                bias: bias.map { unsafe UnsafePointer($0.storage.pointer) },
                activation: activation?.function ?? AttendIdentity,
                preactivation: preactivation?.storage.pointer,
                residual: residual.map { unsafe UnsafePointer($0.storage.pointer) },
                residualStride: Int64(outputs)))
        if !isRecorded { return result }

        let (biasNode, residualNode) = (bias?.node, residual?.node)
        let weightIsDifferentiated = weight.node != nil
        // The input itself is only needed for the weight's gradient.
        let (inputNode, input) = (node, weightIsDifferentiated ? self : nil)
        return result.recorded(on: inputNode, weight.node, biasNode, residualNode) { gradient in
            residualNode?.add(gradient)
            var inner = gradient
            if let activation, let preactivation {
                inner = preactivation.applyingDerivative(of: activation.function, to: gradient)
            }
            biasNode?.accumulate { inner.sumColumns(width: outputs, into: $0, adds: $1) }
            if let node = weight.node, let input {
                node.accumulate { destination, adds in
                    inner.multiplyTransposed(
                        by: input, into: destination, adds: adds, precision: precision)
                }
            }
            inputNode?.accumulate { destination, adds in
                inner.multiply(
                    byWeight: weight, into: destination, adds: adds, precision: precision)
            }
        }
    }

    /// destination (+)= selfᵀ · other, both seen as matrices of rows: the gradient of a weight.
    func multiplyTransposed(
        by other: Tensor, into destination: Storage, adds: Bool, precision: Precision
    ) {
        unsafe multiplyDense(
            rows: shape.width, inner: shape.rows, columns: other.shape.width,
            a: operand(stride: shape.width, isTransposed: true),
            b: other.operand(stride: other.shape.width, isTransposed: false), into: destination,
            adds: adds,
            precision: precision)
    }

    /// destination (+)= self · weight `[inner, columns]`: the gradient of an input.
    func multiply(
        byWeight weight: Tensor, into destination: Storage, adds: Bool, precision: Precision
    ) {
        unsafe multiplyDense(
            rows: shape.rows, inner: shape.width, columns: weight.shape[1],
            a: operand(stride: shape.width, isTransposed: false),
            b: weight.operand(stride: weight.shape[1], isTransposed: false), into: destination,
            adds: adds,
            precision: precision)
    }
}

/// C (+)= A B for a dense C, without epilogue.
private func multiplyDense(
    rows: Int, inner: Int, columns: Int, a: AttendOperand, b: AttendOperand, into c: Storage,
    adds: Bool,
    precision: Precision
) {
    unsafe runMatrixMultiply(
        unsafe AttendMatrixMultiply(
            rows: Int64(rows), inner: Int64(inner), columns: Int64(columns), a: a, b: b,
            c: c.pointer,
            cStride: Int64(columns), accumulates: adds ? 1 : 0, precision: precision.element,
            bias: nil,
            activation: AttendIdentity, preactivation: nil, residual: nil, residualStride: 0))
}
