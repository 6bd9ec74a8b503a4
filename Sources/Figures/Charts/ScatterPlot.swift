/// The sign a group of points is drawn with, so that groups differ by more than colour.
enum ScatterShape: CaseIterable {
    case circle, square, triangle, diamond

    /// The sign as SVG path commands.
    func path(at center: (x: Double, y: Double), radius: Double) -> String {
        func pair(_ dx: Double, _ dy: Double) -> String {
            Numeral.coordinate(center.x + dx) + " " + Numeral.coordinate(center.y + dy)
        }
        let r = Numeral.coordinate(radius)
        switch self {
        case .circle:
            return "M\(pair(-radius, 0))"
                + "a\(r) \(r) 0 1 0 \(Numeral.coordinate(2 * radius)) 0"
                + "a\(r) \(r) 0 1 0 \(Numeral.coordinate(-2 * radius)) 0z"
        case .square:
            let half = radius * 0.86
            return "M\(pair(-half, -half))L\(pair(half, -half))L\(pair(half, half))"
                + "L\(pair(-half, half))z"
        case .triangle:
            return "M\(pair(0, -radius * 1.15))L\(pair(radius * 1.1, radius * 0.8))"
                + "L\(pair(-radius * 1.1, radius * 0.8))z"
        case .diamond:
            return "M\(pair(0, -radius * 1.2))L\(pair(radius * 1.2, 0))L\(pair(0, radius * 1.2))"
                + "L\(pair(-radius * 1.2, 0))z"
        }
    }
}

/// Points in a plane, in groups, some with names, such as a map of embeddings.
///
/// Groups differ by colour and by shape. At most 5000 points are drawn, picked evenly, and at most
/// 200 names; a name that would cover another is left out.
public struct ScatterPlot: Figure {
    /// A point with an optional name.
    public struct Dot: Hashable, Sendable {
        /// Where the point is.
        public var point: FigurePoint
        /// The name written beside it; may be empty.
        public var label: String

        /// A point of a group.
        public init(x: Double, y: Double, label: String = "") {
            point = FigurePoint(x: x, y: y)
            self.label = label
        }
    }

    /// Points that belong together.
    public struct Group: Hashable, Sendable {
        /// The name shown in the legend.
        public var name: String
        /// The points.
        public var dots: [Dot]

        /// A group of points.
        public init(_ name: String, dots: [Dot]) {
            self.name = name
            self.dots = dots
        }
    }

    /// The heading.
    public var title: String
    /// A second line below the heading; may be empty.
    public var subtitle: String
    /// The groups, drawn in order.
    public var groups: [Group]
    /// The horizontal axis.
    public var xAxis: FigureAxis
    /// The vertical axis.
    public var yAxis: FigureAxis
    /// The size of the coordinate system.
    public var size: FigureSize

    /// The most points drawn.
    public static let dotLimit = 5000

    /// The most names written.
    public static let labelLimit = 200

    /// A plot of groups of points.
    public init(
        _ title: String, subtitle: String = "", groups: [Group], xAxis: FigureAxis,
        yAxis: FigureAxis, size: FigureSize = .standard
    ) {
        self.title = title
        self.subtitle = subtitle
        self.groups = groups
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.size = size
    }

