import AttendCheckpoints
import AttendModels
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite struct LossRuleTests {
    private let rule = LossRule(bigram: 2.482, floor: nil, uniqueTokens: 1_000_000)

    /// The runs that Documentation/Decisions/0014-planner.md lists.
    @Test(arguments: [
        (110_976, 307_200.0, 2.529), (110_976, 1_228_800, 2.151), (810_616, 307_200, 2.579),
        (810_616, 1_228_800, 2.031), (804_096, 1_536_000, 1.90), (10_600_000, 82e6, 1.47),
    ])
    func meetsTheRunsThatItWasFittedTo(parameters: Int, tokens: Double, loss: Double) {
        let found = rule.loss(parameters: parameters, tokens: tokens)
        #expect(abs(found / loss - 1) < 0.06, "\(found)")
        #expect(rule.range(around: found).contains(loss))
    }

    @Test func moreTokensAndMoreParametersAreBetterButNothingGetsBelowTheFloor() {
        for floor in [nil, 0.239] {
            let rule = LossRule(bigram: 2.2, floor: floor, uniqueTokens: 1e6)
            var last = Double.infinity
            for tokens in [1e4, 1e5, 1e6, 1e7, 1e9, 1e15] {
                let loss = rule.loss(parameters: 1_000_000, tokens: tokens)
                #expect(loss <= last && loss > (floor ?? 0))
                #expect(loss <= rule.loss(parameters: 10_000, tokens: tokens))
                #expect(rule.range(around: loss).lowerBound >= floor ?? 0)
                last = loss
            }
        }
        #expect(rule.loss(parameters: 0, tokens: 0).isFinite)
    }

    @Test func aTextThatIsReadAgainCountsLess() {
        let short = LossRule(bigram: 2.482, floor: nil, uniqueTokens: 1e5)
        let long = LossRule(bigram: 2.482, floor: nil, uniqueTokens: 1e9)
        #expect(
            short.loss(parameters: 1_000_000, tokens: 1e5)
                == long.loss(parameters: 1_000_000, tokens: 1e5))
        #expect(
            short.loss(parameters: 1_000_000, tokens: 1e8)
                > long.loss(parameters: 1_000_000, tokens: 1e8) + 0.05)
    }
}

@Suite struct BigramEntropyTests {
    @Test func isWhatCountsSay() throws {
        let text = try TokenDataset(training: [0, 1, 0, 1, 0, 2], validation: [0, 1, 2]).tokenText
        // After 0: 1, 1 and 2 were seen, of three tokens; after 1: twice 0.
        let expected = -(log((2.0 + 1) / (3 + 3)) + log((0.0 + 1) / (2 + 3))) / 2
        #expect(abs(try BigramEntropy.nats(of: text, vocabularySize: 3) - expected) < 1e-12)
        let short = try TokenDataset(training: [0], validation: [0]).tokenText
        #expect(try BigramEntropy.nats(of: short, vocabularySize: 3).isNaN)
    }
}

@Suite("Plans, from measurements that are given")
struct PlanSearchTests {
    private let folder = NSTemporaryDirectory() + "attend-plan-tests-" + UUID().uuidString

    private func search(
        minutes: Double, memoryLimit: Double = 1e10, text: String? = nil
    ) throws -> PlanSearch {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let line = "the cat sat on the mat and the dog sat on the log. "
        try (text ?? String(repeating: line, count: 400)).write(
            toFile: folder + "/text.txt", atomically: true, encoding: .utf8)
        let data = try TrainingData(
            TrainingData.Request(source: folder + "/text.txt", seed: 1, tokenizer: .character))
        let request = TrainingPlan.Request(
            minutes: minutes, memoryLimit: memoryLimit, attendVersion: "test")
        return PlanSearch(
            request: request, data: data,
            rule: LossRule(bigram: 2.5, floor: nil, uniqueTokens: 1e9))
    }

    private func probe(step: Double, tensors: Double = 1e8) -> PlanProbe {
        PlanProbe(
            stepSeconds: step, evaluationSeconds: 0.1, finalSeconds: 0.5, savingSeconds: 0.02,
            tensorBytes: tensors, processBytes: tensors + 5e7)
    }

    private let small = PlanCandidate.all[0]

    @Test func aTimeIsFilledWithStepsAfterEverythingElse() {
        let probe = probe(step: 0.01)
        let count = PlanCandidate.evaluationCount
        let steps = probe.steps(in: 60, evaluations: count)
        #expect(steps.isMultiple(of: 10))
        let seconds = probe.seconds(steps: steps, evaluations: count)
        #expect(seconds < 60.001 && seconds > 59.8)
        #expect(abs(seconds - (Double(steps) * 0.01 + 11 * 0.1 + 0.5 + 10 * 0.02)) < 1e-9)
        #expect(probe.steps(in: 1, evaluations: count) == 0)
        #expect(self.probe(step: 0).steps(in: 60, evaluations: count) == 0)
        #expect(self.probe(step: 1e-300).steps(in: 1e300, evaluations: 1) <= 100_000_000)
    }

