import AttendTraining
import Foundation
import Testing

@Suite struct MetricEventTests {
    @Test(arguments: [
        (
            MetricEvent.start(.init(parameters: 10, run: "runs/a", floor: 0.5)),
            #"{"event":"start","parameters":10,"run":"runs/a","floor":0.5}"#
        ),
        (
            .start(.init(parameters: 10, run: "runs/a")),
            #"{"event":"start","parameters":10,"run":"runs/a"}"#
        ),
        (
            .step(
                .init(
                    step: 3, loss: 1.25, learningRate: 0.001, gradientNorm: 0.5,
                    tokensPerSecond: 120_000)),
            #"{"event":"step","step":3,"loss":1.25,"learningRate":0.001,"#
                + #""gradientNorm":0.5,"tokensPerSecond":120000}"#
        ),
        (
            .layers(
                .init(
                    step: 3,
                    layers: [
                        .init(
                            name: "block 1", gradientNorm: 0.5, weightNorm: 8, updateRatio: 0.001)
                    ])),
            #"{"event":"layers","step":3,"layers":[{"name":"block 1","gradientNorm":0.5,"#
                + #""weightNorm":8,"updateRatio":0.001}]}"#
        ),
        (
            .evaluation(.init(step: 3, trainLoss: 1.5, validationLoss: 1.75, floor: 1)),
            #"{"event":"evaluation","step":3,"trainLoss":1.5,"validationLoss":1.75,"floor":1}"#
        ),
        (
            .evaluation(
                .init(
                    step: 3, trainLoss: 1.5, validationLoss: 1.75, accuracy: 0.5, trainAccuracy: 1)),
            #"{"event":"evaluation","step":3,"trainLoss":1.5,"validationLoss":1.75,"accuracy":0.5,"#
                + #""trainAccuracy":1}"#
        ),
        (
            .sample(.init(step: 3, text: "\"a\\b\"\n\t\u{1}\u{2028}é")),
            #"{"event":"sample","step":3,"text":"\"a\\b\"\n\t\u0001\u2028é"}"#
        ),
        (
            .done(.init(run: "runs/a", steps: 3, validationLoss: 1.75, seconds: 61.5)),
            #"{"event":"done","run":"runs/a","steps":3,"validationLoss":1.75,"seconds":61.5}"#
        ),
    ])
    func isOneLineOfJSONInAFixedOrder(event: MetricEvent, line: String) throws {
        #expect(event.jsonLine == line)
        #expect(try decoded(line) == event)
        let encoded = try JSONEncoder().encode(event)
        #expect(try JSONDecoder().decode(MetricEvent.self, from: encoded) == event)
    }

    @Test func aNumberThatIsNotFiniteIsNullAndComesBackAsNotANumber() throws {
        let event = MetricEvent.step(
            .init(
                step: 1, loss: .nan, learningRate: 0.1, gradientNorm: .infinity,
                tokensPerSecond: 1))
        #expect(event.jsonLine.contains(#""loss":null,"learningRate":0.1,"gradientNorm":null"#))
        guard case .step(let step) = try decoded(event.jsonLine) else {
            Issue.record("not a step")
            return
        }
        #expect(step.loss.isNaN)
        #expect(step.gradientNorm.isNaN)
        let encoded = try JSONEncoder().encode(event)
        #expect(String(decoding: encoded, as: UTF8.self).contains(#""loss":null"#))
    }

    @Test func fractionsHaveTheDigitsOfFloat() throws {
        let event = MetricEvent.evaluation(
            .init(step: 1, trainLoss: Double(Float(1.2345678)), validationLoss: 1e300))
        let line = event.jsonLine
        #expect(line.contains(#""trainLoss":1.2345678,"validationLoss":1e+300"#))
        #expect(try decoded(line).jsonLine == line)
    }

    @Test func unknownMembersAreIgnoredAndOtherMistakesAreNot() throws {
        #expect(
            try decoded(#"{"event":"sample","step":1,"text":"a","later":[1]}"#)
                == .sample(.init(step: 1, text: "a")))
        for line in [
            "{}", "[]", #"{"event":"other"}"#, #"{"event":"sample","step":-1,"text":""}"#,
            #"{"event":"sample","step":1e30,"text":""}"#, #"{"event":"sample","step":1}"#,
        ] {
            #expect(throws: DecodingError.self) { try decoded(line) }
        }
    }

    private func decoded(_ line: String) throws -> MetricEvent {
        try JSONDecoder().decode(MetricEvent.self, from: Data(line.utf8))
    }
}

