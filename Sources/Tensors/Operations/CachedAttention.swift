internal import AttendKernels

extension Tensor {
    /// Attention of new tokens to themselves and to those in a cache, to which their keys and values are appended.
    ///
    /// Not differentiated: caches are for generation.
    ///
    /// - Parameters:
    ///   - keys: `[batch, capacity, width]`, of which `held` tokens are filled.
    ///   - values: like the keys.
    /// - Returns: `[batch, tokens, width]` for a packed projection `[batch, tokens, 3 · width]`.
    package func attendCached(
        keys: inout Tensor, values: inout Tensor, held: Int, options: AttentionOptions
    ) -> Tensor {
        let (batch, tokens, width) = (shape[0], shape[1], shape[2] / 3)
        let capacity = keys.shape[1]
        if keys.shape != [batch, capacity, width] || values.shape != keys.shape
            || held + tokens > capacity
        {
            shapeError(
                "cached attention: \(shape) does not fit a cache \(keys.shape) that holds \(held)")
        }
        keys.makeUnique()
        values.makeUnique()
        for sequence in 0..<batch {
            let from = unsafe storage.pointer + sequence * tokens * 3 * width
            let place = (sequence * capacity + held) * width
            unsafe kernels.copyRows(
                Int64(tokens), Int64(width), from + width, Int64(3 * width),
                keys.storage.pointer + place, Int64(width))
            unsafe kernels.copyRows(
                Int64(tokens), Int64(width), from + 2 * width, Int64(3 * width),
                values.storage.pointer + place,
                Int64(width))
        }
        let queries = AttentionPart(
            tensor: detached(), offset: 0, batchStride: tokens * 3 * width, tokenStride: 3 * width)
        let cached = [keys, values].map {
            AttentionPart(tensor: $0, offset: 0, batchStride: capacity * width, tokenStride: width)
        }
        return Tensor.attention([queries] + cached, keyCount: held + tokens, width: width, options)
    }

    /// The last token of each sequence: `[batch, tokens, width]` → `[batch, width]`, without a derivative.
    package func lastTokens() -> Tensor {
        if shape.rank != 3 || shape[1] == 0 { shapeError("there is no last token in \(shape)") }
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        let result = Tensor(uninitialized: [batch, width])
        unsafe kernels.copyRows(
            Int64(batch), Int64(width), storage.pointer + (tokens - 1) * width,
            Int64(tokens * width),
            result.storage.pointer, Int64(width))
        return result
    }
}
