import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

/// Figures about encoders and classifiers beside the same counted by hand.
@Suite("Measures of examples")
struct ExampleMeasuresTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static func sizes(_ vocabularySize: Int) -> BERT.Configuration {
        BERT.Configuration(
            vocabularySize: vocabularySize, contextLength: 20, layerCount: 2, headCount: 2,
            width: 16)
    }

    /// −log p of one token, and the likeliest token, of a row of logits.
    private func judged(_ row: [Float], target: Int32) -> (loss: Double, isRight: Bool) {
        let values = row.map(Double.init)
        let normalizer = log(values.reduce(0) { $0 + exp($1) })
        let largest = row.max()!
        return (
            normalizer - values[Int(target)], row.firstIndex(of: largest).map(Int32.init) == target
        )
    }

    @Test("Masked tokens: the loss, what is right, and function words by themselves")
    func masked() throws {
        let lines = (0..<200).map { String(repeating: "abc", count: 1 + $0 % 5) + "d\n" }.joined()
        try directory.write(lines, to: "text")
        let corpus = try Corpus.named(directory.path("text"))
        let tokenizer = try CharacterTokenizer(text: lines, specialTokens: SpecialTokens.texts)
        let dataset = try MaskedDataset(corpus, tokenizer: tokenizer, contextLength: 20)
        let batches = try MaskedEvaluationBatches(
            validation: dataset, size: .tokens(150), seed: 3)
        #expect(batches.batchCount > 1)
        var random = RandomSource(seed: 5)
        var model = BERT(Self.sizes(tokenizer.vocabularySize), random: &random)
        model.forEachParameter { name, parameter in
            if name == "wte.weight" { parameter.tensor = parameter.tensor * 20 }
        }
        let words: Set<Int32> = [try tokenizer.encode("a")[0]]
        var expected = MaskedEvaluation(of: model, on: [])
        expected.loss = 0
        for batch in batches.batches {
            let logits = model.logits(
                batch.inputs, batch: batch.rows,
                mask: Tensor(batch.mask, shape: [batch.rows, batch.columns])
            ).elements
            let width = tokenizer.vocabularySize
            for (place, target) in batch.targets.enumerated() where target >= 0 {
                let row = Array(logits[place * width..<(place + 1) * width])
                let (loss, isRight) = judged(row, target: target)
                expected.loss += loss
                expected.tokens.count += 1
                expected.tokens.right += isRight ? 1 : 0
                if words.contains(target) {
                    expected.functionWords.count += 1
                    expected.functionWords.right += isRight ? 1 : 0
                }
            }
        }
        expected.loss /= Double(expected.tokens.count)
        let found = MaskedEvaluation(of: model, on: batches.batches, functionWords: words)
        #expect(found.tokens == expected.tokens && found.functionWords == expected.functionWords)
        #expect(abs(found.loss - expected.loss) < 1e-4)
        #expect(found.tokens.right > 0 && found.tokens.right < found.tokens.count)
        #expect(found.functionWords.count > 0 && found.functionWords.count < found.tokens.count)
        let share = Double(found.tokens.right) / Double(found.tokens.count)
        #expect(found.tokens.accuracy == share)
        #expect(AnswerShare().accuracy.isNaN)
    }

    @Test("Classes: the loss and what is right")
    func classified() throws {
        let letters = ["a", "b", "c"]
        let table = (0..<150).map { number in
            "\(letters[number % 3])\t\(String(repeating: letters[number % 2], count: 1 + number % 7))\(number)\n"
        }.joined()
        try directory.write(table, to: "table")
        let texts = try LabelledTexts.named(directory.path("table"))
        let tokenizer = try texts.characterTokenizer()
        let dataset = try LabelledDataset(texts, tokenizer: tokenizer, limit: 20)
        var random = RandomSource(seed: 8)
        let model = SequenceClassifier(
            SequenceClassifier.Configuration(
                encoder: Self.sizes(tokenizer.vocabularySize), classes: texts.labels),
            random: &random)
        var (loss, right) = (0.0, 0)
        for text in dataset.training {
            var context = Context()
            // One text by itself needs no mask.
            let row = model.logits(text.ids, batch: 1, context: &context).elements
            let judged = judged(row, target: text.label)
            loss += judged.loss
            right += judged.isRight ? 1 : 0
        }
        let batches = try LabelledEvaluationBatches(dataset.training, size: .tokens(200))
        let found = ClassificationEvaluation(of: model, on: batches.batches)
        #expect(found.texts == AnswerShare(right: right, count: dataset.training.count))
        #expect(right > 0 && right < dataset.training.count)
        #expect(abs(found.loss - loss / Double(dataset.training.count)) < 1e-4)
    }

    @Test("Function words of the tales are single tokens of pieces learnt from them")
    func functionWords() throws {
        let corpus = try Corpus.named("tales", seed: 1, trainingCharacters: 300_000)
        let tokenizer = try PipelineTokenizer.bytePairs(
            texts: [corpus.training], vocabularySize: 1024)
        let ids = MaskedEvaluation.functionWords(of: tokenizer)
        let words = Set(ids.map { tokenizer.decode([$0]).trimmingCharacters(in: .whitespaces) })
        #expect(words == Set(Tales.functionWords))
    }
}
