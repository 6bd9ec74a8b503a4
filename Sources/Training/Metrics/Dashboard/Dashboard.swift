internal import AttendFigures
internal import Foundation

/// A training at a glance, in lines of text: losses, speed, parts of the model, the latest sample.
public struct Dashboard {
    private let state: DashboardState
    private let width: Int
    private let height: Int
    private let isColored: Bool
    private let isUnicode: Bool

    /// From this width on, the parts of the model stand beside the curve.
    private static let twoColumnWidth = 96
    private static let partsWidth = 42

    /// The lines for a terminal of a size.
    ///
    /// - Parameters:
    ///   - width: its columns; every line stays below.
    ///   - height: its rows; there are fewer lines than that, so that the cursor has one of its own.
    /// - Returns: the lines, the most needed first; a low or narrow terminal gets those that fit.
    public static func lines(
        _ state: DashboardState, width: Int, height: Int, isColored: Bool, isUnicode: Bool
    ) -> [String] {
        let dashboard = Dashboard(
            state: state, width: min(max(width - 1, 1), 400), height: min(max(height - 1, 1), 200),
            isColored: isColored, isUnicode: isUnicode)
        return dashboard.lines
    }

    private var lines: [String] {
        let progress = ProgressLine.text(
            state.progress, width: width + 1, isColored: isColored, isUnicode: isUnicode)
        var head = [progress, facts.text]
        if height > 2 { head.insert(title.text, at: 0) }
        let rest = height - head.count
        let sampleRows = rest >= 14 ? 5 : rest >= 9 ? 3 : 0
        let body = rest - sampleRows
        let lines = (head + self.body(rows: body) + sample(rows: sampleRows)).prefix(height)
        // What stands for a number that is none.
        return isUnicode ? Array(lines) : lines.map { $0.replacing("–", with: "-") }
    }

    private func body(rows: Int) -> [String] {
        let plotRows = min(rows, 18)
        if width >= Self.twoColumnWidth {
            let parts = parts(rows: plotRows, width: Self.partsWidth)
            let plotWidth = width - Self.partsWidth - 3
            let plot = plot.lines(width: plotWidth, height: plotRows)
            return (0..<max(plot.count, parts.count)).map { row in
                var line = StyledLine(isColored: isColored)
                if plot.indices.contains(row) { line.append(plot[row]) }
                guard parts.indices.contains(row) else { return line.text }
                line.pad(to: plotWidth + 3)
                line.append(parts[row])
                return line.text
            }
        }
        let partRows = rows >= 12 ? min(state.layers.count + 1, rows / 2) : 0
        return
            (plot.lines(width: width, height: min(rows - partRows, 18))
            + parts(rows: partRows, width: width)).map(\.text)
    }

    // MARK: Parts

    private func line(_ text: String, _ style: StyledLine.Style) -> StyledLine {
        var line = StyledLine(isColored: isColored)
        line.append(
            TextColumns.prefix(Markup.controlsMadeVisible(text), columns: width), style)
        return line
    }

    private var title: StyledLine {
        line(state.title.replacing("\n", with: " ").replacing("\t", with: " "), .bold)
    }

    private var facts: StyledLine {
        let found: [(String, String?)] = [
            ("learning rate", state.learningRate.map { Numeral.brief($0, digits: 3) }),
            ("gradient norm", state.gradientNorm.map { Numeral.brief($0, digits: 3) }),
            ("memory", state.memoryBytes.map { Numeral.brief($0 / 1e6, digits: 3) + " MB" }),
        ]
        var line = StyledLine(isColored: isColored)
        for (name, value) in found {
            guard let value else { continue }
            let gap = line.columns == 0 ? "" : "  "
            if line.columns + gap.count + name.count + 1 + value.count > width { break }
            line.append(gap + name + " ", .dim)
            line.append(value)
        }
        return line
    }

    private var plot: TextPlot {
        TextPlot(
            curve: state.losses.points,
            marks: state.evaluations.map { FigurePoint(x: Double($0.step), y: $0.validationLoss) },
            isColored: isColored, isUnicode: isUnicode)
    }

    /// How far each part of the model moved in the last measured step, with a mark at 10⁻³.
    private func parts(rows: Int, width: Int) -> [StyledLine] {
        let parts = state.layers
        guard rows >= 3, width >= 24, !parts.isEmpty else { return [] }
        let count = min(parts.count, rows - 1)
        let shown = (0..<count).map { parts[count < 2 ? 0 : $0 * (parts.count - 1) / (count - 1)] }
        let nameWidth = min(shown.map { TextColumns.count($0.name) }.max() ?? 0, 16)
        let barWidth = width - nameWidth - 10
        let mark = isUnicode ? "↓" : "v"
        var heading = StyledLine(isColored: isColored)
        let words = TextColumns.prefix("update/weight", columns: nameWidth + barWidth / 2)
        heading.append(words, .dim)
        heading.pad(to: nameWidth + 1 + barWidth / 2)
        heading.append(mark + "0.001", .dim)
        return [heading]
            + shown.map { part in
                var line = StyledLine(isColored: isColored)
                line.append(TextColumns.prefix(part.name, columns: nameWidth))
                line.pad(to: nameWidth + 1)
                appendBar(part.updateRatio, width: barWidth, to: &line)
                line.append(
                    TextColumns.prefix(
                        " " + Numeral.brief(part.updateRatio, digits: 2), columns: 9))
                return line
            }
    }

    /// A bar from 10⁻⁵ to 10⁻¹, on a logarithmic scale.
    private func appendBar(_ ratio: Double, width: Int, to line: inout StyledLine) {
        let decades = ratio > 0 && ratio.isFinite ? (log10(ratio) + 5) / 4 : 0
        let filled = Int((min(max(decades, 0), 1) * Double(width)).rounded())
        let isUsual = (1e-4...1e-2).contains(ratio)
        line.append(
            String(repeating: isUnicode ? "━" : "#", count: filled), isUsual ? .green : .yellow)
        line.append(String(repeating: isUnicode ? "┄" : "-", count: width - filled), .dim)
    }

    private func sample(rows: Int) -> [String] {
        guard rows >= 3, let sample = state.sample else { return [] }
        let words = sample.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // Enough of it for the lines, whatever its length.
        let text = Markup.controlsMadeVisible(String(words.prefix(width * rows)))
        let heading = line("At step \(Numeral.count(sample.step)) the model wrote", .dim)
        return ["", heading.text]
            + TextColumns.wrapped(
                text, columns: width, lines: rows - 2, ellipsis: isUnicode ? "…" : "...")
    }
}
