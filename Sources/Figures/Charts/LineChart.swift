/// Values over a common quantity, such as losses over steps.
///
/// Series may cover different ranges and have different numbers of points. A point that is not
/// finite, or not positive on a logarithmic axis, leaves a gap, and the chart says how many there
/// are. A series of more than 2000 points is thinned so that its extremes stay.
public struct LineChart: Figure {
    /// How much a line stands out.
    public enum Emphasis: Hashable, Sendable {
        /// A full line.
        case strong
        /// A thin pale line, for raw measurements behind their trend.
        case faint
        /// A full line with gaps, for one that may lie on another and is to leave it visible.
        case dashed
    }

    /// A point worth a name, such as the best of its series.
    public struct Marker: Hashable, Sendable {
        /// Where the marker is.
        public var point: FigurePoint
        /// What is written beside it; may be empty.
        public var label: String

        /// A marker drawn as a ring with a label.
        public init(_ point: FigurePoint, label: String) {
            self.point = point
            self.label = label
        }
    }

    /// One line of the chart.
    public struct Series: Hashable, Sendable {
        /// The name shown in the legend, which leaves out a series without one.
        public var name: String
        /// The points, joined in the order given.
        public var points: [FigurePoint]
        /// How much the line stands out.
        public var emphasis: Emphasis
        /// Points to mark.
        public var markers: [Marker]
        /// Which colour of the palette; by default that of the series' place in the chart.
        public var color: Int?
        /// Where the series stands among others of its kind, from 0 to 1, shown by colours in the order of the spectrum;
        /// nil for one of a kind of its own.
        public var depth: Double?

        /// A series of points.
        public init(
            _ name: String, points: [FigurePoint], emphasis: Emphasis = .strong,
            markers: [Marker] = [], color: Int? = nil, depth: Double? = nil
        ) {
            self.name = name
            self.points = points
            self.emphasis = emphasis
            self.markers = markers
            self.color = color
            self.depth = depth
        }
    }

    /// The heading.
    public var title: String
    /// A second line below the heading; may be empty.
    public var subtitle: String
    /// The lines, drawn in order, the last on top.
    public var series: [Series]
    /// The horizontal axis.
    public var xAxis: FigureAxis
    /// The vertical axis.
    public var yAxis: FigureAxis
    /// A value to compare with, drawn as a dashed horizontal line.
    public var reference: FigureReference?
    /// The size of the coordinate system.
    public var size: FigureSize

    /// The most series of a depth that the legend lists one by one; more are shown as a strip of their colours.
    static let listedDepths = 8

    /// The most series drawn; any further ones are left out and said to be.
    public static let seriesLimit = 24

    /// A chart of several lines.
    public init(
        _ title: String, subtitle: String = "", series: [Series], xAxis: FigureAxis,
        yAxis: FigureAxis, reference: FigureReference? = nil, size: FigureSize = .standard
    ) {
        self.title = title
        self.subtitle = subtitle
        self.series = series
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.reference = reference
        self.size = size
    }

    /// The chart as an SVG document.
    public func svg() -> String {
        var canvas = Canvas()
        let shown = Array(series.prefix(Self.seriesLimit))
        let points = shown.flatMap { $0.points + $0.markers.map(\.point) }.filter(isShown)
        let reference = reference.flatMap { isShown($0.value, on: yAxis) ? $0 : nil }
        let isEmpty = points.isEmpty

        let frame = PlotFrame(
            on: &canvas, size: size,
            header: ChartHeader(title: title, subtitle: subtitle, entries: legend(shown)),
            xAxis: xAxis, yAxis: yAxis,
            xs: points.map(\.x), ys: points.map(\.y) + (reference.map { [$0.value] } ?? []),
            rightMargin: reference.map { labelWidth($0) + 10 } ?? 6,
            isEmpty: isEmpty, note: omissions)

        if let reference {
            draw(reference, on: &canvas, frame: frame)
        }
        var drawn: [(x: Double, y: Double)] = []
        for (index, one) in shown.enumerated() {
            let segments = Downsampling.segments(of: one.points, isShown: frame.canShow)
            let lines = segments.map { $0.map(frame.position) }
            drawn += lines.joined()
            let name = "series " + lineClass(one, at: index)
            // Lines of a depth are many, and their colours near each other.
            let tip = one.depth == nil ? nil : one.name
            canvas.path(
                lines.filter { $0.count > 1 }.map(pathCommands).joined(), class: name, tip: tip)
            canvas.path(
                lines.filter { $0.count == 1 }.map(pathCommands).joined(), class: name + " dots",
                tip: tip)
        }
        for (index, one) in shown.enumerated() {
            for marker in one.markers where frame.canShow(marker.point) {
                draw(marker, class: "line\(color(one, at: index))", on: &canvas, frame: frame) {
                    [drawn] box in drawn.count { box.contains($0) }
                }
            }
        }
        return canvas.document(size: size, title: title, description: description)
    }

    // MARK: Parts

    private func isShown(_ value: Double, on axis: FigureAxis) -> Bool {
        value.isPlottable && (axis.scale == .linear || value >= 1e-300)
    }

    private func isShown(_ point: FigurePoint) -> Bool {
        isShown(point.x, on: xAxis) && isShown(point.y, on: yAxis)
    }

    private func color(_ series: Series, at index: Int) -> Int {
        let color = (series.color ?? index) % Theme.seriesCount
        return color < 0 ? color + Theme.seriesCount : color
    }

