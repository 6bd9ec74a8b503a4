import AttendFigures
import AttendTraining
import Foundation
import Testing

@Suite struct ReportCurvesTests {
    private func step(
        _ number: Int, loss: Double = 1, speed: Double = 100,
        skipped: MetricEvent.Step.Skipped? = nil
    ) -> MetricEvent {
        .step(
            .init(
                step: number, loss: loss, learningRate: 1, gradientNorm: 1, tokensPerSecond: speed,
                skipped: skipped))
    }

    private func chart(_ title: String, of html: String) throws -> String {
        let start = try #require(html.range(of: ">\(title)<"))
        return html[start.upperBound...].components(separatedBy: "</svg>")[0]
    }

    @Test func stepsThatWereLeftOutAreMarkedAndCounted() throws {
        let events = (1...40).map { number in
            switch number {
            case 7, 30: step(number, loss: 9, skipped: .spike)
            case 20: step(number, loss: .nan, skipped: .nonFinite)
            default: step(number)
            }
        }
        let html = Report(events, summary: SampleRun.summary).html
        #expect(
            html.contains(
                "Left out: 2 steps that stood out, 1 step in which something was infinite or not a number;"
            ))
        let loss = try chart("Loss", of: html)
        #expect(loss.components(separatedBy: "class=\"ring line0\"").count - 1 == 3)
        #expect(loss.contains("a ring is a step that was left out"))
        // A run that left such a step out has not diverged.
        #expect(!html.contains("stopped being a finite number"))
        let whole = Report((1...40).map { step($0) }, summary: SampleRun.summary).html
        #expect(!whole.contains("Left out") && !whole.contains("a ring is"))
        #expect(!whole.contains("class=\"ring line0\""))
    }

    @Test func ofManyStepsThatWereLeftOutSomeAreMarked() throws {
        let events = (1...5000).map { step($0, skipped: $0 > 64 ? .spike : nil) }
        let html = Report(events, summary: SampleRun.summary).html
        let rings = try chart("Loss", of: html).components(separatedBy: "class=\"ring line0\"")
        #expect(rings.count - 1 == 60)
        #expect(html.contains("4,936 steps that stood out"))
    }

    @Test func theTrainingLossLiesOverThatOfValidationInDashes() throws {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
        let loss = try chart("Loss", of: html)
        let dashed = try #require(loss.range(of: "<path d=", options: .backwards))
        #expect(loss[dashed.lowerBound...].contains("class=\"series line0 dashed\""))
        let validation = try #require(loss.range(of: "class=\"series line1\"", options: .backwards))
        #expect(validation.lowerBound < dashed.lowerBound)
    }

    @Test func theSpeedIsShownOverSeveralStepsToo() throws {
        // Every second step takes three times as long: 200 tokens in 4 seconds, whatever the window.
        let events = (1...2000).map { step($0, speed: $0.isMultiple(of: 2) ? 100.0 / 3 : 100) }
        let html = Report(events, summary: SampleRun.summary).html
        let speed = try chart("Tokens per second", of: html)
        #expect(speed.contains("over 50 steps") && speed.contains("each step"))
        #expect(speed.contains("class=\"series line4 faint\""))
        #expect(speed.contains("class=\"series line4\""))
        let short = try chart(
            "Tokens per second",
            of: Report((1...20).map { step($0) }, summary: SampleRun.summary).html)
        #expect(!short.contains("each step"))
    }

    @Test func speedsAreTokensByTime() {
        func smoothed(_ speeds: [Double], window: Int) -> [Double] {
            SmoothedSpeed.points(
                of: speeds.enumerated().map { FigurePoint(x: Double($0), y: $1) }, window: window
            ).map { ($0.y * 1000).rounded() / 1000 }
        }
        // 3 steps of 100 tokens take 1 + 1 + 4 seconds; at the ends a step stands alone.
        #expect(smoothed([100, 100, 25, 100, 100], window: 3) == [100, 50, 50, 50, 100])
        #expect(smoothed([7], window: 9) == [7])
        #expect(smoothed([], window: 9).isEmpty)
        // Steps without a speed do not count.
        #expect(smoothed([100, .nan, 50, 0, .infinity], window: 3)[1] == 66.667)
    }
}
