import AttendTensors
import Testing

extension Operations {
    @Suite struct ElementwiseTests {
        private static let shapes: [Shape] = [
            [], [1], [7], [17], [3, 5], [2, 3, 33], [0], [2, 0],
        ]

        @Test(arguments: shapes) func equalShapes(shape: Shape) {
            expectOperation(on: [shape, shape], { $0[0] + $0[1] }) { zip($0[0], $0[1]).map(+) }
            expectOperation(on: [shape, shape], { $0[0] - $0[1] }) { zip($0[0], $0[1]).map(-) }
            expectOperation(on: [shape, shape], { $0[0] * $0[1] }) { zip($0[0], $0[1]).map(*) }
        }

        @Test(arguments: shapes) func numbers(shape: Shape) {
            expectOperation(on: [shape], { $0[0] + 1.5 }) { $0[0].map { $0 + 1.5 } }
            expectOperation(on: [shape], { $0[0] - 1.5 }) { $0[0].map { $0 - 1.5 } }
            expectOperation(on: [shape], { $0[0] * -3 }) { $0[0].map { $0 * -3 } }
            expectOperation(on: [shape], { $0[0] / 4 }) { $0[0].map { $0 / 4 } }
        }

        @Test(
            arguments: [[4, 3, 5], [35, 1, 17], [1, 3, 33], [0, 3, 5]] as [Shape],
            [0, 1, 2])
        func trailingAxes(shape: Shape, kept: Int) {
            let trailing = Shape(Array(shape.dimensions.suffix(kept)))
            func repeated(_ inputs: [[Double]]) -> [(Double, Double)] {
                inputs[0].indices.map { (inputs[0][$0], inputs[1][$0 % trailing.count]) }
            }
            expectOperation(on: [shape, trailing], { $0[0] + $0[1] }) { repeated($0).map(+) }
            expectOperation(on: [shape, trailing], { $0[0] * $0[1] }) { repeated($0).map(*) }
            expectOperation(on: [shape, trailing], { $0[1] + $0[0] }) { repeated($0).map(+) }
            expectOperation(on: [shape, trailing], { $0[1] * $0[0] }) { repeated($0).map(*) }
        }

        @Test func withItself() {
            expectOperation(on: [[7]], { $0[0] + $0[0] }) { $0[0].map { 2 * $0 } }
            expectOperation(on: [[7]], { $0[0] - $0[0] }) { $0[0].map { _ in 0 } }
            expectOperation(on: [[7]], { $0[0] * $0[0] }) { $0[0].map { $0 * $0 } }
        }
    }
}
