import AttendText
import Foundation
import Testing

@Suite("Corpora by name")
struct CorpusTests {
    @Test("Every built-in name leads to a corpus")
    func builtIn() throws {
        #expect(Corpus.builtInNames == ["tales"])
        for name in Corpus.builtInNames {
            let corpus = try Corpus.named(
                name, trainingCharacters: 5000, validationCharacters: 3000)
            #expect(corpus.name == name)
            #expect((5000...5255).contains(corpus.training.count))
            #expect((3000...3255).contains(corpus.validation.count))
        }
    }

    @Test("Tales know their floor, their documents and their characters")
    func tales() throws {
        let corpus = try Corpus.named(
            "tales", seed: 1, trainingCharacters: 5000, validationCharacters: 1)
        #expect(corpus.entropyRate == Tales.entropyRate)
        #expect(corpus.documentSeparator == "\n\n")
        #expect(try corpus.characterTokenizer().characters == Tales.characters)
        #expect(corpus.validation == Tales(seed: 1).story(at: 1 << 40))
        let other = try Corpus.named(
            "tales", seed: 2, trainingCharacters: 5000, validationCharacters: 1)
        #expect(corpus.training != other.training)

        let dataset = try corpus.dataset(tokenizer: corpus.characterTokenizer())
        #expect(dataset.training.count == corpus.training.count)
        let validation = try dataset.validationBatches(context: 256, rows: 4)
        #expect(try validation.batches.reduce(0) { $0 + $1.scoredCount } == corpus.validation.count)
        let training = try dataset.trainingBatches(context: 256, rows: 2, seed: 0)
        #expect(try training.batch(at: 0).inputs[0] == dataset.documentSeparator?.last)
    }

    @Test("A file is divided by characters")
    func file() throws {
        let path = NSTemporaryDirectory() + "attend-corpus-\(UUID().uuidString)"
        try Data("0123456789é\r\n".utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let corpus = try Corpus.named(path, trainingFraction: 0.5)
        #expect(corpus.training == "012345")
        #expect(corpus.validation == "6789é\n")
        #expect(corpus.entropyRate == nil)
        #expect(try corpus.characterTokenizer().vocabularySize == 12)
    }

    @Test("An unknown name is an error that suggests the nearest one")
    func unknown() {
        #expect(
            throws: DataError.unknownName("tale", suggestion: "tales", known: ["tales"]),
            performing: { try Corpus.named("tale") })
        #expect(
            DataError.unknownName("tale", suggestion: "tales", known: ["tales"]).description
                == "\"tale\" is neither a file nor a built-in data set; did you mean \"tales\"?")
        #expect(
            DataError.unknownName("q", suggestion: nil, known: ["tales", "names"]).description
                == "\"q\" is neither a file nor a built-in data set; expected a text file or one of: tales, "
                + "names.")
        #expect(throws: DataError.missing(path: "./tales")) { try Corpus.named("./tales") }
    }

    @Test("Sizes that cannot be are errors", arguments: [0, -1, .max, .min])
    func sizes(count: Int) {
        let accepted = "a number from 1 to 1073741824"
        #expect(
            throws: DataError.outOfRange(
                name: "number of training characters", value: "\(count)", accepted: accepted)
        ) { try Corpus.named("tales", trainingCharacters: count) }
        #expect(
            throws: DataError.outOfRange(
                name: "number of validation characters", value: "\(count)", accepted: accepted)
        ) { try Corpus.named("tales", validationCharacters: count) }
    }
}
