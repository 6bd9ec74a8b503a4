import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import AttendTraining
import Testing

/// A tiny Transformer really learns a task, and what is counted of it is so.
@Suite("Learning to copy")
struct CopyTaskTests {
    /// Words of one to five letters, none of them in two parts.
    private static func corpus(_ answer: (String) -> String) -> ParallelCorpus {
        var random = RandomSource(seed: 4)
        let letters = Array("abcdefgh")
        var words: Set<String> = []
        while words.count < 2400 {
            let length = 1 + Int(random.next() % 5)
            words.insert(
                String((0..<length).map { _ in letters[Int(random.next() % 8)] }))
        }
        let pairs = words.sorted { ($0.hash32, $0) < ($1.hash32, $1) }.map {
            SentencePair(source: $0, target: answer($0))
        }
        return ParallelCorpus(
            name: "letters", sourceName: "a", targetName: "b", training: Array(pairs[200...]),
            validation: Array(pairs[..<200]), isExact: true)
    }

    @Test("Two layers of width 32 copy words that they have never seen")
    func learns() throws {
        let corpus = Self.corpus { $0 }
        let tokenizer = try corpus.characterTokenizer()
        let dataset = try PairDataset(
            corpus, tokenizer: tokenizer, sourceLimit: 8, targetLimit: 8)
        var sizes = EncoderDecoder.Configuration(
            sourceVocabularySize: tokenizer.vocabularySize,
            targetVocabularySize: tokenizer.vocabularySize, contextLength: 8, width: 32,
            headCount: 4, hiddenWidth: 64, encoderLayerCount: 2, decoderLayerCount: 2, dropout: 0)
        sizes.normPlacement = .pre
        let training = TrainingSettings(
            steps: 500, batch: 1, learningRate: 5e-3, finalLearningRate: 1e-4, warmupSteps: 40,
            beta2: 0.98, weightDecay: 0.01, evaluationInterval: 500, evaluationTokens: 1000,
            batchTokens: 1024)
        let data = DataDescription(
            source: "letters", sha256: "", trainingCharacterCount: 0, validationCharacterCount: 0,
            kind: .pairs, documentSeparator: nil, floor: nil)
        let configuration = RunConfiguration(
            attendVersion: "test", preset: "own", model: .encoderDecoder(sizes), data: data,
            training: training, seed: 1)
        var trainer = try Trainer(
            configuration: configuration,
            task: SequenceToSequenceTask(sizes, dataset: dataset, training: training, seed: 1))
        let tokenizerOfRun = SavedTokenizer.character(tokenizer)
        let sampler = RunSampler(
            configuration, tokenizer: tokenizerOfRun,
            examples: .pairs(corpus.validation, dataset.validation, isExact: true))
        let before = sampler.sample(trainer.currentModel)
        #expect(try #require(before.accuracy) < 0.1)
        for _ in 0..<training.steps { _ = try trainer.step() }

        let translator = try Translator(
            trainer.model, settings: TranslationSettings(beams: .translation(1)))
        let answers = try translator.translate(dataset.validation.map(\.source)).map {
            tokenizer.decode($0.tokens)
        }
        let right = zip(corpus.validation, answers).count { $0.target == $1 }
        #expect(Double(right) / 200 >= 0.95, "\(right) of 200")
        let after = sampler.sample(trainer.currentModel)
        #expect(after.accuracy == Double(right) / 200)
        let first = zip(corpus.validation, answers).prefix(RunSampler.shownCount)
        #expect(after.text == first.map { "\($0.source) → \($1)" }.joined(separator: "\n"))
    }
}

extension String {
    /// A number that looks random, to shuffle by.
    fileprivate var hash32: UInt32 {
        utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
