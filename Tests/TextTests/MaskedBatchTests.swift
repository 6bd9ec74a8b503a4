import AttendText
import Foundation
import Testing

@Suite("Masked sequences")
struct MaskedBatchTests {
    private func corpus(_ text: String, fraction: Double = 0.5) throws -> Corpus {
        try withFiles(["text.txt": text]) { path in
            try Corpus.file(path + "/text.txt", trainingFraction: fraction)
        }
    }

    private func tales() throws -> (dataset: MaskedDataset, tokenizer: PipelineTokenizer) {
        let corpus = try Corpus.named(
            "tales", trainingCharacters: 60_000, validationCharacters: 4000)
        let tokenizer = try PipelineTokenizer.bytePairs(
            texts: [corpus.training], vocabularySize: 1024)
        return (
            try MaskedDataset(corpus, tokenizer: tokenizer, contextLength: 128), tokenizer
        )
    }

    @Test("Each story is a sequence, without its separator")
    func stories() throws {
        let (dataset, tokenizer) = try tales()
        for (index, sequence) in dataset.training.enumerated() {
            #expect(sequence.first == 1 && sequence.last == 2)
            #expect(tokenizer.decode(sequence) + "\n\n" == Tales().story(at: index))
        }
        #expect(tokenizer.decode(dataset.validation[0]) + "\n\n" == Tales().story(at: 1 << 40))
        #expect(dataset.textTokens.first == 4)
        #expect(dataset.vocabularySize == tokenizer.vocabularySize)
    }

    @Test("Lines of a file are sequences, long ones in pieces, empty ones none")
    func lines() throws {
        let corpus = try corpus("abc\n\nabcdefgh\nxyxyx\nxy\nxyxyxyx\n")
        let tokenizer = try CharacterTokenizer(
            text: "abcdefghxy\n", specialTokens: SpecialTokens.texts)
        let dataset = try MaskedDataset(corpus, tokenizer: tokenizer, contextLength: 5)
        let texts = (dataset.training + dataset.validation).map(tokenizer.decode)
        #expect(texts == ["abc", "abc", "def", "gh", "x", "yxy", "x", "xy", "xyx", "yxy", "x"])
        #expect(dataset.training.map(\.count).max() == 5)
    }

    @Test("Faults are errors that name the line")
    func faults() throws {
        let corpus = try corpus("ab\n\nab\nabcab\n")
        func sentence(_ characters: String, context: Int = 5, special: Bool = true) throws -> String
        {
            do {
                _ = try MaskedDataset(
                    corpus,
                    tokenizer: CharacterTokenizer(
                        text: characters, specialTokens: special ? SpecialTokens.texts : []),
                    contextLength: context)
                return "no error"
            } catch let error as DataError {
                return "\(error)".replacingOccurrences(of: corpus.name, with: "F")
            }
        }
        #expect(try sentence("abc") == "no error")
        #expect(try sentence("ab").hasPrefix("The data \"F\": Line 4 holds the character \"c\""))
        #expect(
            try sentence("abc", context: 2)
                == "The context length is 2; expected a number from 3 to 268435456.")
        #expect(
            try sentence("abc", special: false).hasPrefix("The data \"F\": The tokenizer has no"))
        let blank = try self.corpus("\n\n\n\nab")
        #expect(
            throws: DataError.noExamples(source: "The training part of the data \"\(blank.name)\"")
        ) {
            try MaskedDataset(
                blank,
                tokenizer: CharacterTokenizer(text: "ab", specialTokens: SpecialTokens.texts),
                contextLength: 5)
        }
    }

    @Test("Fifteen in a hundred are chosen: of these 80 hidden, 10 replaced, 10 kept")
    func proportions() throws {
        let dataset = try tales().dataset
        let batches = try MaskedBatches(training: dataset, size: .rows(16), seed: 1)
        var (scored, hidden, kept, all) = (0, 0, 0, 0)
        for index in 0..<2 * batches.batchesPerEpoch {
            let batch = batches.batch(at: index)
            #expect(batch.scoredCount == batch.targets.count { $0 >= 0 })
            for (row, number) in batch.indices.enumerated() {
                let sequence = dataset.training[number]
                let places = (row * batch.columns)..<(row * batch.columns + sequence.count)
                let targets = batch.targets[places]
                let inputs = batch.inputs[places]
                // Two of the tokens are special.
                let expected = (Double(sequence.count - 2) * 0.15).rounded()
                #expect(targets.count { $0 >= 0 } == max(1, Int(expected)))
                for (place, original) in zip(places, sequence) {
                    if targets[place] < 0 {
                        #expect(inputs[place] == original)
                    } else {
                        #expect(targets[place] == original && original >= 4)
                        #expect(inputs[place] >= 3)
                        hidden += inputs[place] == 3 ? 1 : 0
                        kept += inputs[place] == original ? 1 : 0
                        scored += 1
                    }
                }
                all += sequence.count - 2
                let end = (row + 1) * batch.columns
                #expect(batch.mask[places].allSatisfy { $0 == 1 })
                #expect(batch.mask[places.upperBound..<end].allSatisfy { $0 == 0 })
                #expect(batch.inputs[places.upperBound..<end].allSatisfy { $0 == 0 })
                #expect(batch.targets[places.upperBound..<end].allSatisfy { $0 == -1 })
            }
        }
        // Within five standard errors.
        let count = Double(scored)
        #expect(abs(Double(hidden) / count - 0.8) < 5 * (0.16 / count).squareRoot())
        #expect(abs(Double(kept) / count - 0.1) < 5 * (0.09 / count).squareRoot() + 0.001)
        #expect(abs(count / Double(all) - 0.15) < 0.01)
    }

    @Test("An epoch shows each sequence once; the next one hides other tokens")
    func epochs() throws {
        let dataset = try tales().dataset
        let batches = try MaskedBatches(training: dataset, size: .tokens(1000), seed: 1)
        let count = batches.batchesPerEpoch
        let first = (0..<count).map { batches.batch(at: $0) }
        #expect(first.flatMap(\.indices).sorted() == Array(dataset.training.indices))
        #expect(first.allSatisfy { $0.rows * $0.columns <= 1000 })
        #expect(batches.batch(at: count) != first[0])
        let again = try MaskedBatches(training: dataset, size: .tokens(1000), seed: 1)
        #expect(again.batch(at: 5) == first[5])

        let evaluation = try MaskedEvaluationBatches(
            validation: dataset, size: .rows(4), seed: 1)
        #expect(
            evaluation.batches.flatMap(\.indices).sorted() == Array(dataset.validation.indices))
        #expect(evaluation.batch(at: evaluation.batchCount + 1) == evaluation.batch(at: 1))
    }

    @Test("Function words of the tales occur in them, and are single tokens")
    func functionWords() throws {
        let tokenizer = try tales().tokenizer
        let stories = Tales(seed: 1).stories(characterCount: 60_000)
        var words: Set<String> = []
        for word in SplitPattern.words(of: stories, by: .gpt2) { words.insert(word) }
        for word in Tales.functionWords {
            #expect(words.contains(" " + word))
            #expect(try tokenizer.encode(" " + word).count == 1, "\(word) is more than one token")
        }
        #expect(Set(Tales.functionWords).count == Tales.functionWords.count)
    }
}
