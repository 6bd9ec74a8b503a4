import AttendKernels
import Testing

/// Keys and values in the formats of caches: what is written, what is read again, and attention to them.
@Suite struct KeptHeadsTests {
    private static let formats = [AttendBFloat16, AttendInt8Blocks]
    private static let widths = [1, 2, 7, 31, 32, 33, 64, 80, 96]

    /// How many words of four bytes the heads of a token take.
    private func words(_ element: AttendElement, _ heads: Int, _ width: Int) -> Int {
        element == AttendBFloat16
            ? (heads * width + 1) / 2 : (heads * ((width + 31) / 32) * 34 + 3) / 4
    }

    /// Rows as they are kept, with a word of room between them, and as they are read again.
    private func roundTrip(
        _ table: Table, _ element: AttendElement, _ x: [Float], rows: Int, heads: Int, width: Int
    ) -> (kept: [Float], found: [Float]) {
        let stride = words(element, heads, width) + 1
        let kept = unsafe reading(x) { x in
            unsafe writing([Float](repeating: 0, count: rows * stride)) { kept in
                unsafe table.kernels.storeHeads(
                    element, Int64(rows), Int64(heads), Int64(width), x, Int64(heads * width), kept,
                    Int64(stride))
            }
        }
        let found = unsafe reading(kept) { kept in
            unsafe writing(count: rows * heads * width) { found in
                unsafe table.kernels.widenHeads(
                    element, Int64(rows), Int64(heads), Int64(width), kept, Int64(stride), found,
                    Int64(heads * width))
            }
        }
        return (kept, found)
    }

    @Test(arguments: Table.all, formats) func roundTrips(table: Table, element: AttendElement) {
        for width in Self.widths {
            let (rows, heads) = (3, 2)
            let x = numbers(rows * heads * width, seed: UInt64(width))
            let (kept, found) = roundTrip(table, element, x, rows: rows, heads: heads, width: width)
            let stride = words(element, heads, width) + 1
            for row in 0..<rows {
                #expect(kept[row * stride + stride - 1] == 0, "the room between")
            }
            for (place, (a, b)) in zip(found, x).enumerated() {
                // Half a step: of the number itself, or of its block's largest one, whose scale is rounded, too.
                let head = place / width * width
                let begin = head + place % width / 32 * 32
                let block = x[begin..<min(begin + 32, head + width)]
                let largest = block.reduce(0) { max($0, abs($1)) }
                let step = element == AttendBFloat16 ? abs(b) / 128 : largest / 127 * 1.07
                #expect(abs(a - b) <= step / 2 + 1e-7, "\(table.name) width \(width), \(place)")
            }
        }
    }

    /// What is kept of a number that is none can be told from one.
    @Test(arguments: Table.all, formats) func notFinite(table: Table, element: AttendElement) {
        for value in [Float.nan, .infinity, -.infinity] {
            var x = numbers(40)
            x[33] = value
            let found = roundTrip(table, element, x, rows: 1, heads: 1, width: 40).found
            #expect(!found[33].isFinite)
            #expect(found[..<32].allSatisfy { $0.isFinite })
        }
        let zeros = [Float](repeating: 0, count: 40)
        let found = roundTrip(table, element, zeros, rows: 1, heads: 2, width: 20).found
        #expect(found == zeros)
    }

    /// Attention to what is kept is attention to what is read again, next to one another and in pages.
    @Test(arguments: Table.all, formats) func attention(table: Table, element: AttendElement) {
        for queries in [1, 2, 70] { check(table, element, queries: queries) }
    }

    private func check(_ table: Table, _ element: AttendElement, queries: Int) {
        let pageTokens = 4
        for (heads, shared, width, keys) in [(4, 2, 5, 71), (2, 2, 32, 90), (3, 1, 40, 130)] {
            let count = (keys + pageTokens - 1) / pageTokens * pageTokens
            let key = numbers(count * shared * width, seed: 2)
            let value = numbers(count * shared * width, seed: 3)
            let query = numbers(queries * heads * width, seed: 1)
            let (keptKeys, keys1) = roundTrip(
                table, element, key, rows: count, heads: shared, width: width)
            let (keptValues, values1) = roundTrip(
                table, element, value, rows: count, heads: shared, width: width)
            let stride = words(element, shared, width) + 1
            // The pages in their order, so that both lie alike.
            let pages = (0..<Int32(count / pageTokens)).map { $0 }
            func run(
                _ keyRows: [Float], _ valueRows: [Float], _ element: AttendElement, _ stride: Int,
                isPaged: Bool
            ) -> [Float] {
                unsafe reading([query, keyRows, valueRows]) { pointers in
                    unsafe pages.withUnsafeBufferPointer { pages in
                        unsafe writing(count: query.count) { output in
                            var description = unsafe AttendAttention(
                                batch: 1, heads: Int64(heads), keyValueHeads: Int64(shared),
                                queries: Int64(queries), keys: Int64(keys),
                                headWidth: Int64(width), scale: 0.3, precision: AttendFloat32,
                                isCausal: 1, window: 0, keyMask: nil, bias: nil, slopes: nil,
                                sinks: nil, dropout: 0, random: AttendRandom(seed: 0, stream: 0),
                                query: pointers[0], key: pointers[1], value: pointers[2],
                                keyValueElement: element, queryBatchStride: 0,
                                queryTokenStride: Int64(heads * width), keyBatchStride: 0,
                                keyTokenStride: Int64(stride), valueBatchStride: 0,
                                valueTokenStride: Int64(stride), output: output,
                                outputBatchStride: 0, outputTokenStride: Int64(heads * width),
                                logSumExp: nil, pages: isPaged ? pages.baseAddress : nil,
                                pageTokens: Int64(pageTokens))
                            unsafe table.kernels.attention(&description, 0, Int64(shared))
                        }
                    }
                }
            }
            let wanted = run(keys1, values1, AttendFloat32, shared * width, isPaged: false)
            #expect(wanted.allSatisfy { $0.isFinite })
            for isPaged in [false, true] {
                let found = run(keptKeys, keptValues, element, stride, isPaged: isPaged)
                #expect(
                    areIdentical(found, wanted),
                    "\(table.name), \(heads) heads of \(width), in pages: \(isPaged)")
            }
        }
    }
}
