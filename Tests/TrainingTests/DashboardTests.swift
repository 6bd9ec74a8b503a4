import AttendTraining
import Foundation
import Synchronization
import Testing

@Suite struct DashboardTests {
    private func state(_ steps: Int = 2000, parts: Int = 14) -> DashboardState {
        var state = DashboardState(
            title: "runs/a\u{1B}[31m", progress: ProgressState(step: 0, totalSteps: 2000))
        for event in SampleRun.events where (event.step ?? 0) <= steps {
            state.note(event)
            if case .step(let step) = event {
                state.progress.step = step.step
                state.progress.loss = step.loss
                state.progress.elapsedSeconds = Double(step.step) / 28
            }
        }
        state.note(
            .layers(
                .init(
                    step: steps,
                    layers: (0..<parts).map {
                        .init(
                            name: $0 == 0 ? "embedding" : "block \($0)", gradientNorm: 1,
                            weightNorm: 1, updateRatio: $0 == 1 ? .nan : 1e-3)
                    })))
        state.memoryBytes = 123e6
        return state
    }

    /// The text without colours, and whether nothing else steers the terminal.
    private func plain(_ line: String) -> String {
        let text = line.replacing(#/\u{1B}\[[0-9]*m/#, with: "")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        return text
    }

    private func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) {
            $0 + ((0x3000...0xFFEF).contains($1.value) || $1.value > 0x1F000 ? 2 : 1)
        }
    }

    @Test(arguments: [0, 1, 3, 40], [true, false])
    func fitsEveryWindow(parts: Int, isUnicode: Bool) {
        var state = state(parts: parts)
        if parts == 3 { state.note(.sample(.init(step: 2000, text: "狐\u{9B}は 🦊\n\t走る"))) }
        for width in [1, 2, 7, 20, 39, 40, 60, 80, 95, 96, 97, 120, 200, 9999] {
            for height in [1, 2, 3, 5, 8, 12, 13, 18, 24, 25, 50, 9999] {
                let lines = Dashboard.lines(
                    state, width: width, height: height, isColored: width.isMultiple(of: 2),
                    isUnicode: isUnicode)
                #expect(lines.count < max(height, 2), "\(width) × \(height)")
                for line in lines {
                    let text = plain(line)
                    #expect(columns(text) < max(width, 2), "\(width) × \(height): \(text)")
                    if !isUnicode, parts != 3 {
                        #expect(text.allSatisfy { $0.isASCII || "␛“”".contains($0) }, "\(text)")
                    }
                }
            }
        }
    }

    @Test func showsCurvePartsAndSample() {
        for width in [80, 140] {
            let lines = Dashboard.lines(
                state(), width: width, height: 40, isColored: false, isUnicode: true)
            let text = lines.joined(separator: "\n")
            for word in [
                "runs/a␛[31m", "2000/2000", "learning rate 0.0001", "gradient norm",
                "memory 123 MB",
                "●", "embedding", "block 13", "↓0.001", "━━━━", "At step 2,000 the model wrote",
                "Once there was a small fox",
            ] {
                #expect(text.contains(word), "\(word) at \(width)")
            }
            #expect(text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
            #expect(!text.contains("\u{1B}"))
        }
    }

    @Test func theCurveFallsFromTheUpperLeftToTheLowerRight() throws {
        let lines = Dashboard.lines(
            state(parts: 0), width: 60, height: 16, isColored: false, isUnicode: false)
        let rows = lines.filter { $0.contains("*") || $0.contains("o") && !$0.contains("the") }
        let first = try #require(rows.first { $0.contains("*") })
        let last = try #require(rows.last { $0.contains("*") })
        let (left, right) = (first.firstIndex(of: "*"), last.lastIndex(of: "*"))
        #expect(try #require(left) < first.index(first.startIndex, offsetBy: 14))
        #expect(try #require(right) > last.index(last.startIndex, offsetBy: 50))
    }

    @Test func nothingIsKnownAtTheBeginning() {
        let state = DashboardState(
            title: "runs/a", progress: ProgressState(step: 0, totalSteps: 10))
        let lines = Dashboard.lines(
            state, width: 80, height: 24, isColored: false, isUnicode: true)
        #expect(lines.first == "runs/a" && lines.contains { $0.contains("0/10") })
    }

    @Test func lossesThatAreNoNumbersAndLongRunsAreNoTrouble() {
        var state = DashboardState(
            title: "a", progress: ProgressState(step: 0, totalSteps: 100_000))
        for step in 1...50_000 {
            let loss = step.isMultiple(of: 7) ? Double.nan : step.isMultiple(of: 11) ? .infinity : 2
            state.note(
                .step(
                    .init(
                        step: step, loss: loss, learningRate: .nan, gradientNorm: .infinity,
                        tokensPerSecond: 0)))
        }
        state.note(.evaluation(.init(step: 3, trainLoss: .nan, validationLoss: -.infinity)))
        let lines = Dashboard.lines(
            state, width: 80, height: 24, isColored: true, isUnicode: true)
        #expect(lines.count > 10)
    }

    private final class Screen: Sendable {
        let text = Mutex("")
        let size = Mutex((width: 80, height: 12))
        var written: String { text.withLock { $0 } }
    }

    @Test func drawsInPlaceAFewTimesASecondAndClearsAWindowOfAnotherSize() {
        let screen = Screen()
        var display = DashboardDisplay(
            isColored: false, isUnicode: true, size: { screen.size.withLock { $0 } },
            write: { text in screen.text.withLock { $0 += text } })
        let state = state(100)
        for tenth in 0..<20 { display.update(state, at: Double(tenth) / 10) }
        let frames = screen.written.components(separatedBy: "\u{1B}[?2026h").dropFirst()
        #expect(frames.count == 7)
        let count = Dashboard.lines(
            state, width: 80, height: 12, isColored: false, isUnicode: true
        ).count
        #expect(frames.dropFirst().allSatisfy { $0.hasPrefix("\r\u{1B}[\(count)A") })
        screen.size.withLock { $0 = (40, 10) }
        screen.text.withLock { $0 = "" }
        display.update(state, at: 2, isUrgent: true)
        #expect(screen.written.hasPrefix("\u{1B}[?2026h\u{1B}[2J\u{1B}[H"))
        screen.text.withLock { $0 = "" }
        display.message("a\u{1B}[2Jb")
        #expect(screen.written.contains("A\u{1B}[Ja␛[2Jb\n\u{1B}[?2026h"))
        display.finish()
        // No other screen, no hidden cursor: nothing that would have to be undone.
        #expect(!screen.written.contains("1049") && !screen.written.contains("?25l"))
        #expect(screen.written.hasSuffix("\u{1B}[J\u{1B}[?2026l"))
    }
}
