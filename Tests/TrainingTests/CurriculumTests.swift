import AttendCheckpoints
import AttendModels
import AttendText
import AttendTraining
import Foundation
import Testing

/// What comes when: lengths, texts and examples that change over a training.
@Suite("Curricula", .serialized)
struct CurriculumTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private enum Kind: String, CaseIterable {
        case stages, mixture, changingMixture, easyToHard
    }

    private func begin(_ name: String, _ kind: Kind) throws -> TrainingRun {
        var (configuration, data) = try runs.configured(kind == .easyToHard ? .pairs : .text)
        switch kind {
        case .stages:
            configuration.training.contextSchedule = [
                ContextStage(context: 6, untilStep: 3), ContextStage(context: 12, untilStep: 8),
            ]
        case .easyToHard: configuration.training.curriculum = .easyToHard
        case .mixture, .changingMixture:
            var request = TrainingData.Request(
                source: runs.path("text"), seed: configuration.seed, tokenizer: .character)
            request.mixture = [
                MixedSource(
                    source: runs.path("labelled"), share: 0.3,
                    finalShare: kind == .mixture ? 0.3 : 0.9)
            ]
            data = try TrainingData(request)
            configuration.data = data.description
            configuration.model = configuration.model.withVocabulary(data.tokenizer.vocabularySize)
        }
        return try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
    }

    @Test(
        "A run that was stopped and resumed equals one that was not, to the bit",
        arguments: Kind.allCases, [2, 3, 8])
    private func resume(kind: Kind, step: Int) throws {
        try runs.train(begin("whole", kind))
        do { #expect(try !runs.train(begin("stopped", kind), stopAfter: step).isFinished) }
        #expect(try runs.train(runs.resume("stopped")).isFinished)
        for file in ["model", "optimizer"] {
            #expect(try runs.bytes("stopped", file: file) == runs.bytes("whole", file: file))
        }
        #expect(try runs.log("stopped") == runs.log("whole"))
    }

    @Test("Short sequences come first, with about as many tokens in a step")
    func stages() throws {
        let data = try runs.configured(.text)
        var training = data.configuration.training
        training.contextSchedule = [
            ContextStage(context: 6, untilStep: 3), ContextStage(context: 16, untilStep: 5),
        ]
        guard case .text(let texts) = data.data.content,
            case .gpt(let sizes) = data.configuration.model
        else { return }
        let task = try LanguageModelTask<GPT>(sizes, texts: texts, training: training, seed: 1)
        let shapes = try (0..<6).map { step in
            let batch = try task.batch(at: step)
            return [batch.rows, batch.columns]
        }
        #expect(shapes == [[12, 6], [12, 6], [12, 6], [4, 16], [4, 16], [3, 24]])
        #expect(try task.batch(at: 2) == task.batch(at: 2))
    }

    @Test("The loss of each text is reported by name, and their mean by shares is the loss")
    func partLosses() throws {
        try runs.train(begin("mixed", .mixture))
        let evaluations = try runs.log("mixed").compactMap { event in
            if case .evaluation(let evaluation) = event { evaluation } else { nil }
        }
        #expect(evaluations.count == 4)
        for evaluation in evaluations {
            let losses = try #require(evaluation.validationLosses)
            #expect(Set(losses.keys) == ["text", "labelled"])
            let mean = 0.7 * losses["text"]! + 0.3 * losses["labelled"]!
            #expect(abs(mean - evaluation.validationLoss) < 1e-5)
            let event = MetricEvent.evaluation(evaluation)
            let again = try JSONDecoder().decode(MetricEvent.self, from: Data(event.jsonLine.utf8))
            #expect(again == event)
        }
    }

    @Test("Easy pairs come first, and all of them in the second half")
    func easyToHard() throws {
        let corpus = try ParallelCorpus.named("copy", seed: 3, trainingCount: 400)
        let dataset = try PairDataset(
            corpus, tokenizer: corpus.characterTokenizer(), sourceLimit: 24, targetLimit: 24)
        var (configuration, _) = try runs.configured(.pairs)
        configuration.training.curriculum = .easyToHard
        configuration.training.steps = 160
        guard case .encoderDecoder(let sizes) = configuration.model else { return }
        let task = try SequenceToSequenceTask(
            sizes, dataset: dataset, training: configuration.training, seed: 1)
        func longest(_ steps: Range<Int>) -> Int {
            steps.map { task.batch(at: $0).sourceColumns }.max() ?? 0
        }
        let all = longest(80..<160)
        #expect(longest(0..<11) < longest(40..<60))
        #expect(longest(40..<60) < all && all == 13)
        let plain = try BucketedPairBatches(
            dataset.training, size: .tokens(configuration.training.batchTokens), seed: 1,
            specialTokens: dataset.specialTokens)
        #expect((80..<160).allSatisfy { task.batch(at: $0) == plain.batch(at: $0) })
    }

    @Test("What does not fit the data or the model is refused in a sentence")
    func refusals() throws {
        func problem(_ kind: DataKind, _ change: (inout RunConfiguration) -> Void) throws -> String
        {
            var (configuration, data) = try runs.configured(kind)
            change(&configuration)
            do {
                _ = try makeTrainer(configuration, data: data)
                return "nothing"
            } catch { return "\(error)" }
        }
        let stage = ContextStage(context: 25, untilStep: 3)
        #expect(
            try problem(.text) { $0.training.contextSchedule = [stage] }
                .contains("a stage of 25 tokens, but the model's context is 24"))
        #expect(
            try problem(.pairs) { $0.training.contextSchedule = [stage] }.contains("is for text"))
        #expect(
            try problem(.text) { $0.training.curriculum = .easyToHard }.contains("is for pairs"))
        var settings = try runs.configured(.text).configuration.training
        settings.contextSchedule = [stage, stage]
        #expect { try settings.validate() } throws: { "\($0)".contains("untilStep 3 after 3") }
        let half = MixedSource(source: "a", share: 0.5, finalShare: 0.6)
        #expect(MixedSource.problem([half]) == nil)
        #expect(MixedSource.problem([half, half])?.contains("more than 1") == true)
    }
}
