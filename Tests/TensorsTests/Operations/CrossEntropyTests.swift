import AttendTensors
import Testing

/// The mean loss over scored rows, in double precision.
private func meanLoss(
    _ logits: [Double], width: Int, targets: [Int32], smoothing: Double, zLoss: Double = 0
) -> Double {
    var (sum, scored) = (0.0, 0)
    for (row, target) in zip(rows(logits, width), targets) where target >= 0 {
        let wanted = row[row.startIndex + Int(target)]
        let mean = row.reduce(0, +) / Double(width)
        let whole = logSumExp(row)
        sum += whole - ((1 - smoothing) * wanted + smoothing * mean) + zLoss * whole * whole
        scored += 1
    }
    return sum / Double(max(scored, 1))
}

extension Operations {
    @Suite struct CrossEntropyTests {
        private static let cases: [(vocabulary: Int, targets: [Int32])] = [
            (1, [0]), (7, [3]), (33, [0, -1, 32, 5, -1]), (5, [-1, -1]), (3, []),
            (130, [129, 0, 64]),
        ]

        @Test(arguments: cases, [0, 0.1] as [Float])
        func ofLogits(example: (vocabulary: Int, targets: [Int32]), smoothing: Float) {
            let (vocabulary, targets) = example
            expectOperation(
                on: [[targets.count, vocabulary]],
                { $0[0].crossEntropy(targets: targets, smoothing: smoothing) }
            ) {
                [
                    meanLoss(
                        $0[0], width: vocabulary, targets: targets, smoothing: Double(smoothing))
                ]
            }
        }

        @Test(arguments: cases, [0, 0.1] as [Float])
        func ofProjection(example: (vocabulary: Int, targets: [Int32]), smoothing: Float) {
            let (vocabulary, targets) = example
            expectOperation(
                on: [[targets.count, 4], [vocabulary, 4]],
                {
                    $0[0].projectedCrossEntropy(
                        weight: $0[1], targets: targets, smoothing: smoothing)
                }
            ) {
                let logits = product(
                    $0[0], $0[1], rows: targets.count, inner: 4, columns: vocabulary,
                    transposingRight: true)
                return [
                    meanLoss(
                        logits, width: vocabulary, targets: targets, smoothing: Double(smoothing))
                ]
            }
        }

        @Test("the squared logarithm of the sum of exponentials", arguments: cases)
        func squaredLogarithm(example: (vocabulary: Int, targets: [Int32])) {
            let (vocabulary, targets) = example
            expectOperation(
                on: [[targets.count, vocabulary]],
                { $0[0].crossEntropy(targets: targets, smoothing: 0.1, zLoss: 0.05) }
            ) {
                [
                    meanLoss(
                        $0[0], width: vocabulary, targets: targets, smoothing: Double(Float(0.1)),
                        zLoss: Double(Float(0.05)))
                ]
            }
        }

        /// Logits of 72 MB, in three slices.
        @Test func severalSlices() {
            let (count, vocabulary) = (300, 60_000)
            let hidden = tensor([count, 3])
            let weight = tensor([vocabulary, 3], seed: 2, in: -0.5...0.5)
            let targets = (0..<count).map { Int32($0 % 7 == 3 ? -1 : $0 * 199) }
            let sliced = valueWithGradients(of: [hidden, weight]) {
                $0[0].projectedCrossEntropy(weight: $0[1], targets: targets) * 3
            }
            let whole = valueWithGradients(of: [hidden, weight]) {
                $0[0].linear(weight: $0[1]).crossEntropy(targets: targets) * 3
            }
            #expect(abs(sliced.value - whole.value) < 1e-4)
            for (a, b) in zip(sliced.gradients, whole.gradients) {
                let largest = b.doubles.reduce(0) { max($0, abs($1)) }
                expectClose(
                    (a * Float(1 / largest)).elements, (b * Float(1 / largest)).doubles)
            }
        }

        @Test func partlyWatched() {
            let (hidden, weight) = (tensor([5, 4]), tensor([9, 4], seed: 2))
            let targets: [Int32] = [8, -1, 0, 3, 3]
            let both = valueWithGradients(of: [hidden, weight]) {
                $0[0].projectedCrossEntropy(weight: $0[1], targets: targets)
            }
            let ofHidden = valueWithGradients(of: [hidden]) {
                $0[0].projectedCrossEntropy(weight: weight, targets: targets)
            }
            let ofWeight = valueWithGradients(of: [weight]) {
                hidden.projectedCrossEntropy(weight: $0[0], targets: targets)
            }
            #expect(both.gradients[0].bits == ofHidden.gradients[0].bits)
            #expect(both.gradients[1].bits == ofWeight.gradients[0].bits)
            let unwatched = hidden.projectedCrossEntropy(weight: weight, targets: targets)
            #expect(unwatched.item() == both.value)
        }

        /// The loss is read, not replaced by its gradient, where no one differentiates.
        @Test func logitsAreLeftAlone() {
            let logits = tensor([3, 5])
            let before = logits.bits
            _ = logits.crossEntropy(targets: [0, 1, 2])
            _ = valueWithGradients(of: [logits]) { $0[0].crossEntropy(targets: [0, 1, 2]) }
            #expect(logits.bits == before)
        }
    }
}
