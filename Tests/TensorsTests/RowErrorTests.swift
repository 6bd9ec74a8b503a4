import AttendTensors
import Testing

/// The sentences with which mistakes in gates, rotary positions and rows end a program.
@Suite(.serialized) struct RowErrorTests {
    private func expect(
        _ result: ExitTest.Result?, says sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("Fatal error: \(sentence)\n"), sourceLocation: sourceLocation)
    }

    @Test func gate() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).gated(.silu)
        }
        expect(
            result,
            says: "a gate needs rows of two equal halves, not [2, 3]")
    }

    @Test func rotaryTable() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let table = RotaryTable(
                cosines: Tensor.zeros([3, 2]), sines: Tensor.zeros([3, 1]), style: .halves)
            _ = Tensor.zeros([2, 3, 8]).rotated(by: table, headWidth: 4, headCount: 2)
        }
        expect(
            result,
            says:
                "rotary positions: cosines [3, 2] and sines [3, 1] are not both [places, rotaryWidth / 2]"
        )
    }

    @Test func rotaryHeads() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let table = RotaryTable(
                cosines: Tensor.zeros([3, 2]), sines: Tensor.zeros([3, 2]), style: .halves)
            _ = Tensor.zeros([2, 3, 8]).rotated(by: table, headWidth: 4, headCount: 3)
        }
        expect(
            result,
            says:
                "rotary positions: elements 0 ..< 4 of 3 heads of width 4 do not lie in rows of [2, 3, 8]"
        )
    }

    @Test func rotaryBegin() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let table = RotaryTable(
                cosines: Tensor.zeros([3, 2]), sines: Tensor.zeros([3, 2]), style: .halves)
            _ = Tensor.zeros([2, 3, 8]).rotated(by: table, headWidth: 4, headCount: 2, begin: 1)
        }
        expect(
            result,
            says:
                "rotary positions: elements 1 ..< 5 of 2 heads of width 4 do not lie in rows of [2, 3, 8]"
        )
    }

    @Test func rotaryPlaces() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let table = RotaryTable(
                cosines: Tensor.zeros([4, 2]), sines: Tensor.zeros([4, 2]), style: .halves)
            _ = Tensor.zeros([2, 3, 8]).rotated(by: table, headWidth: 4, headCount: 2)
        }
        expect(
            result,
            says: "rotary positions: a table of 4 places does not divide the 6 rows of [2, 3, 8]")
    }

    @Test func concatenated() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).concatenated(Tensor.zeros([3, 3]))
        }
        expect(
            result,
            says: "[2, 3] and [3, 3] cannot be joined along the last axis")
    }

    @Test func slice() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).slice(1..<4)
        }
        expect(
            result,
            says: "elements 1..<4 of the last axis do not exist in [2, 3]")
    }

    @Test func repeatedRows() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).repeatedRows(-1)
        }
        expect(
            result,
            says: "the rows of [2, 3] cannot be repeated -1 times")
    }

    @Test func scaledRows() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).scaledRows(by: Tensor.zeros([3]))
        }
        expect(
            result,
            says: "3 weights [3] do not scale the 2 rows of [2, 3]")
    }

    @Test func scatteredRows() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).scatteredRows([0], count: 4)
        }
        expect(
            result,
            says: "1 indices do not spread the rows of [2, 3] over 4 rows")
    }

    @Test func scatteredOutside() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).scatteredRows([0, 4], count: 4)
        }
        expect(
            result,
            says: "row 4 is outside of the 4 rows to spread over")
    }
}
