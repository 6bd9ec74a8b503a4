/// Amounts side by side as horizontal bars, with one or several bars a category.
///
/// Bars start at zero, to either side where there are negative values. A value that is not finite
/// has no bar and is written as a dash. The figure grows downwards where the categories need it.
public struct BarChart: Figure {
    /// One value for each category.
    public struct Series: Hashable, Sendable {
        /// The name shown in the legend.
        public var name: String
        /// The values by category; missing ones have no bar.
        public var values: [Double]

        /// A series of values.
        public init(_ name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    /// The heading.
    public var title: String
    /// A second line below the heading; may be empty.
    public var subtitle: String
    /// The names of the categories, from top to bottom.
    public var categories: [String]
    /// The bars of each category, from top to bottom.
    public var series: [Series]
    /// What the values measure.
    public var valueTitle: String
    /// A value to compare with, drawn as a dashed vertical line.
    public var reference: FigureReference?
    /// The size of the coordinate system; the height is the least height.
    public var size: FigureSize

    /// The most bars drawn; categories beyond are left out and said to be.
    public static let barLimit = 200

    /// A chart of bars.
    public init(
        _ title: String, subtitle: String = "", categories: [String], series: [Series],
        valueTitle: String, reference: FigureReference? = nil, size: FigureSize = .standard
    ) {
        self.title = title
        self.subtitle = subtitle
        self.categories = categories
        self.series = series
        self.valueTitle = valueTitle
        self.reference = reference
        self.size = size
    }

    /// The chart as an SVG document.
    public func svg() -> String {
        var canvas = Canvas()
        let padding = ChartHeader.padding
        let shownSeries = Array(series.prefix(Theme.seriesCount))
        let barsPerCategory = max(1, shownSeries.count)
        let shown = Array(categories.prefix(max(1, Self.barLimit / barsPerCategory)))
        let values = shownSeries.flatMap { $0.values.prefix(shown.count) }.filter(\.isPlottable)
        let reference = reference.flatMap { $0.value.isPlottable ? $0 : nil }

        var top = ChartHeader(title: title, subtitle: subtitle, entries: legend(shownSeries))
            .draw(on: &canvas, size: size)
        if reference != nil { top += 16 }
        top += 4
        let footer = padding + 38
        let least = Double(shown.count * barsPerCategory) * 15 + Double(shown.count) * 8
        let size = FigureSize(
            width: size.width, height: max(size.height, top + least + footer))
        let bottom = size.height - footer

        let names = shown.map { TextMetrics.fitted($0, size: 12, limit: size.width * 0.32) }
        let left = padding + (names.map { TextMetrics.width($0, size: 12) }.max() ?? 0) + 10
        let labels = values.map { TextMetrics.width(Numeral.brief($0), size: 12) }
        let right = size.width - padding - (labels.max() ?? 0) - 10
        let scale = AxisScale(
            FigureAxis(valueTitle, includesZero: true),
            showing: values + (reference.map { [$0.value] } ?? []), from: left, to: right,
            tickCount: max(2, Int((right - left) / 90)), isRounded: true)

        for (value, label) in zip(scale.ticks.values, scale.ticks.labels) {
            let x = scale.position(value)
            canvas.line(from: (x, top), to: (x, bottom), class: "grid")
            canvas.text(label, at: (x, bottom + 18), class: "muted tick middle")
        }
        let title = TextMetrics.fitted(valueTitle, size: 12, limit: right - left)
        canvas.text(title, at: (right, size.height - padding + 2), class: "muted end")
        if categories.count > shown.count {
            canvas.text(
                "and \(categories.count - shown.count) more",
                at: (padding, size.height - padding + 2), class: "muted small")
        }
        if values.isEmpty {
            canvas.text(
                "no data yet", at: ((left + right) / 2, (top + bottom) / 2 + 4),
                class: "muted middle")
        }

        let slot = (bottom - top) / Double(max(shown.count, 1))
        let thickness = min(26, (slot - min(slot * 0.28, 14)) / Double(barsPerCategory))
        for (row, name) in names.enumerated() {
            let center = top + slot * (Double(row) + 0.5)
            canvas.text(name, at: (left - 10, center + 4), class: "end")
            for (index, one) in shownSeries.enumerated() where row < one.values.count {
                let y = center + (Double(index) - Double(barsPerCategory) / 2) * thickness
                draw(
                    one.values[row], at: y, thickness: thickness, class: "fill\(index)",
                    tip: tip(category: shown[row], series: one.name, value: one.values[row]),
                    on: &canvas, scale: scale)
            }
        }
        canvas.line(
            from: (scale.position(0), top), to: (scale.position(0), bottom), class: "axis")
        if let reference {
            let x = scale.position(reference.value)
            let label = TextMetrics.fitted(reference.label, size: 12, limit: size.width / 2)
            let half = TextMetrics.width(label, size: 12) / 2
            canvas.line(from: (x, top - 4), to: (x, bottom), class: "reference")
            canvas.text(
                label, at: (min(max(x, padding + half), size.width - padding - half), top - 9),
                class: "muted middle")
        }
        return canvas.document(
            size: size, title: self.title, description: description(shown.count))
    }

    private func draw(
        _ value: Double, at y: Double, thickness: Double, class name: String, tip: String,
        on canvas: inout Canvas, scale: AxisScale
    ) {
        let zero = scale.position(0)
        let gap = min(2, thickness * 0.1)
        let label = Numeral.brief(value)
        let middle = y + thickness / 2 + 4
        guard value.isPlottable else {
            canvas.text(label, at: (zero + 6, middle), class: "muted")
            return
        }
        let end = scale.position(value)
        canvas.rectangle(
            x: min(zero, end), y: y + gap / 2, width: abs(end - zero), height: thickness - gap,
            class: name, corner: min(3, thickness / 5), tip: tip)
        // The value of a negative bar goes to the right of zero, where there is always room.
        canvas.text(label, at: (max(zero, end) + 6, middle), class: "tick halo")
    }

    private func legend(_ shown: [Series]) -> [ChartHeader.Entry] {
        guard shown.count > 1 else { return [] }
        return shown.enumerated().map { index, one in
            .init(swatch: .bar(class: "fill\(index)"), name: one.name)
        }
    }

    private func tip(category: String, series: String, value: Double) -> String {
        self.series.count > 1
            ? "\(category), \(series): \(Numeral.brief(value))"
            : "\(category): \(Numeral.brief(value))"
    }

    private func description(_ shownCount: Int) -> String {
        var sentences = ["Bar chart of \(valueTitle) for \(categories.count) categories."]
        for one in series.prefix(Theme.seriesCount) {
            let pairs = zip(categories, one.values).prefix(12).map {
                "\($0) \(Numeral.brief($1))"
            }
            sentences.append(
                (series.count > 1 ? "\(one.name): " : "") + pairs.joined(separator: ", ") + ".")
        }
        if categories.count > shownCount {
            sentences.append("\(categories.count - shownCount) categories are left out.")
        }
        if let reference { sentences.append("Reference line: \(reference.label).") }
        return sentences.joined(separator: " ")
    }
}
