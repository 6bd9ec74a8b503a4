import AttendText
import Testing

@Suite("Encoded pairs and their batches")
struct PairDatasetTests {
    private func pairs(_ lengths: [(Int, Int)]) -> [SentencePair] {
        lengths.map {
            SentencePair(
                source: String(repeating: "a", count: $0), target: String(repeating: "b", count: $1)
            )
        }
    }

    private func dataset(_ training: [(Int, Int)], source: Int = 5, target: Int = 4) throws
        -> PairDataset
    {
        let corpus = ParallelCorpus(
            name: "C", sourceName: "a", targetName: "b", training: pairs(training),
            validation: pairs([(2, 3)]))
        return try PairDataset(
            corpus, tokenizer: corpus.characterTokenizer(), sourceLimit: source, targetLimit: target
        )
    }

    @Test("Sources end with the end token; what is too long is left out, and counted")
    func limits() throws {
        let data = try dataset([(1, 1), (5, 1), (4, 3), (1, 4)])
        #expect(data.training.map(\.index) == [0, 2])
        #expect(data.training.map(\.source) == [[4, 2], [4, 4, 4, 4, 2]])
        #expect(data.training.map(\.target) == [[5], [5, 5, 5]])
        #expect(data.validation.count == 1 && data.test.isEmpty)
        #expect(
            data.notices == [
                "2 of 4 training pairs are left out: more than 5 tokens in the source or 4 in the target, "
                    + "the end included."
            ])
        #expect(try dataset([(1, 1), (5, 1), (4, 3), (1, 4)], source: 6, target: 5).notices == [])
    }

    @Test("Nothing to train on is an error")
    func faults() throws {
        #expect(throws: DataError.noExamples(source: "The training part of the data \"C\"")) {
            try dataset([])
        }
        let error = DataError.allTooLong(
            source: "The data \"C\", in its training part,", count: 2, limit: 4)
        #expect(throws: error) { try dataset([(5, 1), (6, 2)]) }
        #expect(
            "\(error)"
                == "The data \"C\", in its training part, has 2 examples, all with more than 4 tokens; give "
                + "shorter ones or a greater length.")
        #expect(throws: DataError.self) { try dataset([(1, 1)], target: 0) }
        let corpus = ParallelCorpus(
            name: "C", sourceName: "a", targetName: "b", training: pairs([(1, 1)]), validation: [])
        #expect(
            throws: DataError.noExamples(source: "The validation part of the data \"C\"")
        ) {
            try PairDataset(
                corpus, tokenizer: corpus.characterTokenizer(), sourceLimit: 5, targetLimit: 5)
        }
        #expect(throws: DataError.self) {
            try PairDataset(corpus, tokenizer: ByteTokenizer(), sourceLimit: 5, targetLimit: 5)
        }
    }

    @Test("A character that a task has and a tokenizer lacks is named with the number of its pair")
    func unknownCharacter() throws {
        let corpus = ParallelCorpus(
            name: "C", sourceName: "a", targetName: "b", training: pairs([(1, 1), (2, 2)]),
            validation: pairs([(1, 1)]))
        let tokenizer = try CharacterTokenizer(text: "a", specialTokens: SpecialTokens.texts)
        #expect(
            throws: DataError.encoding(
                source: "The data \"C\"", .unknownCharacter("b", line: 1, vocabularySize: 1))
        ) { try PairDataset(corpus, tokenizer: tokenizer, sourceLimit: 9, targetLimit: 9) }
    }

    @Test("A batch is padded on both sides, and shifted on the target's")
    func batch() {
        let batch = PairBatch(
            [
                EncodedPair(source: [7, 2], target: [8, 9, 8], index: 4),
                EncodedPair(source: [7, 7, 7, 2], target: [], index: 9),
            ], indices: [5, 3], specialTokens: SpecialTokens())
        #expect(batch.rows == 2 && batch.sourceColumns == 4 && batch.targetColumns == 4)
        #expect(batch.sources == [7, 2, 0, 0, 7, 7, 7, 2])
        #expect(batch.sourceMask == [1, 1, 0, 0, 1, 1, 1, 1])
        #expect(batch.targetInputs == [1, 8, 9, 8, 1, 0, 0, 0])
        #expect(batch.targetOutputs == [8, 9, 8, 2, 2, -1, -1, -1])
        #expect(batch.scoredCount == 5 && batch.indices == [5, 3])
    }

    /// Pairs with lengths as they come, the first source token being the pair's number + 10.
    private func variedPairs(_ count: Int) -> [EncodedPair] {
        var random = CounterRandom(seed: 9, stream: 0, purpose: .windows)
        return (0..<count).map { index in
            EncodedPair(
                source: [Int32](repeating: Int32(index + 10), count: 1 + random.next(below: 40)),
                target: [Int32](repeating: Int32(index + 10), count: random.next(below: 40)),
                index: index)
        }
    }

    @Test(
        "Every epoch shows every pair once, in a new order, within the size",
        arguments: [BatchSize.tokens(200), .tokens(1), .tokens(100_000), .rows(7), .rows(1)])
    func epochs(size: BatchSize) throws {
        let pairs = variedPairs(101)
        let batches = try BucketedPairBatches(pairs, size: size, seed: 3)
        var orders: [[Int]] = []
        for epoch in 0..<3 {
            var seen: [Int] = []
            for number in 0..<batches.batchesPerEpoch {
                let batch = batches.batch(at: epoch * batches.batchesPerEpoch + number)
                seen += batch.indices
                #expect(
                    batch
                        == PairBatch(
                            batch.indices.map { pairs[$0] }, indices: batch.indices,
                            specialTokens: SpecialTokens()))
                switch size {
                case .rows(let rows): #expect(batch.rows <= rows)
                case .tokens(let tokens):
                    let columns = max(batch.sourceColumns, batch.targetColumns)
                    #expect(batch.rows == 1 || batch.rows * columns <= tokens)
                }
            }
            #expect(seen.sorted() == Array(0..<101))
            orders.append(seen)
        }
        #expect(Set(orders).count == 3)
        // Batch 17 is the same without those before it, and with the same seed only.
        let again = try BucketedPairBatches(pairs, size: size, seed: 3)
        #expect(again.batch(at: 17) == batches.batch(at: 17))
        let other = try BucketedPairBatches(pairs, size: size, seed: 4)
        #expect((0..<5).contains { other.batch(at: $0) != batches.batch(at: $0) })
    }

    @Test("Batches of similar lengths have little padding")
    func padding() throws {
        let pairs = (0..<1000).map { index in
            EncodedPair(
                source: [Int32](repeating: 5, count: 1 + index % 50), target: [6], index: index)
        }
        let batches = try BucketedPairBatches(pairs, size: .tokens(800), seed: 0)
        let all = (0..<batches.batchesPerEpoch).map { batches.batch(at: $0) }
        let places = all.reduce(0) { $0 + $1.sources.count }
        let tokens = pairs.reduce(0) { $0 + $1.source.count }
        #expect(Double(tokens) > 0.85 * Double(places))
    }

    @Test("Evaluation covers all pairs once, and says which")
    func evaluation() throws {
        let pairs = variedPairs(50)
        let batches = try PairEvaluationBatches(pairs, size: .rows(8))
        #expect(batches.batchCount == 7)
        var seen: [Int] = []
        for batch in batches.batches {
            seen += batch.indices
            for (row, index) in batch.indices.enumerated() {
                #expect(batch.sources[row * batch.sourceColumns] == Int32(index + 10))
            }
        }
        #expect(seen.sorted() == Array(0..<50))
        #expect(batches.batch(at: 7) == batches.batch(at: 0))
    }

    @Test("Sizes that cannot be are errors", arguments: [0, -1, .max, .min])
    func sizes(number: Int) {
        for size in [BatchSize.rows(number), .tokens(number)] {
            #expect(throws: DataError.self) {
                try BucketedPairBatches(variedPairs(3), size: size, seed: 0)
            }
        }
        #expect(throws: DataError.noExamples(source: "The data")) {
            try PairEvaluationBatches([], size: .rows(1))
        }
    }
}
