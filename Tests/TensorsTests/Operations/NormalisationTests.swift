import AttendTensors
import Testing

extension Operations {
    @Suite struct NormalisationTests {
        private static let shapes: [Shape] = [
            [1], [7], [3, 2], [3, 33], [2, 35, 5], [67, 17], [2, 130], [0, 5],
        ]

        private func normalised(
            _ x: [Double], gain: [Double], bias: [Double]?, epsilon: Double, centres: Bool
        ) -> [Double] {
            let width = gain.count
            return rows(x, width).flatMap { row -> [Double] in
                let mean = centres ? row.reduce(0, +) / Double(width) : 0
                let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                return row.enumerated().map { column, x in
                    (x - mean) / (variance + epsilon).squareRoot() * gain[column]
                        + (bias?[column] ?? 0)
                }
            }
        }

        @Test(arguments: shapes) func layerNorm(shape: Shape) {
            let width = shape.width
            expectOperation(
                on: [shape, [width], [width]], tolerance: 1e-4,
                { $0[0].layerNormalised(gain: $0[1], bias: $0[2], epsilon: 1e-3) }
            ) {
                normalised($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-3, centres: true)
            }
            expectOperation(
                on: [shape, [width]], tolerance: 1e-4,
                { $0[0].layerNormalised(gain: $0[1], bias: nil, epsilon: 1e-3) }
            ) {
                normalised($0[0], gain: $0[1], bias: nil, epsilon: 1e-3, centres: true)
            }
        }

        @Test(arguments: shapes) func rootMeanSquareNorm(shape: Shape) {
            expectOperation(
                on: [shape, [shape.width]], tolerance: 1e-4,
                { $0[0].rootMeanSquareNormalised(gain: $0[1], epsilon: 1e-3) }
            ) {
                normalised($0[0], gain: $0[1], bias: nil, epsilon: 1e-3, centres: false)
            }
        }

        /// The input's gradient when only the input is watched, and the others' when it is not.
        @Test func partlyWatched() {
            let (x, gain, bias) = (tensor([40, 9]), tensor([9], seed: 2), tensor([9], seed: 3))
            let all = valueWithGradients(of: [x, gain, bias]) {
                $0[0].layerNormalised(gain: $0[1], bias: $0[2], epsilon: 1e-5).weighted()
            }.gradients
            let ofInput = valueWithGradients(of: [x]) {
                $0[0].layerNormalised(gain: gain, bias: bias, epsilon: 1e-5).weighted()
            }.gradients
            let ofGain = valueWithGradients(of: [gain]) {
                x.layerNormalised(gain: $0[0], bias: bias, epsilon: 1e-5).weighted()
            }.gradients
            let ofBias = valueWithGradients(of: [bias]) {
                x.layerNormalised(gain: gain, bias: $0[0], epsilon: 1e-5).weighted()
            }.gradients
            #expect(all.map(\.bits) == (ofInput + ofGain + ofBias).map(\.bits))
        }

        /// A gradient added to one that was there already.
        @Test func inputUsedTwice() {
            expectOperation(
                on: [[33, 5], [5]], tolerance: 1e-4,
                { $0[0] + $0[0].layerNormalised(gain: $0[1], bias: nil, epsilon: 1e-3) }
            ) { inputs in
                zip(
                    inputs[0],
                    normalised(inputs[0], gain: inputs[1], bias: nil, epsilon: 1e-3, centres: true)
                ).map(+)
            }
        }
    }
}
