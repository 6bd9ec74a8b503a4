internal import AttendTensors

extension MultiHeadAttention {
    /// Attention whose keys and values are made from a latent vector for each token.
    ///
    /// With a cache, the latents and the turned parts of the keys are kept; keys and values are made from them again.
    func latentAttention(
        _ x: Tensor, _ latent: LatentOptions, guide: AttentionGuide, options: AttentionOptions,
        cache: inout KeyValueCache?, context: Context
    ) -> Tensor {
        guard let query, let latentDown, let latentNorm, let latentUp else {
            shapeError("this attention has no latent maps")
        }
        let (headCount, headWidth) = (layout.headCount, layout.headWidth)
        let stillWidth = headWidth - latent.rotaryWidth
        var queries = query(x, precision: context.precision)
        let narrow = latentDown(x, precision: context.precision)
        var turning = narrow.slice(latent.rank..<latent.rank + latent.rotaryWidth)
        if let rotary = guide.rotary {
            queries = queries.rotated(
                by: rotary, headWidth: headWidth, headCount: headCount, begin: stillWidth)
            turning = turning.rotated(by: rotary, headWidth: latent.rotaryWidth, headCount: 1)
        }
        var held = latentNorm(narrow.slice(0..<latent.rank)).concatenated(turning)
        if let all = cache?.appendLatents(held) { held = all }

        let (batch, keyCount) = (held.shape[0], held.shape[1])
        let wide = latentUp(held.slice(0..<latent.rank), precision: context.precision)
        let still = wide.slice(0..<headCount * stillWidth)
            .reshaped([batch, keyCount, headCount, stillWidth])
        let shared = held.slice(latent.rank..<latent.rank + latent.rotaryWidth)
            .repeatedRows(headCount)
        let keys = still.concatenated(shared).reshaped([batch, keyCount, headCount * headWidth])
        let values = wide.slice(headCount * stillWidth..<wide.shape.width)
        if let runs = cache?.runs {
            return queries.attention(
                keys: keys, values: values, runs: runs, options: options, biases: guide.runBiases)
        }
        return queries.attention(keys: keys, values: values, options: options)
    }
}
