import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

/// What `attend evaluate` says of examples, beside the same counted by hand.
@Suite("Evaluation of examples")
struct ExampleEvaluationTests {
    private static func encoder(_ vocabularySize: Int, context: Int = 24) -> BERT.Configuration {
        BERT.Configuration(
            vocabularySize: vocabularySize, contextLength: context, layerCount: 1, headCount: 2,
            width: 16)
    }

    @Test("Answers of a task are counted one by one")
    func answers() throws {
        let seed: UInt64 = 6
        let corpus = try ParallelCorpus.named("modular", seed: seed, testCount: 1000)
        let tokenizer = try corpus.characterTokenizer()
        let model = translationModel(
            vocabularySize: tokenizer.vocabularySize, contextLength: 16, seed: 2)
        let run = try SavedRun(
            .encoderDecoder(model), .encoderDecoder(model.configuration),
            tokenizer: .character(tokenizer), source: "modular", seed: seed)
        let found = try ExampleEvaluation(
            of: run.load(), on: "modular", beamCount: 1, shouldStop: { false })
        let plain = PlainTranslator(model: model)
        var (loss, tokens, bytes, right) = (0.0, 0, 0, 0)
        for pair in corpus.test {
            let (source, target) = (
                try tokenizer.encode(pair.source) + [2], try tokenizer.encode(pair.target)
            )
            loss -= plain.logProbability(of: target, source: source, isEnded: true)
            tokens += target.count + 1
            bytes += pair.target.utf8.count + 1
            let answer = plain.greedy(source, limit: 16)
            if tokenizer.decode(answer) == pair.target { right += 1 }
        }
        #expect(found.tokens == tokens && found.unit == "token")
        #expect(abs(found.loss - loss / Double(tokens)) < 1e-3)
        #expect(abs(found.perplexity / exp(found.loss) - 1) < 1e-9)
        #expect(abs(try #require(found.bitsPerByte) - loss / log(2) / Double(bytes)) < 1e-3)
        #expect(
            found.shares == ["answers": AnswerShare(right: right, count: corpus.test.count)])
    }

    @Test(
        "Pairs without one right answer have none that is right; of another table all are measured")
    func table() throws {
        let rows = (0..<60).map { "\($0 * 37 % 101)x\t\($0)\n" }.joined()
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(text: "0123456789x", specialTokens: SpecialTokens.texts))
        let model = translationModel(vocabularySize: tokenizer.vocabularySize, contextLength: 16)
        let run = try SavedRun(
            .encoderDecoder(model), .encoderDecoder(model.configuration), tokenizer: tokenizer)
        let path = try run.write("pairs.tsv", rows)
        let found = try ExampleEvaluation(
            of: run.load(), on: path, beamCount: 1, shouldStop: { false })
        #expect(found.shares.isEmpty)
        let tokens = (0..<60).map { String($0).count + 1 }.reduce(0, +)
        #expect(found.tokens == tokens)
        let long = try run.write("long.tsv", rows + String(repeating: "1", count: 16) + "\t1\n")
        let notices = try ExampleEvaluation(
            of: run.load(), on: long, beamCount: 1, shouldStop: { false }
        ).notices
        #expect(notices.count == 1 && notices[0].contains("left out"))
        #expect(throws: CancellationError.self) {
            try ExampleEvaluation(of: run.load(), on: path, beamCount: 1, shouldStop: { true })
        }
    }

    @Test("Masked tokens are those of the validation part")
    func masked() throws {
        let text = (0..<100).map { "word \($0 * 37 % 101) and\n" }.joined()
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(text: text, specialTokens: SpecialTokens.texts))
        let run = try SavedRun(
            .encoder(Self.encoder(tokenizer.vocabularySize)), tokenizer: tokenizer, seed: 4)
        let path = try run.write("text", text)
        let loaded = try run.load()
        let found = try ExampleEvaluation(
            of: loaded, on: path, beamCount: 1, shouldStop: { false })
        let dataset = try MaskedDataset(
            Corpus.named(path, seed: 4), tokenizer: tokenizer, contextLength: 24)
        // Fifteen of a hundred characters, at least one, of each line.
        let expected = dataset.validation.reduce(0) {
            $0 + max(1, (15 * ($1.count - 2) + 50) / 100)
        }
        #expect(found.tokens == expected && found.shares["masked tokens"]?.count == expected)
        #expect(found.loss.isFinite && found.bitsPerByte == nil)
    }

    @Test("Classes are told apart by name, whatever the order in a file, and foreign ones refused")
    func labels() throws {
        func rows(_ labels: [String]) -> String {
            (0..<90).map { "\(labels[$0 % labels.count])\tnumber \($0 * 37 % 101)\n" }.joined()
        }
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(
                text: "number 0123456789", specialTokens: SpecialTokens.texts))
        // Alphabetical order is that of the file "three" but not that of the model.
        let classes = ["c", "a", "b"]
        let sizes = SequenceClassifier.Configuration(
            encoder: Self.encoder(tokenizer.vocabularySize), classes: classes)
        let run = try SavedRun(.classifier(sizes), tokenizer: tokenizer, seed: 4)
        let loaded = try run.load()
        guard case .classifier(let model) = loaded.model else {
            Issue.record("not a classifier")
            return
        }
        for names in [["a", "b", "c"], ["b", "c"]] {
            let path = try run.write("table", rows(names))
            let found = try ExampleEvaluation(
                of: loaded, on: path, beamCount: 1, shouldStop: { false })
            var (loss, right) = (0.0, 0)
            for number in 0..<90 {
                var context = Context()
                let ids = try [1] + tokenizer.encode("number \(number * 37 % 101)") + [2]
                let row = model.logits(ids, batch: 1, context: &context).elements
                let label = try #require(classes.firstIndex(of: names[number % names.count]))
                let normalizer = log(row.reduce(0) { $0 + exp(Double($1)) })
                loss += normalizer - Double(row[label])
                if row.firstIndex(of: row.max()!) == label { right += 1 }
            }
            #expect(found.shares == ["texts": AnswerShare(right: right, count: 90)])
            #expect(found.tokens == 90 && found.unit == "text")
            #expect(abs(found.loss - loss / 90) < 1e-4)
        }
        let path = try run.write("foreign", rows(["a", "z"]))
        let error = #expect(throws: DataError.self) {
            try ExampleEvaluation(of: loaded, on: path, beamCount: 1, shouldStop: { false })
        }
        #expect(
            error == .unknownLabel("z", source: path, known: classes))
        #expect(error?.description.contains("has the label \"z\"") == true)
    }

    @Test("A model of texts is measured on a text")
    func causal() throws {
        let tokenizer = SavedTokenizer.character(try CharacterTokenizer(text: "ab"))
        let run = try SavedRun(
            .gpt(
                GPT.Configuration(
                    vocabularySize: 2, contextLength: 8, layerCount: 1, headCount: 1, width: 8)),
            tokenizer: tokenizer)
        #expect(throws: FamilyError.self) {
            try ExampleEvaluation(of: run.load(), on: "copy", beamCount: 1, shouldStop: { false })
        }
    }
}
