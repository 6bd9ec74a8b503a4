import AttendFigures
import Foundation

/// What came out of a run, in a few figures.
struct ReportResults {
    let history: RunHistory
    let summary: ReportSummary

    /// The list; nothing where nothing is known yet.
    var html: String {
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
                let limit = end.memoryLimitBytes.map {
                    " of the \(Numeral.brief($0 / 1e6, digits: 3)) MB allowed"
                }
                tiles.append(
                    (
                        "Memory", Numeral.brief(bytes / 1e6, digits: 3),
                        "MB at most\(limit ?? "")\(kept ?? "")"
                    ))
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
}