@Suite final class MetricsLogTests {
    private let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("attend-metrics-\(UUID().uuidString).jsonl")

    deinit { try? FileManager.default.removeItem(at: url) }

    private func step(_ number: Int) -> MetricEvent {
        .step(
            .init(
                step: number, loss: 1, learningRate: 0.5, gradientNorm: 1, tokensPerSecond: 1))
    }

    @Test func whatIsAppendedCanBeReadWhileTheLogIsOpen() throws {
        let log = try MetricsLog(creating: url)
        for event in SampleRun.events.prefix(50) {
            try log.append(event)
        }
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        #expect(lines.map(String.init) == SampleRun.events.prefix(50).map(\.jsonLine))
        #expect(try MetricsLog.events(in: url).map(\.jsonLine) == lines.map(String.init))
    }

    @Test func aLogIsNotBegunTwice() throws {
        _ = try MetricsLog(creating: url)
        #expect(throws: MetricsLogError.self) { try MetricsLog(creating: self.url) }
    }

    @Test func resumingCutsOffWhatCameAfterTheCheckpoint() throws {
        let start = MetricEvent.start(.init(parameters: 1, run: "a"))
        let evaluation = MetricEvent.evaluation(.init(step: 2, trainLoss: 1, validationLoss: 1))
        let end = MetricEvent.done(.init(run: "a", steps: 3, validationLoss: 1, seconds: 1))
        try write([start, step(1), step(2), evaluation, step(3), end])
        let log = try MetricsLog(resuming: url, afterStep: 2)
        try log.append(step(3))
        #expect(
            try MetricsLog.events(in: url) == [start, step(1), step(2), evaluation, step(3)])
    }

    @Test func resumingAFinishedRunRemovesItsEnd() throws {
        let end = MetricEvent.done(.init(run: "a", steps: 1, validationLoss: 1, seconds: 1))
        try write([step(1), end])
        try MetricsLog(resuming: url, afterStep: 1).append(step(2))
        #expect(try MetricsLog.events(in: url) == [step(1), step(2)])
    }

    @Test func aLogTornAtAnyByteIsReadAndResumed() throws {
        let whole = Data((step(1).jsonLine + "\n" + step(2).jsonLine + "\n").utf8)
        let first = step(1).jsonLine.utf8.count
        for length in 0...whole.count {
            try whole.prefix(length).write(to: url)
            let known = length < first ? 0 : length < whole.count - 1 ? 1 : 2
            #expect(try MetricsLog.events(in: url).count == known)
            try MetricsLog(resuming: url, afterStep: 5).append(step(3))
            #expect(
                try MetricsLog.events(in: url) == [step(1), step(2)].prefix(known) + [step(3)])
        }
    }

    @Test func anotherBadLineIsReportedByItsNumber() throws {
        let good = step(1).jsonLine
        for (bad, reason) in [
            ("nonsense", "expected a JSON object"), ("", "expected a JSON object"),
            (#"{"event":"step","step":1}"#, "the member \"loss\" is missing"),
            (#"{"event":"step","step":"x"}"#, "the member \"step\" is no Int"),
            (#"{"event":"stop"}"#, "none of start, step, layers, evaluation, sample and done"),
            (String(repeating: "[", count: 100_000), "expected a JSON object"),
        ] {
            try Data("\(good)\n\(bad)\n\(good)\n".utf8).write(to: url)
            let error = try #require(throws: MetricsLogError.self) {
                try MetricsLog.events(in: self.url)
            }
            #expect(error.description.contains("line 2: "), "\(error)")
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test func aMissingLogIsAnErrorToReadAndBegunAnewToResume() throws {
        #expect(throws: MetricsLogError.self) { try MetricsLog.events(in: self.url) }
        try MetricsLog(resuming: url, afterStep: 0).append(step(1))
        #expect(try MetricsLog.events(in: url) == [step(1)])
    }

    @Test func aPlaceThatCannotBeWrittenIsAnError() {
        let nowhere = URL(fileURLWithPath: "/nonexistent/metrics.jsonl")
        #expect(throws: MetricsLogError.self) { try MetricsLog(creating: nowhere) }
        #expect(throws: MetricsLogError.self) { try MetricsLog(resuming: nowhere, afterStep: 0) }
    }

    private func write(_ events: [MetricEvent]) throws {
        try Data(events.map { $0.jsonLine + "\n" }.joined().utf8).write(to: url)
    }
}
