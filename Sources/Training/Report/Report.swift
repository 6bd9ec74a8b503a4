internal import AttendCheckpoints
import AttendFigures
import Foundation
internal import AttendText

/// The page `report.html` of a run: what was trained, how the losses fell, what the model wrote
/// on the way, and what to do next.
///
/// The page is one file without fonts or pictures from elsewhere. Its content security policy
/// forbids them, and every script but the one that moves through the samples, which it names by
/// its hash, so that nothing a model writes can come to life. The page follows the reader's light
/// or dark setting and fits a telephone. The same events and summary give the same bytes.
public struct Report: Sendable {
    /// The most samples shown; of more, as many are picked evenly, with the first and the last.
    public static let sampleLimit = 60

    /// The most characters shown of one sample.
    public static let sampleLengthLimit = 10_000

    private let summary: ReportSummary
    private let history: RunHistory

    /// A report of the events so far; the run may still be going on.
    public init(_ events: [MetricEvent], summary: ReportSummary) {
        self.summary = summary
        history = RunHistory(events)
    }

    /// The page.
    public var html: String {
        let title = Markup.escaped(summary.title)
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src '\(ReportSamples.scriptHash)'"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title) – training report</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            <header>
            <p class="over">Attend · training report</p>
            <h1>\(title)</h1>
            <p class="lead">\(lead)</p>
            \(warning)</header>
            <main>
            \(results)
            \(plan)
            \(comparison)
            \(curves)
            \(ReportSamples(history: history).html)
            \(next)
            \(setup)
            </main>
            </body>
            </html>

            """
    }

    // MARK: Sections

    /// Why the run ended before all steps were taken, as a sentence; nothing where it did not.
    private var whyEarly: String {
        guard let end = history.end, end.reason == .patience else { return "" }
        let planned = summary.plannedSteps.map { " of \(Numeral.count($0)) planned" } ?? ""
        let best = history.best.map { " after step \(Numeral.count($0.step))" } ?? ""
        return " It ended there\(planned), since the evaluations\(best) brought no lower validation"
            + " loss."
    }

    private var lead: String {
        let model = Markup.escaped(summary.modelName)
        let data = Markup.escaped(summary.dataDescription)
        let made = "\(Numeral.count(history.lastStep)) \(history.lastStep == 1 ? "step" : "steps")"
        let state: String
        if history.end != nil {
            state = "Trained for \(made)." + whyEarly
        } else if let planned = summary.plannedSteps {
            state = "\(made) of \(Numeral.count(planned)) made so far."
        } else {
            state = "\(made) made so far."
        }
        return "\(model) with \(Numeral.count(summary.parameterCount)) parameters, on \(data). "
            + state
    }

    private var warning: String {
        guard let step = history.divergedStep else { return "" }
        return """
            <p class="warning">The loss stopped being a finite number at step \
            \(Numeral.count(step)). A lower learning rate or a longer warm-up usually helps.</p>

            """
    }

    private var results: String {
        var tiles: [(name: String, value: String, note: String)] = []
        if let best = history.best {
            tiles.append(
                (
                    "Best validation loss", Numeral.fixed(best.validationLoss, places: 3),
                    "nats per \(summary.tokenName), at step \(Numeral.count(best.step))"
                ))
            if let floor = history.floor,
                let percent = history.percentAboveFloor(
                    best.validationLoss)
            {
                tiles.append(
                    (
                        percent < 0 ? "Below the floor" : "Above the floor",
                        "\(Numeral.fixed(percent.magnitude, places: 1)) %",
                        "the least possible is \(Numeral.fixed(floor, places: 3))"
                    ))
            }
            tiles.append(
                (
                    "Perplexity", Numeral.brief(exp(best.validationLoss), digits: 3),
                    "as unsure as among so many equally likely \(summary.tokenName)s"
                ))
        }
        if let bits = history.end?.bitsPerByte {
            tiles.append(
                (
                    "Bits per byte", Numeral.fixed(bits, places: 3),
                    "of the text, at the end; comparable between tokenizers"
                ))
        }
        if let speed = history.tokensPerSecond {
            tiles.append(
                ("Speed", Numeral.brief(speed, digits: 3), "\(summary.tokenName)s per second"))
        }
        if let end = history.end {
            tiles.append(("Time", DurationText.text(end.seconds), "of training"))
            if let bytes = end.peakMemoryBytes {
                let kept = end.activationBytes.map {
                    ", \(Numeral.brief($0 / 1e6, digits: 3)) MB kept for the backward pass"
                }
                tiles.append(
                    ("Memory", Numeral.brief(bytes / 1e6, digits: 3), "MB at most\(kept ?? "")"))
            }
        }
        guard !tiles.isEmpty else { return "" }
        let cells = tiles.map { name, value, note in
            """
            <div class="tile"><dt>\(Markup.escaped(name))</dt>\
            <dd><strong>\(Markup.escaped(value))</strong> \
            <span>\(Markup.escaped(note))</span></dd></div>
            """
        }
        return "<dl class=\"tiles\">\n\(cells.joined(separator: "\n"))\n</dl>"
    }

    /// What the plan predicted beside what came of it.
    private var plan: String {
        guard let prediction = summary.prediction, let end = history.end else { return "" }
        let rows = PredictionComparison(prediction, end).rows.map { row in
            let cells = [row.predicted, row.actual, Numeral.fixed(row.ratio, places: 2)]
                .map { "<td>\(Markup.escaped($0))</td>" }.joined()
            return "<tr><th scope=\"row\">\(Markup.escaped(row.name))</th>\(cells)</tr>"
        }
        let range = [prediction.leastValidationLoss, prediction.greatestValidationLoss]
            .map { Numeral.fixed($0, places: 2) }.joined(separator: " to ")
        return """
            <section aria-labelledby="plan">
            <h2 id="plan">The plan and what came of it</h2>
            <p>Loss was expected from \(range) nats per \(Markup.escaped(summary.tokenName)).</p>
            <div class="scroll"><table>
            <tr><th scope="col"></th><th scope="col">predicted</th><th scope="col">actual</th>\
            <th scope="col">actual / predicted</th></tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            </section>
            """
    }

    /// Bits per byte beside other runs on the same text.
    private var comparison: String {
        guard !summary.comparison.isEmpty else { return "" }
        let rows = summary.comparison.map { run in
            let isOwn = run.path == summary.run
            let name = Markup.escaped(run.path) + (isOwn ? " (this run)" : "")
            let cells = [
                run.tokenizer, run.model, Numeral.count(run.parameters), Numeral.count(run.steps),
                Numeral.fixed(run.bitsPerByte ?? .nan, places: 4),
            ].map { "<td>\(Markup.escaped($0))</td>" }.joined()
            return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>"
        }
        return """
            <section aria-labelledby="comparison">
            <h2 id="comparison">Beside other runs on this text</h2>
            <p>Bits per byte of the same validation text: the fewer, the better, whatever the tokens are.</p>
            <div class="scroll"><table>
            <tr><th scope="col">run</th><th scope="col">tokens</th><th scope="col">model</th>\
            <th scope="col">parameters</th><th scope="col">steps</th><th scope="col">bits per byte</th></tr>
            \(rows.joined(separator: "\n"))
            </table></div>
            </section>
            """
    }

    private var curves: String {
        let figures = ReportFigures(history: history, tokenName: summary.tokenName)
        let details = figures.details.map { "<figure>\($0.svg())</figure>" }
        // Text in a figure shrinks with it, so a telephone gets one drawn for its width.
        return """
            <section aria-label="Curves">
            <figure class="wide">\(figures.loss(size: .standard).svg())</figure>
            <figure class="narrow">\(figures.loss(size: .narrow).svg())</figure>
            <div class="grid">
            \(details.joined(separator: "\n"))
            </div>
            </section>
            """
    }

    private var next: String {
        let run = ShellWord.quoted(summary.run)
        let goOn =
            history.end == nil
            ? """
            <dt>Continue this run where it stopped</dt>
            <dd><pre><code>attend train --resume \(Markup.escaped(run))</code></pre></dd>

            """ : ""
        return """
            <section aria-labelledby="next">
            <h2 id="next">What to do next</h2>
            <dl class="commands">
            <dt>Let the model write</dt>
            <dd><pre><code>attend generate \(Markup.escaped(run))</code></pre></dd>
            \(goOn)<dt>Repeat it from the start, with another --out; the same seed gives the same bits</dt>
            <dd><pre><code>\(Markup.escaped(summary.command))</code></pre></dd>
            </dl>
            </section>
            """
    }

    private var setup: String {
        let fixed = [
            ("model", summary.modelName), ("parameters", Numeral.count(summary.parameterCount)),
            ("data", summary.dataDescription), ("seed", String(summary.seed)),
        ]
        let rows = (fixed + summary.configuration.map { ($0.name, $0.value) }).map { name, value in
            "<tr><th scope=\"row\">\(Markup.escaped(name))</th><td>\(Markup.escaped(value))</td></tr>"
        }
        return """
            <section aria-labelledby="setup">
            <h2 id="setup">Configuration</h2>
            <table>
            \(rows.joined(separator: "\n"))
            </table>
            </section>
            """
    }
}
