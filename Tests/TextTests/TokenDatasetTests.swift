import AttendText
import Foundation
import Testing

@Suite("Token data sets")
struct TokenDatasetTests {
    @Test(
        "The first part of the characters is for training",
        arguments: [2, 3, 7, 10, 11, 99, 100, 101])
    func split(count: Int) throws {
        let text = String(repeating: "é", count: count - 1) + "\n"
        let data = try TokenDataset(text: text, tokenizer: CharacterTokenizer(text: text))
        #expect(data.training.count == Int(Double(count) * 0.9))
        #expect(data.training.count + data.validation.count == count)
        // Bytes are divided at the same character, so that none is torn.
        let bytes = try TokenDataset(text: text, tokenizer: ByteTokenizer())
        #expect(bytes.training.count == 2 * data.training.count)
    }

    @Test("A fraction that leaves a part empty, or is none, is an error")
    func fractions() {
        for fraction in [0, 1, -0.5, 1.5, .nan, .infinity] {
            #expect(
                throws: DataError.outOfRange(
                    name: "training fraction", value: "\(fraction)",
                    accepted: "a number between 0 and 1, such as 0.9")
            ) {
                try TokenDataset(
                    text: "abc", tokenizer: ByteTokenizer(), trainingFraction: fraction)
            }
        }
        #expect(throws: DataError.tooShort(source: "F", tokens: 1, needed: 2, context: 1)) {
            try TokenDataset(text: "a", tokenizer: ByteTokenizer(), source: "F")
        }
        #expect(throws: DataError.tooShort(source: "F", tokens: 0, needed: 2, context: 1)) {
            try TokenDataset(text: "", tokenizer: ByteTokenizer(), source: "F")
        }
        #expect(throws: DataError.self) {
            try TokenDataset(text: "abc", tokenizer: ByteTokenizer(), trainingFraction: 1e-300)
        }
    }

    @Test("A character that cannot be encoded is named with the line in the whole text")
    func unknownCharacter() throws {
        let tokenizer = try CharacterTokenizer(text: "ab\n")
        #expect(
            throws: DataError.encoding(
                source: "F", .unknownCharacter("c", line: 2, vocabularySize: 3))
        ) { try TokenDataset(text: "a\nc\nbbbbbbbbbbbbbb", tokenizer: tokenizer, source: "F") }
        #expect(
            throws: DataError.encoding(
                source: "F", .unknownCharacter("c", line: 6, vocabularySize: 3))
        ) {
            try TokenDataset(
                text: "a\nb\n\nab\n\nc", tokenizer: tokenizer, trainingFraction: 0.5, source: "F")
        }
        let error = DataError.encoding(
            source: "F", .unknownCharacter("c", line: 6, vocabularySize: 3))
        #expect(error.description.hasPrefix("F: Line 6 holds the character \"c\""))
    }

    @Test("Batches fit the kind of data")
    func batches() throws {
        let plain = TokenDataset(training: Array(0..<50), validation: Array(0..<20))
        #expect(try plain.trainingBatches(context: 8, rows: 2, seed: 1) is RandomWindows)
        #expect(try plain.validationBatches(context: 8, rows: 2) is EvaluationWindows)
        let some = try plain.trainingEvaluationBatches(upTo: 11, context: 8, rows: 2)
        #expect(try some.batches.reduce(0) { $0 + $1.scoredCount } == 10)

        let documents = TokenDataset(
            training: [1, 2, 0, 3, 4, 0, 5, 6, 0], validation: [7, 0], documentSeparator: [0])
        #expect(try documents.trainingBatches(context: 3, rows: 2, seed: 1) is DocumentWindows)
        let validation = try documents.validationBatches(context: 3, rows: 2)
        #expect(validation is DocumentEvaluationWindows)
        #expect(try validation.batch(at: 0).scoredCount == 2)
    }

    @Test("Data shorter than the context is an error with all counts")
    func tooShort() {
        let data = TokenDataset(training: [1, 2, 3], validation: [1])
        #expect(
            throws: DataError.tooShort(
                source: "The training data", tokens: 3, needed: 4, context: 3)
        ) { try data.trainingBatches(context: 3, rows: 1, seed: 0) }
        #expect(
            throws: DataError.tooShort(
                source: "The validation data", tokens: 1, needed: 2, context: 3)
        ) { try data.validationBatches(context: 3, rows: 1) }
        #expect(
            DataError.tooShort(source: "The data", tokens: 1, needed: 65, context: 64).description
                == "The data has 1 token, but a context of 64 needs at least 65; give more text or a shorter "
                + "context.")
    }

    static let shakespeare = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/tinyshakespeare.txt").standardizedFileURL.path

    @Test(
        "Tiny Shakespeare is divided as nanoGPT divides it",
        .enabled(
            if: FileManager.default.fileExists(atPath: shakespeare),
            "../shared/data/tinyshakespeare.txt is not there"))
    func tinyShakespeare() throws {
        let corpus = try Corpus.file(Self.shakespeare)
        let tokenizer = try corpus.characterTokenizer()
        #expect(tokenizer.vocabularySize == 65)
        let data = try corpus.dataset(tokenizer: tokenizer)
        #expect(data.training.count == 1_003_854)
        #expect(data.validation.count == 111_540)
        let scored = try data.validationBatches(context: 64, rows: 12).batches.reduce(0) {
            $0 + $1.scoredCount
        }
        #expect(scored == 111_539)
        #expect(
            tokenizer.decode(data.training) + tokenizer.decode(data.validation)
                == corpus.training + corpus.validation)
    }
}
