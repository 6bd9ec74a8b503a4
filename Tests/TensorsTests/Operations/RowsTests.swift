import AttendTensors
import Testing

extension Operations {
    @Suite struct RowsTests {
        @Test(
            arguments: [
                ([1], 1), ([3, 5], 2), ([2, 3, 17], 16), ([4, 0], 3), ([0, 2], 1), ([90, 301], 7),
            ]
                as [(Shape, Int)])
        func concatenated(shape: Shape, other: Int) {
            let right = shape.replacingLast(with: other)
            expectOperation(on: [shape, right], { $0[0].concatenated($0[1]) }) { x in
                var joined: [Double] = []
                for row in 0..<shape.rows {
                    joined += x[0][row * shape.width..<(row + 1) * shape.width]
                    joined += x[1][row * other..<(row + 1) * other]
                }
                return joined
            }
            #expect(
                tensor(shape).concatenated(tensor(right)).shape
                    == shape.replacingLast(with: shape.width + other))
        }

        @Test(
            arguments: [
                ([1], 0..<1), ([3, 5], 2..<5), ([2, 3, 17], 0..<16), ([2, 4], 3..<3),
                ([0, 2], 0..<1), ([90, 301], 7..<120),
            ]
                as [(Shape, Range<Int>)])
        func slice(shape: Shape, range: Range<Int>) {
            expectOperation(on: [shape], { $0[0].slice(range) }) { x in
                rows(x[0], shape.width).flatMap {
                    $0.dropFirst(range.lowerBound).prefix(range.count)
                }
            }
        }

        /// Slices that share elements: their gradients meet.
        @Test func overlappingSlices() {
            expectOperation(
                on: [[3, 9]], { $0[0].slice(0..<6) + $0[0].slice(3..<9) * $0[0].slice(2..<8) }
            ) { x in
                rows(x[0], 9).flatMap { row in
                    let row = Array(row)
                    return (0..<6).map { row[$0] + row[$0 + 3] * row[$0 + 2] }
                }
            }
        }

        @Test func slicesAndTheirUnion() {
            let x = tensor([4, 7])
            #expect(x.slice(0..<3).concatenated(x.slice(3..<7)).bits == x.bits)
        }

        @Test(
            arguments: [[1], [3, 5], [2, 3, 17], [4, 0], [0, 2], [40, 301]] as [Shape],
            [0, 1, 2, 5])
        func repeatedRows(shape: Shape, times: Int) {
            expectOperation(on: [shape], { $0[0].repeatedRows(times) }) { x in
                var repeated: [Double] = []
                for row in 0..<shape.rows {
                    for _ in 0..<times {
                        repeated += x[0][row * shape.width..<(row + 1) * shape.width]
                    }
                }
                return repeated
            }
            #expect(
                tensor(shape).repeatedRows(times).shape.dimensions
                    == shape.dimensions.dropLast() + [times, shape.width])
        }

        @Test(arguments: [[1], [3, 5], [2, 3, 17], [4, 0], [0, 2], [90, 301]] as [Shape])
        func scaledRows(shape: Shape) {
            let weights = [Shape(Array(shape.dimensions.dropLast())), [shape.rows]]
            for weights in weights {
                expectOperation(on: [shape, weights], { $0[0].scaledRows(by: $0[1]) }) { x in
                    x[0].indices.map { x[0][$0] * x[1][$0 / shape.width] }
                }
            }
        }

        @Test(
            arguments: [1, 3, 17, 130],
            [([], 3), ([1], 2), ([2, 0, 2, 2, 4], 5), ([0, 1, 2], 3)] as [([Int32], Int)])
        func scatteredRows(width: Int, to: ([Int32], Int)) {
            let (indices, count) = to
            expectOperation(
                on: [[indices.count, width]], { $0[0].scatteredRows(indices, count: count) }
            ) { x in
                var wanted = [Double](repeating: 0, count: count * width)
                for (row, index) in indices.enumerated() {
                    for i in 0..<width { wanted[Int(index) * width + i] += x[0][row * width + i] }
                }
                return wanted
            }
        }

        /// What was gathered from distinct rows goes back to where it was.
        @Test func scatteredIsTheCounterpartOfGathered() {
            let x = tensor([4, 3])
            let order: [Int32] = [2, 0, 3, 1]
            let back = x.gathered(order, shape: [4]).scatteredRows(order, count: 4)
            #expect(back.bits == x.bits)
        }
    }
}
