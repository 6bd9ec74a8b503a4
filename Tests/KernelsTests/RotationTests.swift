import AttendKernels
import Testing

@Suite struct RotationTests {
    private func rotate(
        _ table: Table, _ x: [Float], _ cosines: [Float], _ sines: [Float], rows: Int,
        inPlace: Bool = false, _ set: (inout AttendRotation) -> Void
    ) -> [Float] {
        unsafe writing(inPlace ? x : [Float](repeating: .nan, count: x.count)) { y in
            unsafe reading([x, cosines, sines]) {
                var rotation = unsafe AttendRotation(
                    rowWidth: 0, headCount: 0, headWidth: 0, begin: 0, pairs: 0, tableRows: 0,
                    isInterleaved: 0, isTransposed: 0, cosines: $0[1], sines: $0[2],
                    x: inPlace ? UnsafePointer(y) : $0[0], y: y)
                unsafe set(&rotation)
                unsafe table.kernels.rotate(&rotation, 0, Int64(rows / 2))
                unsafe table.kernels.rotate(&rotation, Int64(rows / 2), Int64(rows))
            }
        }
    }

    @Test(arguments: Table.all, 0..<4) func againstItsDefinition(table: Table, options: Int) {
        let (isInterleaved, isTransposed) = (options & 1 != 0, options & 2 != 0)
        for pairs in [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 32, 33] {
            for (headCount, begin, gap) in [(1, 0, 0), (3, 0, 1), (2, 2, 3), (0, 0, 0)] {
                let (rows, tableRows) = (8, 4)
                let headWidth = begin + 2 * pairs + gap
                let width = headCount * headWidth + 3
                let x = numbers(rows * width)
                let cosines = numbers(tableRows * pairs, seed: 2, range: 1)
                let sines = numbers(tableRows * pairs, seed: 3, range: 1)
                var wanted = x.doubles
                for row in 0..<rows {
                    for head in 0..<headCount {
                        for pair in 0..<pairs {
                            let place = row * width + head * headWidth + begin
                            let first = place + (isInterleaved ? 2 * pair : pair)
                            let second = isInterleaved ? first + 1 : first + pairs
                            let c = Double(cosines[row % tableRows * pairs + pair])
                            let s =
                                Double(sines[row % tableRows * pairs + pair])
                                * (isTransposed ? -1 : 1)
                            wanted[first] = Double(x[first]) * c - Double(x[second]) * s
                            wanted[second] = Double(x[second]) * c + Double(x[first]) * s
                        }
                    }
                }
                let results = [false, true].map { inPlace in
                    unsafe rotate(table, x, cosines, sines, rows: rows, inPlace: inPlace) {
                        unsafe $0.rowWidth = Int64(width)
                        unsafe $0.headCount = Int64(headCount)
                        unsafe $0.headWidth = Int64(headWidth)
                        unsafe $0.begin = Int64(begin)
                        unsafe $0.pairs = Int64(pairs)
                        unsafe $0.tableRows = Int64(tableRows)
                        unsafe $0.isInterleaved = isInterleaved ? 1 : 0
                        unsafe $0.isTransposed = isTransposed ? 1 : 0
                    }
                }
                expectClose(results[0], wanted)
                #expect(areIdentical(results[0], results[1]))
            }
        }
    }
}
