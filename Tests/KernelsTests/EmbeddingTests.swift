import AttendKernels
import Testing

@Suite struct EmbeddingTests {
    private let ids: [Int32] = [2, 0, 4, 2, 2]

    @Test(arguments: Table.all, counts) func gather(table: Table, width: Int) {
        let weights = numbers(5 * width)
        let y = unsafe writing(count: 5 * width) { y in
            unsafe reading(weights) { weights in
                unsafe ids.withUnsafeBufferPointer {
                    unsafe table.kernels.gather(5, Int64(width), weights, $0.baseAddress!, y)
                }
            }
        }
        #expect(y == ids.flatMap { weights[Int($0) * width..<(Int($0) + 1) * width] })
    }

    @Test(arguments: Table.all, counts) func scatterAdd(table: Table, width: Int) {
        let y = numbers(5 * width, seed: 2)
        let initial = numbers(5 * width, seed: 3)
        func run(_ pieces: [Range<Int>]) -> [Float] {
            unsafe writing(initial) { weights in
                unsafe reading(y) { y in
                    unsafe ids.withUnsafeBufferPointer { ids in
                        for piece in pieces {
                            unsafe table.kernels.scatterAdd(
                                5, Int64(width), ids.baseAddress!, y, weights,
                                Int64(piece.lowerBound),
                                Int64(piece.upperBound))
                        }
                    }
                }
            }
        }
        var wanted = initial
        for (row, id) in ids.enumerated() {
            for column in 0..<width { wanted[Int(id) * width + column] += y[row * width + column] }
        }
        #expect(run([0..<width]) == wanted)
        #expect(run([width / 3..<width, 0..<width / 3]) == wanted)
        let part = run([0..<width / 2])
        #expect(
            part.indices.allSatisfy {
                part[$0] == ($0 % max(width, 1) < width / 2 ? wanted : initial)[$0]
            })
    }
}
