internal import AttendKernels

extension Tensor {
    /// activation(x Wᵀ + b) + residual with a weight in fewer bits, without a derivative.
    ///
    /// Up to 32 rows, as in decoding, read the weight as it lies: in bfloat16 it meets this tensor's float32 numbers, in blocks
    /// this tensor's rows are rounded to blocks of 8 bits, too. More rows, as in reading a prompt, are multiplied in
    /// bfloat16 where the processor does that, and in float32 elsewhere; with AVX2 alone blocks meet rounded rows, however
    /// many there are.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`
    ///   - bias: `[outputs]`
    ///   - residual: `[…, outputs]`, added last.
    /// - Returns: `[…, outputs]` for `[…, inputs]`.
    public func linear(
        weight: StoredMatrix, bias: Tensor? = nil, activation: Activation? = nil,
        residual: Tensor? = nil
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
        let isMany = shape.rows > Int(unsafe kernels.storedRowLimit)
        let precision: Precision =
            isMany && (unsafe kernels.hasBFloat16 != 0) ? .bfloat16 : .float32
        unsafe runMatrixMultiply(
            unsafe AttendMatrixMultiply(
                rows: Int64(shape.rows), inner: Int64(inputs), columns: Int64(outputs),
                a: operand(stride: inputs, isTransposed: false), b: weight.operand,
                c: result.storage.pointer, cStride: Int64(outputs), accumulates: 0,
                precision: precision.element,
                bias: bias.map { unsafe UnsafePointer($0.storage.pointer) },
                activation: activation?.function ?? AttendIdentity, preactivation: nil,
                residual: residual.map { unsafe UnsafePointer($0.storage.pointer) },
                residualStride: Int64(outputs)))
        return result
    }
}
