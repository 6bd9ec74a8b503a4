/// Two axes around a plot area: the part that line charts and scatter plots share.
struct PlotFrame {
    /// The horizontal scale.
    private(set) var x: AxisScale
    /// The vertical scale, upwards.
    private(set) var y: AxisScale

    /// Draws the header and the axes, and places the plot area in what room they leave.
    ///
    /// - Parameters:
    ///   - rightMargin: room kept free at the right of the plot area for labels there.
    ///   - isRounded: whether the vertical axis grows to the next ticks beyond the data.
    ///   - isEmpty: whether to say that there is nothing to show.
    ///   - note: a remark for the lower left corner.
    init(
        on canvas: inout Canvas, size: FigureSize, header: ChartHeader,
        xAxis: FigureAxis, yAxis: FigureAxis, xs: [Double], ys: [Double],
        rightMargin: Double, isRounded: Bool = true, isEmpty: Bool, note: String
    ) {
        let padding = ChartHeader.padding
        var top = header.draw(on: &canvas, size: size)
        if !yAxis.title.isEmpty {
            let title = TextMetrics.fitted(
                yAxis.title, size: 12, limit: size.width - 2 * padding)
            canvas.text(title, at: (padding, top + 12), class: "muted")
            top += 18
        }
        top += 11
        let hasFooter = !xAxis.title.isEmpty || !note.isEmpty
        let bottom = size.height - padding - 18 - (hasFooter ? 20 : 0)

        y = AxisScale(
            yAxis, showing: ys, from: bottom, to: min(top, bottom - 20),
            tickCount: max(2, Int((bottom - top) / (yAxis.scale == .linear ? 46 : 30))),
            isRounded: isRounded)
        let labelWidth =
            y.ticks.labels.map { TextMetrics.width($0, size: 12) }.max() ?? 0
        let left = padding + min(labelWidth, size.width / 3) + 9
        let right = size.width - max(padding + 6, padding + rightMargin)
        x = AxisScale(
            xAxis, showing: xs, from: left, to: right,
            tickCount: max(2, Int((right - left) / 82)), isRounded: xAxis.scale == .logarithmic)

        for (value, label) in zip(y.ticks.values, y.ticks.labels) {
            let position = y.position(value)
            canvas.line(from: (left, position), to: (right, position), class: "grid")
            canvas.text(label, at: (left - 9, position + 4), class: "muted tick end")
        }
        canvas.line(from: (left, bottom), to: (right, bottom), class: "axis")
        drawTicksOfX(on: &canvas, bottom: bottom, width: size.width)
        if !xAxis.title.isEmpty {
            let title = TextMetrics.fitted(xAxis.title, size: 12, limit: right - left)
            canvas.text(title, at: (right, size.height - padding + 2), class: "muted end")
        }
        if !note.isEmpty {
            let limit = right - left - TextMetrics.width(xAxis.title, size: 12) - 12
            canvas.text(
                TextMetrics.fitted(note, size: 11, limit: limit),
                at: (left, size.height - padding + 2), class: "muted small")
        }
        if isEmpty {
            canvas.text(
                "no data yet", at: ((left + right) / 2, (top + bottom) / 2 + 4),
                class: "muted middle")
        }
    }

    /// Where a point of the data is in the figure.
    func position(_ point: FigurePoint) -> (x: Double, y: Double) {
        (x.position(point.x), y.position(point.y))
    }

    /// Whether a point of the data has a place on both axes.
    func canShow(_ point: FigurePoint) -> Bool {
        x.canShow(point.x) && y.canShow(point.y)
    }

    private func drawTicksOfX(on canvas: inout Canvas, bottom: Double, width: Double) {
        // A label that would touch the one before it is left out; its mark stays.
        var free = -Double.infinity
        for (value, label) in zip(x.ticks.values, x.ticks.labels) {
            let position = x.position(value)
            canvas.line(from: (position, bottom), to: (position, bottom + 4), class: "axis")
            let half = TextMetrics.width(label, size: 12) / 2
            guard position - half > free else { continue }
            // The outermost label moves inwards rather than over the edge of the figure.
            let center = min(position, width - half - 4)
            canvas.text(label, at: (center, bottom + 18), class: "muted tick middle")
            free = center + half + 8
        }
    }
}
