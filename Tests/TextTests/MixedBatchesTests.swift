import AttendText
import Testing

@Suite("Batches from several texts")
struct MixedBatchesTests {
    private func source(_ ids: Range<Int32>, seed: UInt64) throws -> any BatchSource {
        try RandomWindows(ids: Array(ids), context: 5, rows: 8, seed: seed)
    }

    @Test("Rows come from the texts by their shares, which change from step to step")
    func shares() throws {
        let mixed = MixedBatches(
            [try source(0..<100, seed: 1), try source(100..<200, seed: 2)], seed: 3,
            drawsRows: true
        ) { step in [1 - Double(step) / 999, Double(step) / 999] }
        func count(_ steps: Range<Int>) throws -> Int {
            try steps.reduce(0) { sum, step in
                let batch = try mixed.batch(at: step)
                #expect(batch.rows == 8 && batch.columns == 5)
                return sum
                    + (0..<8).count { row in
                        let ids = batch.inputs[row * 5..<row * 5 + 5]
                        #expect(ids.allSatisfy { $0 >= 100 } || ids.allSatisfy { $0 < 100 })
                        return ids.first! >= 100
                    }
            }
        }
        // Of 800 rows; the standard deviation is at most √200 ≈ 14.
        #expect(abs(try count(0..<100) - 40) < 40)
        #expect(abs(try count(450..<550) - 400) < 70)
        #expect(abs(try count(900..<1000) - 760) < 40)
        #expect(try mixed.batch(at: 17) == mixed.batch(at: 17))
    }

    @Test("A whole batch is of one text where rows are not drawn, and a share of 0 is never drawn")
    func batches() throws {
        let sources = [try source(0..<100, seed: 1), try source(100..<200, seed: 2)]
        let whole = MixedBatches(sources, seed: 3, drawsRows: false) { _ in [0.5, 0.5] }
        for step in 0..<20 {
            let batch = try whole.batch(at: step)
            #expect(try batch == sources[0].batch(at: step) || batch == sources[1].batch(at: step))
        }
        let second = MixedBatches(sources, seed: 3, drawsRows: true) { _ in [0, 0.4] }
        for step in 0..<20 { #expect(try second.batch(at: step) == sources[1].batch(at: step)) }
    }
}
