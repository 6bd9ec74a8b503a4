import AttendTensors
import Testing

extension Operations {
    @Suite struct ReductionsTests {
        private static let shapes: [Shape] = [[], [1], [7], [3, 17], [2, 3, 5], [0, 4], [3, 0]]

        @Test(arguments: shapes) func sums(shape: Shape) {
            expectOperation(on: [shape], { $0[0].sum() }) { [$0[0].reduce(0, +)] }
            expectOperation(on: [shape], { $0[0].mean() }) {
                [$0[0].reduce(0, +) / Double(max($0[0].count, 1))]
            }
        }

        @Test(arguments: shapes.dropFirst()) func rowSums(shape: Shape) {
            expectOperation(on: [shape], { $0[0].rowSums() }) { inputs in
                (0..<shape.rows).map { row in
                    (0..<shape.width).reduce(0) { $0 + inputs[0][row * shape.width + $1] }
                }
            }
        }

        /// More than one piece, the last of them short.
        @Test func manyElements() {
            let x = tensor([3, 65537], in: -1...2)
            let sum = x.doubles.reduce(0, +)
            #expect(abs(Double(x.sum().item()) - sum) < 1e-6 * abs(sum))
            #expect(abs(x.sumOfElements() - sum) < 1e-7 * abs(sum))
            let squares = x.doubles.reduce(0) { $0 + $1 * $1 }
            #expect(abs(x.sumOfSquares() - squares) < 1e-7 * squares)
        }

        @Test(arguments: [1, 17, 65536, 70001]) func finiteness(count: Int) {
            var x = tensor([count])
            #expect(x.isFinite)
            for wrong in [Float.nan, .infinity, -.infinity] {
                unsafe x.withMutableElements { unsafe $0[count - 1] = wrong }
                #expect(!x.isFinite)
            }
            #expect(Tensor.zeros([0]).isFinite)
        }

        @Test func rowMaxima() {
            let x = Tensor([1, 5, 5, -2, -1, -3, 0, 0, 0], shape: [3, 3])
            let maxima = x.rowMaxima()
            #expect(maxima.values == [5, -1, 0])
            #expect(maxima.indices == [1, 1, 0])
            let wide = tensor([2, 131])
            for row in 0..<2 {
                let elements = wide.elements[row * 131..<(row + 1) * 131]
                #expect(wide.rowMaxima().values[row] == elements.max())
            }
        }
    }
}
