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
            \(ReportResults(history: history, summary: summary).html)
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
            + state + leftOut
    }

    private var warning: String {
        var sentences: [String] = []
        if let step = history.divergedStep {
            sentences.append(
                "The loss stopped being a finite number at step \(Numeral.count(step)). A lower learning rate or"
                    + " a longer warm-up usually helps.")
        }
        if let excess = history.end.flatMap(MemoryLimit.excess) { sentences.append(excess) }
        return sentences.map { "<p class=\"warning\">\(Markup.escaped($0))</p>\n" }.joined()
    }

    /// How many steps moved nothing, as a sentence; nothing where all did.
    private var leftOut: String {
        let counts = history.skippedCounts
        func steps(_ count: Int) -> String {
            "\(Numeral.count(count)) \(count == 1 ? "step" : "steps")"
        }
        var parts: [String] = []
        if let count = counts[.spike] { parts.append("\(steps(count)) that stood out") }
        if let count = counts[.nonFinite] {
            parts.append("\(steps(count)) in which something was infinite or not a number")
        }
        return parts.isEmpty
            ? "" : " Left out: \(parts.joined(separator: ", ")); they moved nothing."
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