    @Test func thePlanIsOfTheModelThatWasMeasuredAndSaysWhatItTakes() throws {
        var search = try search(minutes: 1)
        search.note(probe(step: 0.02), of: small)
        #expect(throws: ConfigurationError.self) { try search.plan() }
        search.noteClose(small)
        let plan = try search.plan()
        guard case .gpt(let sizes) = plan.configuration.model else {
            Issue.record("no GPT")
            return
        }
        #expect(sizes.width == 64 && sizes.layerCount == 2)
        #expect(plan.prediction.seconds < 60.001 && plan.prediction.seconds > 58)
        #expect(plan.prediction.memoryBytes == 1.5e8)
        #expect(plan.configuration.prediction == plan.prediction)
        #expect(plan.configuration.training.steps > 2500)
        try plan.configuration.model.sizes.validate()
        try plan.configuration.training.validate()
    }

    @Test func moreTimeAndAFasterMachineAllowLargerModels() throws {
        func width(minutes: Double, step: Double, memory: Double = 1e12) throws -> Int {
            var search = try search(minutes: minutes, memoryLimit: memory)
            search.note(probe(step: step, tensors: 1e7), of: small)
            return try #require(search.best).width
        }
        #expect(try width(minutes: 1, step: 0.05) <= 96)
        #expect(try width(minutes: 600, step: 0.01) >= 96)
        #expect(try width(minutes: 600, step: 0.01, memory: 6.2e7) == 64)
    }

    @Test func whereNothingFitsItSaysWhatWouldDo() throws {
        var search = try search(minutes: 0.1)
        search.note(probe(step: 10), of: small)
        #expect(search.best == nil)
        // 20 steps of 10 s, eleven evaluations and what is done once; and a fifth more.
        let sentence = search.noModel.description
        #expect(sentence.contains("no model fits the time") && sentence.contains("in 0.1 minutes"))
        #expect(sentence.contains("give at least --minutes 4.1"), "\(sentence)")
        #expect(!sentence.contains("memory"))
        var enough = try self.search(minutes: 4.1)
        enough.note(probe(step: 10), of: small)
        #expect(enough.best == small)
        var poor = try self.search(minutes: 10, memoryLimit: 1e6)
        poor.note(probe(step: 0.01), of: small)
        #expect(poor.best == nil)
        let lack = poor.noModel.description
        #expect(lack.contains("no model fits the memory") && lack.contains("more than 1 MB"))
        #expect(lack.contains("--memory-limit") && !lack.contains("--minutes"))
    }

    @Test func aShortTextGetsAShortContext() throws {
        let search = try search(minutes: 1, text: String(repeating: "ab c. ", count: 60))
        let context = search.configuration(of: small).model.sizes.contextLength
        #expect(context == 8)
    }
}

@Suite struct PredictionTests {
    private let prediction = TrainingPrediction(
        seconds: 60, memoryBytes: 1e8, validationLoss: 0.5, leastValidationLoss: 0.4,
        greatestValidationLoss: 0.6)

    @Test func theReportShowsWhatCameOfThePlan() {
        var summary = SampleRun.summary
        summary.prediction = prediction
        let done = MetricEvent.Done(
            run: "a", steps: 1, validationLoss: 0.55, seconds: 50, totalSeconds: 66,
            peakMemoryBytes: 9e7)
        let html = Report([.done(done)], summary: summary).html
        for text in [
            "The plan and what came of it", "<td>1m 00s</td><td>1m 06s</td><td>1.10</td>",
            "<td>100 MB</td><td>90 MB</td><td>0.90</td>",
            "<td>0.500</td><td>0.550</td><td>1.10</td>", "0.40 to 0.60",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!Report([.done(done)], summary: SampleRun.summary).html.contains("The plan"))
        // A run of an older version knows neither its time nor its memory.
        let old = MetricEvent.Done(run: "a", steps: 1, validationLoss: .nan, seconds: 50)
        #expect(PredictionComparison(prediction, old).rows.isEmpty)
    }

    @Test func itIsKeptInTheConfiguration() throws {
        let runs = try SmallRuns()
        var (configuration, data) = try runs.configured(.text)
        configuration.prediction = prediction
        let run = try TrainingRun.begin(
            configuration, data: data, at: runs.path("run"), commandLine: "attend train")
        #expect(try run.directory.validatedConfiguration().prediction == prediction)
    }

    @Test func theEndOfARunTellsItsTimeAndMemoryResumedOrNot() throws {
        let runs = try SmallRuns()
        try runs.train(runs.begin("run", .text), stopAfter: 6)
        try runs.train(runs.resume("run"))
        let events = try MetricsLog.events(
            in: URL(fileURLWithPath: runs.path("run/metrics.jsonl")))
        guard case .done(let done)? = events.last else {
            Issue.record("no end")
            return
        }
        #expect(try #require(done.totalSeconds) > done.seconds)
        #expect(try #require(done.peakMemoryBytes) > 1e6)
    }
}
