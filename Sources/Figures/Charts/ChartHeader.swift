/// Title, subtitle and legend, stacked above the plot so that they never cover data.
struct ChartHeader {
    /// One line of a legend: a sample of how a series is drawn, and its name.
    struct Entry {
        /// How the series is drawn.
        enum Swatch {
            case line(class: String)
            case shape(ScatterShape, class: String)
            case bar(class: String)
            /// Lines of several series side by side.
            case strip(classes: [String])

            /// How far the sample reaches to the right.
            var width: Double {
                if case .strip(let classes) = self { Double(classes.count) * 9 + 1 } else { 21 }
            }
        }
        var swatch: Swatch
        var name: String
    }

    /// The distance of all content from the edge of the figure.
    static let padding = 18.0

    /// The most names a legend lists.
    private static let entryLimit = 12

    var title: String
    var subtitle: String
    var entries: [Entry]

    /// Draws the header and returns the y below it.
    func draw(on canvas: inout Canvas, size: FigureSize) -> Double {
        let available = size.width - 2 * Self.padding
        var y = Self.padding
        if !title.isEmpty {
            y += 13
            canvas.text(
                TextMetrics.fitted(title, size: 16.5, limit: available), at: (Self.padding, y),
                class: "title")
            y += 5
        }
        if !subtitle.isEmpty {
            y += 14
            canvas.text(
                TextMetrics.fitted(subtitle, size: 12, limit: available), at: (Self.padding, y),
                class: "muted")
            y += 4
        }
        if !entries.isEmpty {
            y = drawLegend(on: &canvas, below: y + 4, width: available)
        }
        return y + 6
    }

    private func drawLegend(on canvas: inout Canvas, below top: Double, width: Double) -> Double {
        var shown = Array(entries.prefix(Self.entryLimit))
        if entries.count > shown.count {
            shown.append(
                Entry(
                    swatch: .bar(class: "noValue"),
                    name: "and \(entries.count - shown.count) more"))
        }
        var x = Self.padding
        var y = top + 14
        for entry in shown {
            let begin = entry.swatch.width + 7
            let name = TextMetrics.fitted(entry.name, size: 12, limit: width - begin - 4)
            let extent = begin + TextMetrics.width(name, size: 12) + 18
            if x > Self.padding, x + extent - 18 > Self.padding + width {
                x = Self.padding
                y += 19
            }
            switch entry.swatch {
            case .line(let name):
                canvas.line(from: (x + 1, y - 4), to: (x + 21, y - 4), class: name)
            case .shape(let shape, let name):
                canvas.path(shape.path(at: (x + 13, y - 4), radius: 4.5), class: name)
            case .bar(let name):
                canvas.rectangle(
                    x: x + 9, y: y - 9, width: 11, height: 11, class: name, corner: 2)
            case .strip(let classes):
                for (place, name) in classes.enumerated() {
                    let left = x + 3 + Double(place) * 9
                    canvas.line(from: (left, y - 4), to: (left + 5, y - 4), class: name)
                }
            }
            canvas.text(name, at: (x + begin, y))
            x += extent
        }
        return y + 5
    }
}
