import AttendTensors
import Foundation
import Testing

func softmax(_ row: ArraySlice<Double>) -> [Double] {
    let largest = row.max() ?? 0
    if largest == -.infinity { return row.map { _ in 0 } }
    let sum = row.reduce(0) { $0 + exp($1 - largest) }
    return row.map { exp($0 - largest) / sum }
}

func logSumExp(_ row: ArraySlice<Double>) -> Double {
    let largest = row.max() ?? -.infinity
    return largest == -.infinity ? largest : largest + log(row.reduce(0) { $0 + exp($1 - largest) })
}

extension Operations {
    @Suite struct SoftmaxTests {
        private static let shapes: [Shape] = [
            [1], [7], [5, 1], [5, 17], [2, 3, 33], [1, 130], [0, 3],
        ]

        @Test(arguments: shapes) func softmax(shape: Shape) {
            expectOperation(on: [shape], in: -4...4, { $0[0].softmax() }) {
                rows($0[0], shape.width).flatMap { TensorsTests.softmax($0) }
            }
        }

        @Test(arguments: shapes) func logSumExp(shape: Shape) {
            expectOperation(on: [shape], in: -4...4, { $0[0].logSumExp() }) {
                rows($0[0], shape.width).map { TensorsTests.logSumExp($0) }
            }
        }

        @Test func largeNumbers() {
            let x = Tensor([1e30, -1e30, 1e30, 300, 299, -.infinity], shape: [2, 3])
            expectClose(
                x.softmax().elements, [0.5, 0, 0.5] + TensorsTests.softmax([300, 299, -.infinity]))
            expectClose(x.logSumExp().elements, [1e30, 300 + log(1 + exp(-1))])
        }

        @Test func nothingButMinusInfinity() {
            let x = Tensor(repeating: -.infinity, shape: [2, 19])
            #expect(x.softmax().elements.allSatisfy { $0 == 0 })
            #expect(x.logSumExp().elements == [-.infinity, -.infinity])
            let gradient = valueWithGradients(of: [x]) { $0[0].softmax().weighted() }.gradients[0]
            #expect(gradient.elements.allSatisfy { $0 == 0 })
        }
    }
}
