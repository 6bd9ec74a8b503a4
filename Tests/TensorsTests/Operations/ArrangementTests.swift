import AttendTensors
import Testing

extension Operations {
    @Suite struct ArrangementTests {
        @Test func reshaped() {
            expectOperation(on: [[2, 3, 5]], { $0[0].reshaped([5, 6]) }) { $0[0] }
            expectOperation(on: [[1]], { $0[0].reshaped([]) }) { $0[0] }
            expectOperation(on: [[0, 3]], { $0[0].reshaped([7, 0]) }) { $0[0] }
        }

        @Test(
            arguments: [[1, 1], [3, 7], [2, 33, 17], [2, 3, 1, 5], [0, 4], [3, 0]] as [Shape])
        func transposed(shape: Shape) {
            let (height, width) = (shape[-2], shape[-1])
            #expect(tensor(shape).transposed().shape.dimensions.suffix(2) == [width, height])
            expectOperation(on: [shape], { $0[0].transposed() }) { inputs in
                inputs[0].indices.map {
                    let (matrix, place) = ($0 / (height * width), $0 % (height * width))
                    let (row, column) = (place % height, place / height)
                    return inputs[0][matrix * height * width + row * width + column]
                }
            }
        }

        @Test(arguments: [(1, 1, 1, 1), (2, 3, 2, 5), (3, 1, 4, 2), (0, 2, 2, 2)])
        func heads(batch: Int, tokens: Int, heads: Int, headWidth: Int) {
            let joined: Shape = [batch, tokens, heads * headWidth]
            let split: Shape = [batch, heads, tokens, headWidth]
            let places = (0..<split.count).map { place in
                let (i, token) = (place % headWidth, place / headWidth % tokens)
                let head = place / headWidth / tokens % heads
                let sequence = place / headWidth / tokens / heads
                return ((sequence * tokens + token) * heads + head) * headWidth + i
            }
            #expect(tensor(joined).splitHeads(heads).shape == split)
            expectOperation(on: [joined], { $0[0].splitHeads(heads) }) { x in
                places.map { x[0][$0] }
            }
            expectOperation(on: [split], { $0[0].mergedHeads() }) { x in
                var merged = x[0]
                for (from, to) in places.enumerated() { merged[to] = x[0][from] }
                return merged
            }
        }
    }

    @Suite struct EmbeddingTests {
        @Test(arguments: [1, 3, 17, 130]) func gathered(width: Int) {
            let ids: [Int32] = [4, 0, 4, 1, 4, 2]
            expectOperation(on: [[5, width]], { $0[0].gathered(ids, shape: [2, 3]) }) { x in
                ids.flatMap { x[0][Int($0) * width..<(Int($0) + 1) * width] }
            }
            #expect(tensor([5, width]).gathered(ids, shape: [2, 3]).shape == [2, 3, width])
            expectOperation(on: [[5, width]], { $0[0].gathered([], shape: [0]) }) { _ in [] }
        }

        /// A table that is also the head, as in GPT-2.
        @Test func tableUsedTwice() {
            let ids: [Int32] = [2, 0, 2]
            expectOperation(
                on: [[3, 4]],
                { $0[0].gathered(ids, shape: [3]).linear(weight: $0[0]) }
            ) { x in
                product(
                    ids.flatMap { x[0][Int($0) * 4..<(Int($0) + 1) * 4] }, x[0], rows: 3, inner: 4,
                    columns: 3, transposingRight: true)
            }
        }
    }

    @Suite struct DropoutTests {
        @Test(arguments: [1, 17, 64, 65, 8200]) func dropped(count: Int) {
            let stream = RandomStream(seed: 3, stream: 4)
            let isKept = stream.uniform([count]).elements.map { $0 >= 0.3 }
            expectOperation(
                on: [[count]], { $0[0].droppedOut(probability: 0.3, random: stream) }
            ) { x in
                zip(x[0], isKept).map { $1 ? $0 / (1 - Double(Float(0.3))) : 0 }
            }
        }

        @Test func shareOfZeros() {
            let ones = Tensor(repeating: 1, shape: [100_000])
            let x = ones.droppedOut(probability: 0.1, random: RandomStream(seed: 1, stream: 1))
            let zeros = x.elements.count { $0 == 0 }
            #expect(abs(Double(zeros) - 10_000) < 500)
        }

        @Test func nothingIsDropped() {
            let x = tensor([9])
            #expect(
                x.droppedOut(probability: 0, random: RandomStream(seed: 1, stream: 1)).bits
                    == x.bits)
        }
    }
}
