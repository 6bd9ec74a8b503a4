import AttendCheckpoints
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite struct ReportTests {
    @Test func theSameRunGivesTheSamePage() {
        let first = Report(SampleRun.events, summary: SampleRun.summary).html
        #expect(first == Report(SampleRun.events, summary: SampleRun.summary).html)
        #expect(first.utf8.count < 400_000)
        // To look at it: ATTEND_REPORT_EXAMPLE=/tmp/report.html swift test --filter ReportTests
        if let path = ProcessInfo.processInfo.environment["ATTEND_REPORT_EXAMPLE"] {
            try? first.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    @Test func saysWhatWasTrainedAndWhatCameOut() {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
        for text in [
            "<h1>default on tales</h1>", "812,544 parameters", "Trained for 2,000 steps.",
            "<strong>0.889</strong>", "<strong>5.5 %</strong>", "<strong>2.43</strong>",
            "<strong>118,000</strong>", "<strong>1m 11s</strong>", "floor 0.842",
            "attend generate &#39;runs/default on tales&#39;",
            "attend train --seed 1",
            "<th scope=\"row\">layers</th><td>4</td>",
        ] {
            #expect(html.contains(text), "\(text)")
        }
    }

    @Test("Going on is offered where there is something left to do")
    func next() {
        let command = "attend train --resume &#39;runs/default on tales&#39;"
        #expect(!Report(SampleRun.events, summary: SampleRun.summary).html.contains(command))
        let unfinished = SampleRun.events.filter { if case .done = $0 { false } else { true } }
        #expect(Report(unfinished, summary: SampleRun.summary).html.contains(command))
    }

    @Test func samplesStandInOrderWithTheirLosses() throws {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
        let first = try #require(html.range(of: "<h3>Step 0</h3>"))
        let last = try #require(html.range(of: "<h3>Step 2,000</h3>"))
        #expect(first.lowerBound < last.lowerBound)
        #expect(html[last.upperBound...].contains("validation loss <b>0.889</b>"))
        #expect(html.contains("“I will ask the bear,” said Ada."))
    }

    @Test func whatAModelWritesStaysInertText() {
        let hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u{0}\u{1B}"
        var summary = SampleRun.summary
        summary.title = hostile
        summary.modelName = hostile
        summary.configuration = [(hostile, hostile)]
        summary.dataDescription = hostile
        summary.tokenName = hostile
        summary.command = hostile
        summary.run = hostile
        let html = Report(
            SampleRun.events + [.sample(.init(step: 3000, text: hostile))], summary: summary
        ).html
        #expect(!html.contains("<img"))
        #expect(html.components(separatedBy: "<script").count == 2, "the page's own, and no other")
        #expect(html.components(separatedBy: "</script").count == 2)
        #expect(!html.contains("\u{0}"))
        #expect(html.contains("&lt;script&gt;alert(1)"))
    }

    @Test func nothingIsLoadedFromElsewhere() {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
            .replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "")
        for word in ["http:", "https:", " src=", "href=", "url(", "@import", "<script ", "<link"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.contains("default-src 'none'"))
    }

    @Test func theOnlyScriptThatMayRunIsThatOfTheSlider() throws {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
        let begin = try #require(html.range(of: "<script>")).upperBound
        let end = try #require(html.range(of: "</script>")).lowerBound
        let digest = SHA256.hash(Array(html[begin..<end].utf8))
        let hash = "sha256-" + Data(digest.bytes).base64EncodedString()
        #expect(html.contains("script-src '\(hash)'\""))
        for word in ["innerHTML", "eval", "document.write", "<"] {
            #expect(!html[begin..<end].contains(word), "\(word)")
        }
    }

    @Test func theSliderMovesThroughTheSamplesThatStandInTheList() {
        let html = Report(SampleRun.events, summary: SampleRun.summary).html
        #expect(html.contains("<input type=\"range\" id=\"when\" min=\"0\" max=\"4\""))
        #expect(html.contains("<div id=\"player\" hidden>"), "of no use without its script")
        #expect(html.contains("<details id=\"all\" open>"), "readable without it")
        #expect(html.components(separatedBy: "<li>").count == 6)
        let one = Report([.sample(.init(step: 1, text: "a"))], summary: SampleRun.summary).html
        #expect(!one.contains("type=\"range\""))
    }

    private func layers(_ count: Int) -> [MetricEvent] {
        (1...20).map { step in
            .layers(
                .init(
                    step: step * 10,
                    layers: (0..<count).map {
                        .init(
                            name: "part \($0)", gradientNorm: Double($0 + 1), weightNorm: 1,
                            updateRatio: step == 3 ? 0 : 1e-3 * Double($0 + 1))
                    }))
        }
    }

    @Test(arguments: [1, 6, 14, 98])
    func partsOfTheModelHaveALineEach(count: Int) throws {
        let html = Report(layers(count), summary: SampleRun.summary).html
        let start = try #require(html.range(of: ">Update-to-weight ratio of each part<"))
        let chart = html[start.upperBound...].prefix { $0 != "\u{0}" }
            .components(separatedBy: "</svg>")[0]
        let lines = chart.components(separatedBy: "<path d=").count - 1
        #expect(lines == 2 * min(count, 24) || lines == min(count, 24), "\(lines)")
        #expect(chart.contains("class=\"reference\"") && chart.contains(">0.001<"))
        #expect(chart.contains("not finite or not positive, left out"))
        #expect(chart.contains("24 of 98 parts") == (count == 98))
        // A strip of colours says more than fourteen names in four lines.
        #expect(chart.contains("part 0, part 1 … part 12, part 13") == (count == 14))
        #expect(html.utf8.count < 600_000)
    }

    @Test func aRunThatHasJustBegunHasAReport() {
        let html = Report([], summary: SampleRun.summary).html
        #expect(html.contains("0 steps of 2,000 made so far."))
        #expect(html.contains("no data yet"))
    }

    @Test func aRunThatDivergedSaysSo() {
        let events: [MetricEvent] = [
            .step(
                .init(
                    step: 7, loss: .nan, learningRate: 1, gradientNorm: .infinity,
                    tokensPerSecond: 100)),
            .evaluation(.init(step: 10, trainLoss: .nan, validationLoss: .nan)),
        ]
        let html = Report(events, summary: SampleRun.summary).html
        #expect(html.contains("stopped being a finite number at step 7."))
    }

    @Test func manyAndLongSamplesAreLimited() {
        let events = (0..<500).map {
            MetricEvent.sample(.init(step: $0, text: String(repeating: "x", count: 20_000)))
        }
        let html = Report(events, summary: SampleRun.summary).html
        #expect(html.contains("Shown are 60 of 500"))
        #expect(html.contains("<h3>Step 0</h3>"))
        #expect(html.contains("<h3>Step 499</h3>"))
        #expect(html.utf8.count < 700_000)
    }
}

@Suite struct SamplesTextTests {
    @Test func samplesHaveHeadings() {
        let text = SamplesText.text(of: SampleRun.events, title: "default on tales")
        #expect(text.hasPrefix("Samples of default on tales\n\n──── step 0 · training loss 4.322"))
        #expect(text.contains("──── step 2,000 · training loss 0.877 · validation loss 0.889 ────"))
        #expect(
            text.contains(
                "──── step 250 · training loss 1.528 · validation loss 1.540 (at step 200)"))
        #expect(text.contains("qX?hvUk;e\nTz,gRm␛[31m oP"))
    }

    @Test func noSamplesAreSaidToBeNone() {
        #expect(SamplesText.text(of: [], title: "x") == "Samples of x\n\nnone yet\n")
    }
}

@Suite struct ShellWordTests {
    @Test(arguments: [
        ("runs/a-b_1.2", "runs/a-b_1.2"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
        ("$(x)", "'$(x)'"), ("", "''"), ("~", "'~'"), ("é", "'é'"),
    ])
    func isQuotedWhereNeeded(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }
}
