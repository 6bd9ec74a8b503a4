import AttendTraining
import Foundation
import Synchronization
import Testing

@Suite struct ProgressLineTests {
    static let state = ProgressState(
        step: 400, totalSteps: 2000, elapsedSeconds: 16.25, loss: 1.2345, validationLoss: 1.31,
        floor: 0.842, tokensPerSecond: 118_234)

    @Test(arguments: [
        (
            120,
            " 400/2000  ━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  loss 1.235  validation 1.310  floor 0.842"
                + "  118,234 tokens/s  1m 05s left"
        ),
        (
            95,
            " 400/2000  ━┄┄┄┄┄┄┄┄  loss 1.235  validation 1.310  floor 0.842  118,234 tokens/s"
                + "  1m 05s left"
        ),
        (
            84,
            " 400/2000  loss 1.235  validation 1.310  floor 0.842  118,234 tokens/s  1m 05s left"
        ),
        (80, " 400/2000  loss 1.235  validation 1.310  118,234 tokens/s  1m 05s left"),
        (60, " 400/2000  loss 1.235  validation 1.310  1m 05s left"),
        (40, " 400/2000  loss 1.235  1m 05s left"),
        (30, " 400/2000  loss 1.235"),
        (12, " 400/2000"),
        (5, " 400"),
    ])
    func leavesOutTheLeastNeeded(width: Int, line: String) {
        #expect(ProgressLine.text(Self.state, width: width) == line)
    }

    @Test func isNeverWiderThanTheTerminal() {
        for width in 1...200 {
            let plain = ProgressLine.text(Self.state, width: width)
            #expect(plain.count < max(width, 2))
            let colored = ProgressLine.text(Self.state, width: width, isColored: true)
                .replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
            #expect(colored.replacing("━", with: "") == plain.replacing(#/[━┄]/#, with: ""))
        }
    }

    @Test func usesOnlyASCIIWhereAsked() {
        let line = ProgressLine.text(Self.state, width: 120, isUnicode: false)
        #expect(line.utf8.allSatisfy { $0 < 128 })
    }

    @Test func saysHowLongItTookAtTheEnd() {
        let state = ProgressState(step: 10, totalSteps: 10, elapsedSeconds: 61)
        #expect(ProgressLine.text(state, width: 20) == "10/10  in 1m 01s")
    }

    @Test func estimatesByTheStepsOfThisProcess() {
        let state = ProgressState(
            step: 1500, totalSteps: 2000, firstStep: 1000, elapsedSeconds: 10)
        #expect(state.remainingSeconds == 10)
        #expect(ProgressState(step: 5, totalSteps: 9, firstStep: 5).remainingSeconds == nil)
    }

    @Test func aLossThatIsNotFiniteIsSaidToBe() {
        let state = ProgressState(step: 1, totalSteps: 2, loss: .nan, validationLoss: .infinity)
        let line = ProgressLine.text(state, width: 100)
        #expect(line.contains("loss NaN  validation infinite"))
    }

    @Test(arguments: [
        (0.0, "0s"), (59.4, "59s"), (59.6, "1m 00s"), (65, "1m 05s"), (3600, "1h 00m"),
        (7384, "2h 03m"), (90_000, "1d 01h"), (-1, "–"), (.nan, "–"), (.infinity, "–"),
    ])
    func durationsHaveTwoUnits(seconds: Double, text: String) {
        #expect(DurationText.text(seconds) == text)
    }
}

@Suite struct ProgressDisplayTests {
    /// Collects what a display writes.
    private final class Output: Sendable {
        private let text = Mutex("")
        func write(_ more: String) { text.withLock { $0 += more } }
        var written: String { text.withLock { $0 } }
    }

    private func state(_ step: Int) -> ProgressState { .init(step: step, totalSteps: 100) }

    @Test func aLiveLineIsDrawnOverAndNotTooOften() {
        let output = Output()
        var display = ProgressDisplay(style: .live, width: { 40 }, write: output.write)
        display.update(state(1), at: 0)
        display.update(state(2), at: 0.05)
        display.update(state(3), at: 0.2)
        display.finish()
        let parts = output.written.components(separatedBy: "\r\u{1B}[K")
        #expect(parts.map { $0.prefix(8) } == ["", "  1/100 ", "  3/100 ", "  3/100 "])
        #expect(output.written.hasSuffix("\n"))
    }

    @Test func aMessageStandsAboveTheLiveLine() {
        let output = Output()
        var display = ProgressDisplay(style: .live, width: { 12 }, write: output.write)
        display.update(state(1), at: 0)
        display.message("text\u{1B}[2J")
        #expect(
            output.written
                == "\r\u{1B}[K  1/100\r\u{1B}[Ktext␛[2J\n\r\u{1B}[K  1/100")
    }

    @Test func plainLinesComeNowAndThenAndAtEvaluations() {
        let output = Output()
        var display = ProgressDisplay(
            style: .plain(interval: 10), width: { 40 }, write: output.write)
        for step in 1...25 {
            display.update(state(step), at: Double(step))
        }
        display.evaluated(state(26), at: 26)
        display.finish()
        let steps = output.written.split(separator: "\n").map { $0.prefix(7) }
        #expect(steps == ["  1/100", " 11/100", " 21/100", " 26/100"])
        #expect(!output.written.contains("\u{1B}"))
    }
}

@Suite struct TerminalTests {
    @Test func followsTheEnvironment() {
        let plain = Terminal(environment: [:], isTerminal: true, windowColumns: nil)
        #expect(plain.isInteractive && plain.isColored && !plain.isUnicode)
        #expect(plain.width == 80)
        let other = Terminal(
            environment: ["NO_COLOR": "1", "LANG": "de_DE.UTF-8", "COLUMNS": "33"],
            isTerminal: true, windowColumns: 100, windowRows: 50)
        #expect(other.isInteractive && !other.isColored && other.isUnicode)
        #expect(other.width == 33 && other.height == 50)
        let file = Terminal(environment: ["LC_ALL": "C"], isTerminal: false, windowColumns: 100)
        #expect(!file.isInteractive && !file.isColored && !file.isUnicode)
        #expect(file.width == 100)
        let dumb = Terminal(
            environment: ["TERM": "dumb", "COLUMNS": "-4"], isTerminal: true, windowColumns: 0)
        #expect(!dumb.isInteractive && !dumb.isColored)
        #expect(dumb.width == 80 && dumb.height == 24)
    }
}
