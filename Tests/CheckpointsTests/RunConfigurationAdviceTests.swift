import AttendCheckpoints
import AttendModels
import Testing

/// Settings that contradict each other, or do less than they say.
@Suite("Advice on runs")
struct RunConfigurationAdviceTests {
    private func configuration(
        _ kind: DataKind = .text, _ change: (inout TrainingSettings) -> Void
    ) -> RunConfiguration {
        var training = TrainingSettings(
            steps: 100, batch: 4, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 10,
            evaluationInterval: 50, evaluationTokens: 64, batchTokens: 64)
        change(&training)
        return RunConfiguration(
            attendVersion: "test", preset: "default",
            model: .gpt(
                GPT.Configuration(
                    vocabularySize: 10, contextLength: 16, layerCount: 1, headCount: 1, width: 8)),
            data: DataDescription(
                source: "a.txt", sha256: "", trainingCharacterCount: 1,
                validationCharacterCount: 1, kind: kind, documentSeparator: nil, floor: nil),
            training: training, seed: 1)
    }

    @Test("A batch has no more parts than rows", arguments: [(1, false), (4, false), (5, true)])
    func accumulation(parts: Int, isRefused: Bool) throws {
        let found = configuration { $0.accumulation = parts }.accumulationProblem
        #expect((found != nil) == isRefused)
        if isRefused {
            let sentence = try #require(found)
            #expect(sentence.contains("--accumulation 5") && sentence.contains("at most 4"))
            #expect(sentence.contains("a batch of 4 rows") && sentence.contains("--batch"))
        }
        // How many rows a batch of pairs has depends on their lengths.
        #expect(configuration(.pairs) { $0.accumulation = 100 }.accumulationProblem == nil)
    }

    @Test("Batches of few long rows are told of", arguments: [(4, 0), (5, 1)])
    func shortRows(parts: Int, count: Int) {
        let notices = configuration(.pairs) { $0.accumulation = parts }.notices
        #expect(notices.count == count)
        for notice in notices {
            #expect(notice.contains("--batch-tokens") && notice.contains("--accumulation 5"))
            #expect(notice.contains("as few as 4 rows"))
        }
        #expect(configuration { $0.accumulation = 4 }.notices.isEmpty)
    }

    @Test(
        "A rate that only rises is told of",
        arguments: [
            (99, 100, ScheduleKind.cosine, false), (100, 100, .cosine, true),
            (500, 100, .constant, true), (500, 100, .inverseRoot, false), (1, 1, .cosine, false),
        ])
    func warmup(warmup: Int, steps: Int, schedule: ScheduleKind, isTold: Bool) {
        let notices = configuration {
            ($0.steps, $0.warmupSteps, $0.schedule) = (steps, warmup, schedule)
        }.notices
        #expect(notices.count == (isTold ? 1 : 0))
        for notice in notices {
            #expect(notice.contains("over \(warmup) steps (--warmup)"))
            #expect(notice.contains("never reaches 0.001"))
        }
    }

    @Test(
        "A learning rate is greater than 0, up to 100",
        arguments: [
            (0, false), (-1, false), (.nan, false), (.infinity, false), (100.5, false),
            (1e-9, true), (100, true),
        ] as [(Float, Bool)])
    func learningRate(rate: Float, isAccepted: Bool) throws {
        let settings = configuration { $0.learningRate = rate }.training
        if isAccepted { return try settings.validate() }
        #expect { try settings.validate() } throws: {
            "\($0)".contains("learningRate is \(rate), but must be greater than 0, up to 100")
        }
    }
}
