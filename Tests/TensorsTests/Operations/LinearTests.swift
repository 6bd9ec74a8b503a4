import AttendTensors
import Testing

extension Operations {
    @Suite struct LinearTests {
        @Test(arguments: [(1, 1, 1), (2, 3, 5), (7, 6, 1), (13, 17, 33), (3, 0, 4), (0, 3, 2)])
        func matrixProduct(rows: Int, inner: Int, columns: Int) {
            expectOperation(
                on: [[rows, inner], [inner, columns]], { $0[0].matrixMultiplied(by: $0[1]) }
            ) { product($0[0], $0[1], rows: rows, inner: inner, columns: columns) }
            expectOperation(
                on: [[rows, inner], [columns, inner]],
                { $0[0].matrixMultiplied(by: $0[1], transposingRight: true) }
            ) {
                product(
                    $0[0], $0[1], rows: rows, inner: inner, columns: columns,
                    transposingRight: true)
            }
        }

        @Test(arguments: [false, true]) func matrixProductsOfBatches(transposingRight: Bool) {
            let right: Shape = transposingRight ? [2, 3, 7, 5] : [2, 3, 5, 7]
            expectOperation(
                on: [[2, 3, 4, 5], right],
                { $0[0].matrixMultiplied(by: $0[1], transposingRight: transposingRight) }
            ) { inputs in
                (0..<6).flatMap { matrix in
                    product(
                        Array(inputs[0][matrix * 20..<(matrix + 1) * 20]),
                        Array(inputs[1][matrix * 35..<(matrix + 1) * 35]), rows: 4, inner: 5,
                        columns: 7, transposingRight: transposingRight)
                }
            }
        }

        private static let activations: [Activation?] = [nil] + Activation.allCases.map { $0 }

        /// The shapes of input and weight.
        private static let shapes: [(Shape, Shape)] = [
            ([1], [1, 1]), ([5], [3, 5]), ([2, 3, 7], [33, 7]), ([67, 3], [5, 3]),
            ([3, 0], [4, 0]),
            ([0, 3], [4, 3]),
        ]

        @Test(arguments: shapes, activations)
        func everyPart(shapes: (Shape, Shape), activation: Activation?) {
            let (input, weight) = shapes
            let (inputs, outputs) = (weight[1], weight[0])
            func reference(_ x: [[Double]], bias: Int?, residual: Int?) -> [Double] {
                product(
                    x[0], x[1], rows: input.rows, inner: inputs, columns: outputs,
                    transposingRight: true
                ).enumerated().map { place, sum in
                    activated(sum + (bias.map { x[$0][place % outputs] } ?? 0), by: activation)
                        + (residual.map { x[$0][place] } ?? 0)
                }
            }
            let output = input.replacingLast(with: outputs)
            expectOperation(
                on: [input, weight], { $0[0].linear(weight: $0[1], activation: activation) }
            ) { reference($0, bias: nil, residual: nil) }
            expectOperation(
                on: [input, weight, [outputs]],
                { $0[0].linear(weight: $0[1], bias: $0[2], activation: activation) }
            ) { reference($0, bias: 2, residual: nil) }
            expectOperation(
                on: [input, weight, [outputs], output],
                {
                    $0[0].linear(
                        weight: $0[1], bias: $0[2], activation: activation, residual: $0[3])
                }
            ) { reference($0, bias: 2, residual: 3) }
        }

        @Test(arguments: activations, Precision.allCases)
        func isItsPlainTwin(activation: Activation?, precision: Precision) {
            let inputs = [
                tensor([2, 9, 40]), tensor([37, 40], seed: 2), tensor([37], seed: 3),
                tensor([2, 9, 37], seed: 4),
            ]
            let fused = valueWithGradients(of: inputs) {
                $0[0].linear(
                    weight: $0[1], bias: $0[2], activation: activation, residual: $0[3],
                    precision: precision
                ).weighted()
            }
            let plain = valueWithGradients(of: inputs) {
                let weight = $0[1].transposed()
                var x = $0[0].reshaped([18, 40]).matrixMultiplied(by: weight).reshaped([2, 9, 37])
                x = x + $0[2]
                if let activation { x = x.activated(by: activation) }
                return (x + $0[3]).weighted()
            }
            // bfloat16 has 8 significant bits.
            let tolerance = precision == .float32 ? 1e-5 : 0.02
            expectClose([fused.value], [Double(plain.value)], tolerance: tolerance * 4)
            for (a, b) in zip(fused.gradients, plain.gradients) {
                expectClose(a.elements, b.doubles, tolerance: tolerance)
            }
        }

        /// What is added is also what is projected, as in a block without a norm.
        @Test(arguments: [nil, Activation.silu])
        func residualIsTheInput(activation: Activation?) {
            expectOperation(
                on: [[3, 5], [5, 5]],
                { $0[0].linear(weight: $0[1], activation: activation, residual: $0[0]) }
            ) { x in
                zip(
                    product(x[0], x[1], rows: 3, inner: 5, columns: 5, transposingRight: true),
                    x[0]
                ).map { activated($0, by: activation) + $1 }
            }
        }

        @Test func weightUsedTwice() {
            expectOperation(
                on: [[3, 5], [5, 5], [5]],
                {
                    $0[0].linear(weight: $0[1], bias: $0[2]).linear(weight: $0[1], bias: $0[2])
                }
            ) { x in
                func map(_ rows: [Double]) -> [Double] {
                    product(rows, x[1], rows: 3, inner: 5, columns: 5, transposingRight: true)
                        .enumerated().map { $1 + x[2][$0 % 5] }
                }
                return map(map(x[0]))
            }
        }
    }
}
