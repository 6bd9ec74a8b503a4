import AttendTensors
import Testing

extension Operations {
    /// The row "Numerics" of what must hold, as far as single operations go.
    ///
    /// Whole models in all-padding batches: `ModelsTests/PaddingTests`; temperature 0,
    /// top-p and ties: `GenerationTests/SamplerTests`; trainings at any number of threads: `TrainingTests/TrainingRunTests`.
    @Suite("SAFETY: Numerics") struct NumericSafetyTests {
        @Test(
            "Fully masked rows: finite", arguments: [1, 2, 7, 70], [false, true])
        func fullyMaskedRows(tokens: Int, isCausal: Bool) {
            var options = AttentionOptions(headCount: 2, isCausal: isCausal)
            // The first sequence has nothing but padding, the second one real token, its last.
            var mask = [Float](repeating: 0, count: 2 * tokens)
            mask[2 * tokens - 1] = 1
            options.keyMask = Tensor(mask, shape: [2, tokens])
            let x = tensor([2, tokens, 6])
            let (value, gradients) = valueWithGradients(of: [x, x, x]) {
                let made = $0[0].attention(keys: $0[1], values: $0[2], options: options)
                #expect(made.isFinite)
                #expect(made.elements.prefix(tokens * 6).allSatisfy { $0 == 0 })
                return made.weighted()
            }
            #expect(value.isFinite && gradients.allSatisfy(\.isFinite))
            #expect(gradients.allSatisfy { $0.elements.prefix(tokens * 6).allSatisfy { $0 == 0 } })
        }

        @Test("All-padding batches: finite, and no gradient", arguments: [Float(0), 0.1])
        func allPadding(smoothing: Float) {
            let targets = [Int32](repeating: -1, count: 5)
            let (loss, gradients) = valueWithGradients(of: [tensor([5, 7])]) {
                $0[0].crossEntropy(targets: targets, smoothing: smoothing)
            }
            #expect(loss == 0 && gradients[0].elements.allSatisfy { $0 == 0 })
            let (projected, both) = valueWithGradients(of: [tensor([5, 4]), tensor([7, 4])]) {
                $0[0].projectedCrossEntropy(
                    weight: $0[1], targets: targets, smoothing: smoothing)
            }
            #expect(projected == 0 && both.allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
        }

        @Test("±1e4 logits: finite", arguments: [Float(1e4), -1e4], [Float(0), 0.1])
        func extremeLogits(size: Float, smoothing: Float) {
            for width in [1, 2, 17, 300] {
                var elements = [Float](repeating: -size, count: 3 * width)
                for row in 0..<3 { elements[row * width] = size }
                let x = Tensor(elements, shape: [3, width])
                let targets = [0, Int32(width - 1), -1]
                let (loss, gradients) = valueWithGradients(of: [x]) {
                    $0[0].crossEntropy(targets: targets, smoothing: smoothing)
                }
                #expect(loss.isFinite && loss >= 0 && gradients[0].isFinite)
                let (_, softened) = valueWithGradients(of: [x]) {
                    let made = $0[0].softmax()
                    #expect(made.isFinite)
                    return made.weighted()
                }
                #expect(softened[0].isFinite)
                let (sum, ofSum) = valueWithGradients(of: [x]) { $0[0].logSumExp().sum() }
                #expect(sum.isFinite && ofSum[0].isFinite)
            }
            // Attention whose scores are as large.
            let query = Tensor([100, 0, -100, 0], shape: [1, 2, 2])
            let key = Tensor([size / 100, 0, -size / 100, 0], shape: [1, 2, 2])
            var options = AttentionOptions(headCount: 1)
            options.scale = 1
            let (value, gradients) = valueWithGradients(of: [query, key, tensor([1, 2, 2])]) {
                $0[0].attention(keys: $0[1], values: $0[2], options: options).weighted()
            }
            #expect(value.isFinite && gradients.allSatisfy(\.isFinite))
        }

        @Test("The same bits at 1 and 2 threads")
        func threads() {
            let before = threadCount
            defer { threadCount = before }
            let (x, weight) = (tensor([300, 65]), tensor([130, 65], seed: 2))
            let targets = (0..<300).map { Int32($0 % 130) }
            let results = [1, 2].map { threads -> [[UInt32]] in
                threadCount = threads
                let (loss, gradients) = valueWithGradients(of: [x, weight]) {
                    $0[0].linear(weight: $0[1]).softmax().crossEntropy(targets: targets)
                }
                return [[loss.bitPattern]] + gradients.map(\.bits)
            }
            #expect(results[0] == results[1])
        }
    }
}
