import AttendTensors
import Testing

extension Operations {
    @Suite("Largest elements")
    struct LargestTests {
        /// The definition: sort by value, then by place.
        private func wanted(_ row: ArraySlice<Float>, _ limit: Int) -> [Int32] {
            row.enumerated().filter { !$0.element.isNaN }
                .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
                .prefix(limit).map { Int32($0.offset) }
        }

        @Test(
            "are those that sorting puts first, equals in their order",
            arguments: [1, 2, 63, 64, 65, 131, 1000], [0, 1, 3, 16, 40])
        func sorted(width: Int, limit: Int) {
            // Few different values, so that there are equals.
            let elements = numbers(7 * width, seed: UInt64(width)).map { ($0 * 9).rounded() }
            let found = Tensor(elements, shape: [7, width]).largest(limit)
            #expect(found.count == 7)
            for row in 0..<7 {
                let part = elements[row * width..<(row + 1) * width]
                #expect(found[row].map(\.index) == wanted(part, limit))
                for (value, index) in found[row] {
                    #expect(value == elements[row * width + Int(index)])
                }
            }
        }

        @Test("infinities are numbers, and what is not a number is left out")
        func special() {
            let nan = Float.nan
            var row: [Float] = [nan, -.infinity, 3, nan, .infinity, 2]
            row += Array(repeating: nan, count: 20)
            let found = Tensor(row, shape: [1, 26]).largest(5)[0]
            #expect(found.map(\.index) == [4, 2, 5, 1])
            #expect(Tensor([nan], shape: [1, 1]).largest(1)[0].isEmpty)
        }

        @Test("of no rows and of rows of many axes")
        func shapes() {
            #expect(Tensor.zeros([0, 4]).largest(2).isEmpty)
            #expect(tensor([2, 3, 5]).largest(2).count == 6)
        }
    }
}
