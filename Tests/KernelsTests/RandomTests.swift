import AttendKernels
import Testing

/// Philox 4x32-10 by its definition.
private func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
    var c = counter
    var k = key
    for _ in 0..<10 {
        let (upper0, lower0) = UInt32(0xD251_1F53).multipliedFullWidth(by: c[0])
        let (upper1, lower1) = UInt32(0xCD9E_8D57).multipliedFullWidth(by: c[2])
        c = [upper1 ^ c[1] ^ k[0], lower1, upper0 ^ c[3] ^ k[1], lower0]
        k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
}

/// Element `index` of a stream: word e/16 of counter e%16 of its block.
private func word(_ random: AttendRandom, _ index: UInt64) -> UInt32 {
    let element = index % 64
    let counter = index / 64 * 16 + element % 16
    let words = philox(
        [counter, counter >> 32, random.stream, random.stream >> 32].map(
            UInt32.init(truncatingIfNeeded:)),
        [random.seed, random.seed >> 32].map(UInt32.init(truncatingIfNeeded:)))
    return words[Int(element / 16)]
}

@Suite struct RandomTests {
    private let random = AttendRandom(seed: 0xdead_beef_0123_4567, stream: 0x89ab_cdef_1020_3040)

    private func uniform(_ table: Table, _ random: AttendRandom, _ first: Int, _ count: Int)
        -> [Float]
    {
        unsafe writing(count: count) {
            unsafe table.kernels.uniform(random, Int64(first), Int64(count), $0)
        }
    }

    private func normal(
        _ table: Table, _ first: Int, _ count: Int, mean: Float = 0, deviation: Float = 1
    ) -> [Float] {
        unsafe writing(count: count) {
            unsafe table.kernels.normal(random, Int64(first), Int64(count), mean, deviation, $0)
        }
    }

    /// The vectors that the authors of Random123 publish.
    @Test func knownAnswers() {
        #expect(
            philox([0, 0, 0, 0], [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = [UInt32](repeating: .max, count: 4)
        #expect(
            philox(ones, [.max, .max]) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test(arguments: Table.all) func uniformIsPhilox(table: Table) {
        let zero = uniform(table, AttendRandom(seed: 0, stream: 0), 0, 64)
        let known: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        #expect([0, 16, 32, 48].map { zero[$0] } == known.map { Float($0 >> 8) / 16_777_216 })
        // The last begins where the counter passes 2³².
        for first in [0, 64, 6400, (1 << 32) * 4 - 64] {
            let found = uniform(table, random, first, 200)
            let wanted = (0..<200).map { Float(word(random, UInt64(first + $0)) >> 8) / 16_777_216 }
            #expect(found == wanted)
            #expect(found.allSatisfy { 0 <= $0 && $0 < 1 })
        }
    }

    @Test(arguments: Table.all) func piecesEqualTheWhole(table: Table) {
        let whole = uniform(table, random, 0, 256)
        #expect(uniform(table, random, 0, 64) + uniform(table, random, 64, 192) == whole)
        let normals = normal(table, 0, 256)
        #expect(areIdentical(normal(table, 0, 128) + normal(table, 128, 128), normals))
        for count in counts where count <= 256 {
            #expect(uniform(table, random, 0, count) == Array(whole.prefix(count)))
            #expect(areIdentical(normal(table, 0, count), Array(normals.prefix(count))))
        }
    }

    @Test(arguments: Table.all) func normalHasItsMoments(table: Table) {
        let count = 200_000
        let x = normal(table, 0, count).doubles
        #expect(x.allSatisfy { $0.isFinite && abs($0) < 7 })
        let moments = (1...4).map { power in
            x.reduce(0) { sum, x in sum + (0..<power).reduce(1) { product, _ in product * x } }
                / Double(count)
        }
        #expect(abs(moments[0]) < 0.01)
        #expect(abs(moments[1] - 1) < 0.01)
        #expect(abs(moments[2]) < 0.03)
        #expect(abs(moments[3] - 3) < 0.08)
        // Neighbours, and the two halves of a pair, have nothing to do with each other.
        for distance in [1, 16, 64] {
            let product =
                (0..<count - distance).reduce(0.0) { $0 + x[$1] * x[$1 + distance] } / Double(count)
            #expect(abs(product) < 0.01, "distance \(distance)")
        }
        let moved = normal(table, 0, 1000, mean: 5, deviation: 0.5)
        expectClose(moved, x.prefix(1000).map { 5 + 0.5 * $0 })
    }

    /// Tables differ in their last bits only, so a model begins alike on every processor.
    @Test(arguments: Table.all) func normalAgreesBetweenTables(table: Table) {
        expectClose(
            normal(table, 0, 5000), normal(Table.all[0], 0, 5000).doubles, absolute: 2e-6,
            relative: 2e-6)
    }

    @Test(arguments: Table.all, [Float(0), 0.1, 0.5, 1]) func dropout(
        table: Table, probability: Float
    ) {
        for count in counts {
            let x = numbers(count)
            let y = unsafe writing(count: count) { y in
                unsafe reading(x) {
                    unsafe table.kernels.dropout(random, 128, Int64(count), probability, $0, y)
                }
            }
            let wanted = zip(uniform(table, random, 128, count), x).map { uniform, x in
                uniform >= probability ? Double(x) / (1 - Double(probability)) : 0
            }
            expectClose(y, wanted)
            let inPlace = unsafe writing(x) {
                unsafe table.kernels.dropout(random, 128, Int64(count), probability, $0, $0)
            }
            #expect(areIdentical(inPlace, y))
        }
    }
}
