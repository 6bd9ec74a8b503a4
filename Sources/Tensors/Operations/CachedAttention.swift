internal import AttendKernels

extension Tensor {
    /// Attention of new tokens to themselves and to those in a cache, to which their keys and values are appended.
    ///
    /// Not differentiated: caches are for generation.
    ///
    /// - Parameters:
    ///   - keys: `[batch, capacity, keyValueHeads · headWidth]`, of which `held` tokens are filled.
    ///   - values: like the keys.
    /// - Returns: `[batch, tokens, heads · headWidth]` for a packed projection
    ///   `[batch, tokens, (heads + 2 · keyValueHeads) · headWidth]`, whose queries and keys are already rotated where the
    ///   model rotates them.
    package func attendCached(
        keys: inout CachedTokens, values: inout CachedTokens, held: Int, options: AttentionOptions
    ) -> Tensor {
        let (width, keyWidth) = packedWidths(options)
        let (batch, tokens) = (shape[0], shape[1])
        if keys.shape != [batch, keys.capacity, keyWidth] || values.shape != keys.shape
            || held < 0 || held + tokens > keys.capacity
        {
            shapeError(
                "cached attention: \(shape) does not fit a cache \(keys.shape) that holds \(held)")
        }
        keys.write(self, from: width, atToken: held)
        values.write(self, from: width + keyWidth, atToken: held)
        let parts = [
            AttentionPart(detached(), source: 0), keys.attentionPart(source: 1),
            values.attentionPart(source: 2),
        ]
        return Tensor.attention(parts, keyCount: held + tokens, width: width, options)
    }

    /// The last token of each sequence: `[batch, tokens, width]` → `[batch, width]`, without a derivative.
    package func lastTokens() -> Tensor {
        let last = lastTokens(1)
        return last.reshaped([last.shape[0], last.shape[2]])
    }

    /// The last tokens of each sequence: `[batch, tokens, width]` → `[batch, count, width]`, without a derivative.
    package func lastTokens(_ count: Int) -> Tensor {
        if shape.rank != 3 || !(0...shape[1]).contains(count) || shape[1] == 0 {
            shapeError("there are no last \(count) tokens in \(shape)")
        }
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        let result = Tensor(uninitialized: [batch, count, width])
        unsafe kernels.copyRows(
            Int64(batch), Int64(count * width), storage.pointer + (tokens - count) * width,
            Int64(tokens * width),
            result.storage.pointer, Int64(count * width))
        return result
    }
}