    private func lineClass(_ series: Series, at index: Int) -> String {
        if let depth = series.depth, depth.isFinite {
            let last = Double(Theme.depthCount - 1)
            return "depth\(Int((min(max(depth, 0), 1) * last).rounded()))"
        }
        // Many thin strokes with gaps look like noise.
        let isDashed =
            series.emphasis == .dashed
            || (series.color ?? index) >= Theme.seriesCount && series.emphasis == .strong
        return "line\(color(series, at: index))" + (series.emphasis == .faint ? " faint" : "")
            + (isDashed ? " dashed" : "")
    }

    private func legend(_ shown: [Series]) -> [ChartHeader.Entry] {
        guard series.count > 1 else { return [] }
        let names = shown.map(\.name)
        if shown.count > Self.listedDepths, shown.allSatisfy({ $0.depth != nil }) {
            let classes = shown.enumerated().map { "series " + lineClass($1, at: $0) }
            let name = (names.prefix(2) + ["…"] + names.suffix(2)).joined(separator: ", ")
            return [
                .init(
                    swatch: .strip(classes: classes), name: name.replacing(", …, ", with: " … "))
            ]
        }
        return shown.enumerated().filter { !$1.name.isEmpty }.map { index, one in
            .init(swatch: .line(class: "series " + lineClass(one, at: index)), name: one.name)
        }
    }

    private func pathCommands(_ line: [(x: Double, y: Double)]) -> String {
        guard let first = line.first else { return "" }
        var path = "M\(Numeral.coordinate(first.x)) \(Numeral.coordinate(first.y))"
        // A line of no length with round ends is a dot.
        if line.count == 1 { return path + "h0" }
        for point in line.dropFirst() {
            path += "L\(Numeral.coordinate(point.x)) \(Numeral.coordinate(point.y))"
        }
        return path
    }

    private func labelWidth(_ reference: FigureReference) -> Double {
        min(TextMetrics.width(reference.label, size: 12), size.width / 4)
    }

    private func draw(_ reference: FigureReference, on canvas: inout Canvas, frame: PlotFrame) {
        let y = frame.y.position(reference.value)
        canvas.line(from: (frame.x.start, y), to: (frame.x.end, y), class: "reference")
        let label = TextMetrics.fitted(reference.label, size: 12, limit: labelWidth(reference) + 1)
        canvas.text(label, at: (frame.x.end + 10, y + 4), class: "muted")
    }

    /// Draws a ring and, on the side where the fewest points are, its label.
    private func draw(
        _ marker: Marker, class name: String, on canvas: inout Canvas, frame: PlotFrame,
        crowding: (Box) -> Int
    ) {
        let center = frame.position(marker.point)
        // Points without a name may be many.
        let isNamed = !marker.label.isEmpty
        canvas.circle(
            center: center, radius: isNamed ? 4.5 : 3, class: "ring \(name)",
            tip: isNamed ? marker.label : nil)
        let label = TextMetrics.fitted(marker.label, size: 12, limit: size.width / 3)
        guard !label.isEmpty else { return }
        let extent = TextMetrics.width(label, size: 12)
        let bounds = Box(
            left: frame.x.start, top: frame.y.end, right: frame.x.end + 2, bottom: frame.y.start)
        // In order of preference: where several sides are equally free, the first is taken.
        var best: (place: Box, points: Int)?
        for dy: Double in [-14, 14, -30, 30, -50] {
            for dx: Double in [-extent / 2, -extent, 0, -extent - 10, 10] {
                let left = center.x + dx
                let middle = center.y + dy
                let place = Box(
                    left: left, top: middle - 8, right: left + extent, bottom: middle + 8)
                guard bounds.contains(place) else { continue }
                let points = crowding(place)
                if best.map({ points < $0.points }) ?? true { best = (place, points) }
            }
        }
        guard let place = best?.place else { return }
        canvas.text(label, at: (place.left, place.bottom - 4), class: "strong halo")
    }

    // MARK: Words

    private var omissions: String {
        let missing = series.reduce(0) { $0 + $1.points.count { !isShown($0) } }
        var parts: [String] = []
        if missing > 0 {
            let reason =
                xAxis.scale == .linear && yAxis.scale == .linear
                ? "not finite" : "not finite or not positive"
            parts.append("\(missing) \(missing == 1 ? "value" : "values") \(reason), left out")
        }
        if series.count > Self.seriesLimit {
            parts.append("\(series.count - Self.seriesLimit) series left out")
        }
        return parts.joined(separator: "; ")
    }

    private var description: String {
        var sentences = ["Line chart of \(yAxis.title) over \(xAxis.title)."]
        for one in series.prefix(Self.seriesLimit) where !one.name.isEmpty {
            let points = one.points.filter(isShown)
            guard let first = points.first, let last = points.last else {
                sentences.append("\(one.name): no data.")
                continue
            }
            sentences.append(
                "\(one.name): \(points.count) \(points.count == 1 ? "point" : "points"), "
                    + "from \(Numeral.brief(first.y)) at \(Numeral.brief(first.x)) "
                    + "to \(Numeral.brief(last.y)) at \(Numeral.brief(last.x)).")
        }
        if let reference { sentences.append("Reference line: \(reference.label).") }
        if !omissions.isEmpty { sentences.append(omissions + ".") }
        return sentences.joined(separator: " ")
    }
}
