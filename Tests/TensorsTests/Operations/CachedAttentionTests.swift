import AttendTensors
import Testing

extension Operations {
    @Suite struct CachedAttentionTests {
        /// Tokens that come one after the other, or a few at a time, see what they would see all at once.
        @Test(arguments: [1, 2, 4], [1, 3, 7, 80])
        func isTheWhole(shared: Int, step: Int) {
            for window in [nil, 1, 5, 66] as [Int?] {
                check(shared: shared, step: step, window: window, format: .float32, within: 1e-5)
            }
        }

        /// In fewer bits, they see it as exactly as these bits tell it.
        @Test(arguments: [(CacheFormat.bfloat16, 8e-3), (.int8, 3e-2)], [1, 3, 80])
        func inFewerBits(kept: (format: CacheFormat, within: Double), step: Int) {
            for shared in [1, 4] {
                check(
                    shared: shared, step: step, window: nil, format: kept.format,
                    within: kept.within)
            }
        }

        private func check(
            shared: Int, step: Int, window: Int?, format: CacheFormat, within tolerance: Double
        ) {
            let (batch, tokens, heads, headWidth) = (2, 83, 4, 3)
            var options = AttentionOptions(headCount: heads, isCausal: true)
            options.keyValueHeadCount = shared
            options.window = window
            options.sinks = tensor([heads], seed: 2)
            options.slopes = tensor([heads], seed: 3, in: 0...0.1)
            let width = (heads + 2 * shared) * headWidth
            let packed = tensor([batch, tokens, width])
            let whole = packed.packedSelfAttention(options: options).doubles

            var keys = CachedTokens(
                places: batch, capacity: 90, headCount: shared, headWidth: headWidth, format: format
            )
            var values = keys
            var outputs = [[Double]](repeating: [], count: batch)
            var held = 0
            while held < tokens {
                let count = min(step, tokens - held)
                let part = (0..<batch).flatMap {
                    let begin = ($0 * tokens + held) * width
                    return packed.elements[begin..<begin + count * width]
                }
                let output = Tensor(part, shape: [batch, count, width]).attendCached(
                    keys: &keys, values: &values, held: held, options: options)
                for (sequence, rows) in rows(output.doubles, count * heads * headWidth).enumerated()
                {
                    outputs[sequence] += rows
                }
                held += count
            }
            let errors = zip(outputs.flatMap(\.self), whole).map { abs($0 - $1) }
            #expect(errors.count == whole.count)
            #expect(errors.max() ?? .nan <= tolerance)
            // Neither is it more exact than the format can be.
            #expect(format == .float32 || errors.max() ?? 0 > 1e-5)
        }
    }
}