    /// The plot as an SVG document.
    public func svg() -> String {
        var canvas = Canvas()
        let kept = keptDots()
        let entries = groups.enumerated().map { index, group in
            ChartHeader.Entry(swatch: .shape(shape(index), class: fill(index)), name: group.name)
        }
        let points = kept.map(\.dot.point)
        let frame = PlotFrame(
            on: &canvas, size: size,
            header: ChartHeader(
                title: title, subtitle: subtitle, entries: groups.count > 1 ? entries : []),
            xAxis: xAxis, yAxis: yAxis, xs: padded(points.map(\.x), xAxis),
            ys: padded(points.map(\.y), yAxis),
            rightMargin: 6, isRounded: false, isEmpty: kept.isEmpty, note: omissions(kept.count))

        let radius = kept.count > 1500 ? 2.2 : kept.count > 300 ? 3 : 4.2
        // One path a group keeps a plot of thousands of points small.
        for index in groups.indices {
            let signs = kept.filter { $0.group == index }.map {
                shape(index).path(at: frame.position($0.dot.point), radius: radius)
            }
            canvas.path(
                signs.joined(), class: fill(index) + (kept.count > 300 ? " cloud" : ""))
        }
        drawLabels(of: kept, radius: radius, on: &canvas, frame: frame)
        return canvas.document(size: size, title: title, description: description(kept.count))
    }

    private typealias Kept = (group: Int, dot: Dot)

    private func shape(_ index: Int) -> ScatterShape {
        ScatterShape.allCases[index % ScatterShape.allCases.count]
    }

    private func fill(_ index: Int) -> String { "fill\(index % Theme.seriesCount)" }

    private func isShown(_ point: FigurePoint) -> Bool {
        point.isPlottable && (xAxis.scale == .linear || point.x >= 1e-300)
            && (yAxis.scale == .linear || point.y >= 1e-300)
    }

    private func keptDots() -> [Kept] {
        let all = groups.enumerated().flatMap { index, group in
            group.dots.filter { isShown($0.point) }.map { (group: index, dot: $0) }
        }
        guard all.count > Self.dotLimit else { return all }
        return (0..<Self.dotLimit).map { all[all.count * $0 / Self.dotLimit] }
    }

    /// The values with some room around them, so that no sign is cut by the frame.
    private func padded(_ values: [Double], _ axis: FigureAxis) -> [Double] {
        guard axis.scale == .linear, let low = values.min(), let high = values.max() else {
            return values
        }
        let margin = (high - low) * 0.04
        return values + [low - margin, high + margin]
    }

    private func drawLabels(
        of kept: [Kept], radius: Double, on canvas: inout Canvas, frame: PlotFrame
    ) {
        var taken: [Box] = []
        for (_, dot) in kept where !dot.label.isEmpty && taken.count < Self.labelLimit {
            let center = frame.position(dot.point)
            let label = TextMetrics.fitted(dot.label, size: 11, limit: 140)
            let width = TextMetrics.width(label, size: 11)
            let offsets = [
                (radius + 3, 4.0), (-radius - 3 - width, 4.0), (-width / 2, -radius - 4),
                (-width / 2, radius + 12),
            ]
            let places = offsets.map { dx, dy in
                Box(
                    left: center.x + dx, top: center.y + dy - 10, right: center.x + dx + width,
                    bottom: center.y + dy + 2)
            }
            let free = places.first { place in
                place.right <= size.width - 4 && place.left >= 4
                    && !taken.contains { $0.overlaps(place) }
            }
            guard let free else { continue }
            taken.append(free)
            canvas.text(label, at: (free.left, free.bottom - 2), class: "small halo")
        }
    }

    private func omissions(_ keptCount: Int) -> String {
        let total = groups.reduce(0) { $0 + $1.dots.count }
        let missing = groups.reduce(0) { $0 + $1.dots.count { !isShown($0.point) } }
        var parts: [String] = []
        if total - missing > keptCount {
            parts.append("\(keptCount) of \(total - missing) points shown")
        }
        if missing > 0 {
            parts.append("\(missing) \(missing == 1 ? "point" : "points") without a place left out")
        }
        return parts.joined(separator: "; ")
    }

    private func description(_ keptCount: Int) -> String {
        var sentences = ["Scatter plot of \(yAxis.title) against \(xAxis.title)."]
        sentences += groups.prefix(12).map { "\($0.name): \($0.dots.count) points." }
        let omitted = omissions(keptCount)
        if !omitted.isEmpty { sentences.append(omitted + ".") }
        return sentences.joined(separator: " ")
    }
}
