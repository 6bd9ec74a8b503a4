import AttendText
import Testing

@Suite("Windows")
struct WindowsTests {
    /// Whether each target of a batch of consecutive numbers is one more than its input.
    private func isConsecutive(_ batch: TokenBatch) -> Bool {
        zip(batch.inputs, batch.targets).allSatisfy { $1 == $0 + 1 || $1 == -1 }
    }

    @Test("Random windows hold neighbours, and reach every place", arguments: [1, 2, 7, 64])
    func random(context: Int) throws {
        let count = context + 13
        let windows = try RandomWindows(
            ids: (0..<Int32(count)).map { $0 }, context: context, rows: 5, seed: 9)
        var starts: Set<Int32> = []
        for index in 0..<100 {
            let batch = try windows.batch(at: index)
            #expect(batch.rows == 5 && batch.columns == context && batch.scoredCount == 5 * context)
            #expect(isConsecutive(batch))
            for row in 0..<5 {
                let inputs = batch.inputs[row * context..<(row + 1) * context]
                #expect(zip(inputs, inputs.dropFirst()).allSatisfy { $1 == $0 + 1 })
                starts.insert(inputs.first!)
            }
        }
        #expect(starts == Set(0..<13))
    }

    @Test("Exactly context + 1 tokens make one window; one fewer is an error")
    func exactlyOne() throws {
        let batch = try RandomWindows(ids: [5, 6, 7, 8], context: 3, rows: 2, seed: 0).batch(at: 3)
        #expect(
            batch
                == TokenBatch(
                    inputs: [5, 6, 7, 5, 6, 7], targets: [6, 7, 8, 6, 7, 8], rows: 2, columns: 3))
        #expect(throws: DataError.tooShort(source: "The data", tokens: 3, needed: 4, context: 3)) {
            try RandomWindows(ids: [5, 6, 7], context: 3, rows: 2, seed: 0)
        }
        #expect(throws: DataError.tooShort(source: "The data", tokens: 0, needed: 2, context: 1)) {
            try RandomWindows(ids: [], context: 1, rows: 1, seed: 0)
        }
    }

    @Test("A batch depends on its seed and number only")
    func reproducible() throws {
        let ids = [Int32](0..<1000)
        let first = try RandomWindows(ids: ids, context: 8, rows: 4, seed: 1)
        let again = try RandomWindows(ids: ids, context: 8, rows: 4, seed: 1)
        let other = try RandomWindows(ids: ids, context: 8, rows: 4, seed: 2)
        let forward = try (0..<20).map { try first.batch(at: $0) }
        let backward = try (0..<20).reversed().map { try again.batch(at: $0) }
        #expect(forward == backward.reversed())
        #expect(Set(forward).count == 20)
        #expect(try first.batch(at: 0) != other.batch(at: 0))
        // Recorded: the same on every platform, or a run could not be resumed elsewhere.
        #expect(
            try first.batch(at: 0).inputs.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
                == recorded)
    }

    private let recorded: [Int32] = [324, 843, 674, 303]

    @Test("Sliding windows start every stride tokens", arguments: [1, 2, 3, 4, 5, 100])
    func sliding(stride: Int) throws {
        let windows = try SlidingWindows(ids: [Int32](0..<23), context: 4, stride: stride, rows: 3)
        let expected = Swift.stride(from: 0, to: 23 - 4, by: stride).map { Int32($0) }
        #expect(windows.windowCount == expected.count)
        var starts: [Int32] = []
        for batch in try windows.batches {
            #expect(
                isConsecutive(batch) && batch.columns == 4 && batch.scoredCount == batch.rows * 4)
            starts += (0..<batch.rows).map { batch.inputs[$0 * 4] }
        }
        #expect(starts == expected)
        #expect(try windows.batch(at: windows.batchCount) == windows.batch(at: 0))
    }

    @Test(
        "Evaluation scores every token but the first exactly once",
        arguments: [2, 3, 4, 5, 8, 9, 10, 31, 33])
    func evaluation(count: Int) throws {
        let ids = [Int32](0..<Int32(count))
        for (context, rows) in [(1, 1), (3, 2), (4, 1), (4, 3), (7, 5), (50, 2)] {
            let windows = try EvaluationWindows(ids: ids, context: context, rows: rows)
            var targets: [Int32] = []
            for batch in try windows.batches {
                #expect(isConsecutive(batch) && batch.columns == context && batch.rows <= rows)
                targets += batch.targets.filter { $0 >= 0 }
            }
            #expect(targets == Array(ids.dropFirst()))
            #expect(try windows.batchCount == windows.batches.reduce(0) { sum, _ in sum + 1 })
        }
    }

    @Test("One token leaves nothing to score")
    func single() {
        #expect(throws: DataError.tooShort(source: "The data", tokens: 1, needed: 2, context: 4)) {
            try EvaluationWindows(ids: [3], context: 4, rows: 1)
        }
    }

    @Test("Sizes below 1 and beyond all memory are errors")
    func sizes() {
        let ids = [Int32](0..<10)
        #expect(
            throws: DataError.outOfRange(
                name: "context length", value: "0", accepted: "a whole number of at least 1")
        ) { try RandomWindows(ids: ids, context: 0, rows: 1, seed: 0) }
        #expect(
            throws: DataError.outOfRange(
                name: "batch size", value: "-3", accepted: "a whole number of at least 1")
        ) { try EvaluationWindows(ids: ids, context: 2, rows: -3) }
        #expect(
            throws: DataError.outOfRange(
                name: "stride", value: "0", accepted: "a whole number of at least 1")
        ) { try SlidingWindows(ids: ids, context: 2, stride: 0, rows: 1) }
        let error = DataError.outOfRange(
            name: "batch", value: "9223372036854775807 rows of 2 tokens",
            accepted: "at most 268435456 tokens in all")
        #expect(throws: error) { try EvaluationWindows(ids: ids, context: 2, rows: .max) }
        #expect(
            error.description
                == "The batch is 9223372036854775807 rows of 2 tokens; expected at most 268435456 tokens in "
                + "all.")
        #expect(throws: DataError.self) {
            try RandomWindows(ids: ids, context: .max, rows: 1, seed: 0)
        }
    }
}
