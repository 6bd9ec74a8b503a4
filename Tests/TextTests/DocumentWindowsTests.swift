import AttendText
import Testing

@Suite("Windows of documents")
struct DocumentWindowsTests {
    /// Documents that end with 0, 0 and hold the numbers from 1 on, each once.
    private func documents(_ lengths: [Int]) throws -> Documents {
        var next: Int32 = 1
        var ids: [Int32] = []
        for length in lengths {
            ids += (0..<length - 2).map { next + Int32($0) } + [0, 0]
            next += Int32(length - 2)
        }
        return try Documents(ids: ids, separator: [0, 0])
    }

    @Test("A document starts after each separator")
    func starts() throws {
        #expect(try documents([5, 3, 8]).starts == [0, 5, 8])
        #expect(try documents([5, 3, 8]).range(of: 2) == 8..<16)
        #expect(try Documents(ids: [1, 0, 2], separator: [0]).starts == [0, 2])
        #expect(try Documents(ids: [1, 0, 2, 3], separator: [0, 0]).starts == [0])
        #expect(try Documents(ids: [1, 0, 0, 0, 2], separator: [0, 0]).starts == [0, 4])
        #expect(try Documents(ids: [0, 0, 1], separator: [0, 0]).starts == [0, 2])
        #expect(try Documents(ids: [], separator: [0]).starts == [])
        #expect(try Documents(ids: [1], separator: [7, 8]).leadIn == 8)
        #expect(
            throws: DataError.outOfRange(
                name: "document separator", value: "empty", accepted: "at least one token")
        ) { try Documents(ids: [1], separator: []) }
    }

    @Test("Training windows start at documents and run on through the next ones")
    func training() throws {
        let documents = try documents([4, 6, 3, 5])
        let ids = try documents.tokens.ids(in: 0..<documents.tokens.count)
        let windows = try DocumentWindows(documents: documents, context: 7, rows: 3, seed: 5)
        var starts: Set<Int32> = []
        for index in 0..<50 {
            let batch = try windows.batch(at: index)
            #expect(batch.rows == 3 && batch.columns == 7 && batch.scoredCount == 21)
            for row in 0..<3 {
                let inputs = batch.inputs[row * 7..<row * 7 + 7]
                let targets = batch.targets[row * 7..<row * 7 + 7]
                #expect(inputs.first == 0)
                #expect(Array(inputs.dropFirst()) == Array(targets.dropLast()))
                let start = ids.firstIndex(of: targets.first!)!
                #expect(Array(targets) == Array(ids[start..<start + 7]))
                starts.insert(Int32(start))
            }
        }
        // The third and fourth documents start too near the end to fill a window.
        #expect(starts == [0, 4, 10])
        #expect(try windows.batch(at: 3) == windows.batch(at: 3))
    }

    @Test(
        "Evaluation scores every document once, whole, with its beginning in sight",
        arguments: [8, 9, 16, 20, 100])
    func evaluation(context: Int) throws {
        let documents = try documents([4, 6, 3, 5, 8, 7, 3, 3])
        let ids = try documents.tokens.ids(in: 0..<documents.tokens.count)
        let windows = try DocumentEvaluationWindows(documents: documents, context: context, rows: 2)
        var scored: [Int32] = []
        for batch in try windows.batches {
            #expect(batch.columns == context && batch.rows <= 2)
            for row in 0..<batch.rows {
                let targets = batch.targets[row * context..<(row + 1) * context]
                let inputs = batch.inputs[row * context..<(row + 1) * context]
                let count = targets.firstIndex(of: -1).map { $0 - targets.startIndex } ?? context
                #expect(targets.dropFirst(count).allSatisfy { $0 == -1 })
                #expect(documents.starts.contains(scored.count))
                #expect(inputs.first == 0)
                #expect(
                    Array(inputs.prefix(count).dropFirst())
                        == Array(targets.prefix(count).dropLast()))
                scored += targets.prefix(count)
            }
        }
        #expect(scored == ids)
        if context == 100 { #expect(windows.batchCount == 1) }
    }

    @Test(
        "A document longer than the context is cut into pieces, each token scored once",
        arguments: [1, 2, 3, 5])
    func longDocuments(context: Int) throws {
        let documents = try documents([4, 11, 3])
        let ids = try documents.tokens.ids(in: 0..<documents.tokens.count)
        let windows = try DocumentEvaluationWindows(documents: documents, context: context, rows: 1)
        var (inputs, targets): ([Int32], [Int32]) = ([], [])
        for batch in try windows.batches {
            for (input, target) in zip(batch.inputs, batch.targets) where target >= 0 {
                inputs.append(input)
                targets.append(target)
            }
        }
        #expect(targets == ids)
        // The input before each target is the token before it, across all cuts.
        #expect(inputs == [0] + ids.dropLast())
    }

    @Test(
        "Documents in rows of their own: each token once in an epoch, and none sees another document"
    )
    func rows() throws {
        let documents = try documents([4, 11, 3, 12, 4, 5])
        let ids = try documents.tokens.ids(in: 0..<documents.tokens.count)
        let rows = try DocumentRows(documents: documents, context: 8, rows: 2, seed: 3)
        for epoch in 0..<2 {
            var scored: [Int32] = []
            for index in 0..<rows.batchesPerEpoch {
                let batch = try rows.batch(at: epoch * rows.batchesPerEpoch + index)
                #expect(batch.rows * batch.columns <= 16)
                for row in 0..<batch.rows {
                    let places = row * batch.columns..<(row + 1) * batch.columns
                    let targets = batch.targets[places].filter { $0 >= 0 }
                    let start = try #require(ids.firstIndex(of: targets[0]))
                    #expect(targets == Array(ids[start..<start + targets.count]))
                    #expect(batch.inputs[places].first == (start == 0 ? 0 : ids[start - 1]))
                    // One document, or a piece of a long one.
                    #expect(
                        documents.starts.allSatisfy {
                            !(start + 1..<start + targets.count).contains($0)
                        })
                    scored += targets
                }
            }
            #expect(scored.sorted() == ids.sorted())
        }
        #expect(try rows.batch(at: 4) == rows.batch(at: 4))
        let evaluation = try DocumentEvaluationRows(documents: documents, context: 8, rows: 2)
        let scored = try evaluation.batches.flatMap(\.targets).filter { $0 >= 0 }
        #expect(scored.sorted() == ids.sorted())
        let text = try TokenDataset(training: ids, validation: ids).tokenText
        #expect(throws: DataError.noDocuments(source: "The training data")) {
            try text.trainingBatches(context: 8, rows: 2, seed: 1, packing: .documents)
        }
    }

    @Test("The shortest data there can be")
    func edges() throws {
        let one = try Documents(ids: [5], separator: [0])
        #expect(
            try DocumentEvaluationWindows(documents: one, context: 2, rows: 3).batch(at: 0)
                == TokenBatch(inputs: [0, 0], targets: [5, -1], rows: 1, columns: 2))
        #expect(
            try DocumentWindows(documents: one, context: 1, rows: 1, seed: 0).batch(at: 0)
                == TokenBatch(inputs: [0], targets: [5], rows: 1, columns: 1))
        #expect(throws: DataError.tooShort(source: "The data", tokens: 1, needed: 2, context: 2)) {
            try DocumentWindows(documents: one, context: 2, rows: 1, seed: 0)
        }
        let none = try Documents(ids: [], separator: [0])
        #expect(throws: DataError.tooShort(source: "The data", tokens: 0, needed: 1, context: 2)) {
            try DocumentEvaluationWindows(documents: none, context: 2, rows: 1)
        }
        #expect(throws: DataError.self) {
            try DocumentEvaluationWindows(documents: one, context: 0, rows: 1)
        }
    }
}
