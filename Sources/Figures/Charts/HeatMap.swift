/// A matrix as coloured cells, such as the attention of queries to keys.
///
/// Row 0 is at the top. A cell whose value is missing or not finite is grey. A matrix of more than
/// 128 rows or columns is averaged in blocks, which the figure says.
public struct HeatMap: Figure {
    /// The colours of a heat map.
    public enum Palette: Hashable, Sendable {
        /// From dark to light, for amounts.
        case sequential
        /// From blue over near-white at zero to orange, for differences.
        case diverging
    }

    /// The heading.
    public var title: String
    /// A second line below the heading; may be empty.
    public var subtitle: String
    /// The values by row, then column; `[rows, columns]`.
    public var values: [[Double]]
    /// The names of the rows; none, or one a row.
    public var rowLabels: [String]
    /// The names of the columns; none, or one a column.
    public var columnLabels: [String]
    /// What the rows are.
    public var rowTitle: String
    /// What the columns are.
    public var columnTitle: String
    /// The colours.
    public var palette: Palette
    /// The values of the first and the last colour; by default those found, around zero for the
    /// diverging palette.
    public var range: ClosedRange<Double>?
    /// The size of the coordinate system.
    public var size: FigureSize

    /// The most rows and columns drawn.
    public static let sideLimit = 128

    /// A map of a matrix.
    public init(
        _ title: String, subtitle: String = "", values: [[Double]], rowLabels: [String] = [],
        columnLabels: [String] = [], rowTitle: String = "", columnTitle: String = "",
        palette: Palette = .sequential, range: ClosedRange<Double>? = nil,
        size: FigureSize = .standard
    ) {
        self.title = title
        self.subtitle = subtitle
        self.values = values
        self.rowLabels = rowLabels
        self.columnLabels = columnLabels
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.palette = palette
        self.range = range
        self.size = size
    }

    /// The map as an SVG document.
    public func svg() -> String {
        let grid = HeatGrid(values, limit: Self.sideLimit)
        let range = shownRange(grid)
        var canvas = Canvas()
        let layout = HeatMapLayout(self, grid: grid, on: &canvas)
        layout.drawLabels(on: &canvas)
        drawCells(grid, range: range, layout: layout, on: &canvas)
        if grid.isEmpty {
            canvas.text(
                "no data yet", at: (size.width / 2, size.height / 2), class: "muted middle")
        } else {
            drawScale(range, layout: layout, on: &canvas)
        }
        return canvas.document(
            size: size, title: title, description: description(grid, range: range))
    }

    private var ramp: ColorRamp { palette == .sequential ? .sequential : .diverging }

    private func shownRange(_ grid: HeatGrid) -> ClosedRange<Double> {
        if let range, range.lowerBound.isPlottable, range.upperBound.isPlottable { return range }
        let known = grid.cells.filter(\.isPlottable)
        guard let low = known.min(), let high = known.max() else { return 0...1 }
        guard palette == .diverging else { return low...high }
        let extent = max(low.magnitude, high.magnitude)
        return -extent...extent
    }

    private func level(_ value: Double, _ range: ClosedRange<Double>) -> Int {
        let extent = range.upperBound - range.lowerBound
        // Equal values everywhere have no order to show: the middle of the ramp.
        guard extent > 0 else { return ColorRamp.levelCount / 2 }
        return ColorRamp.level((value - range.lowerBound) / extent)
    }

    private func drawCells(
        _ grid: HeatGrid, range: ClosedRange<Double>, layout: HeatMapLayout,
        on canvas: inout Canvas
    ) {
        let cell = layout.cell
        let hasTips = grid.cells.count <= 400
        let hasNumbers = hasTips && cell.width >= 42 && cell.height >= 20
        let gap = cell.width >= 8 && cell.height >= 8 ? 1.0 : 0
        // Many cells are drawn as one path a colour, which keeps the document small.
        var paths: [Int: String] = [:]
        for row in 0..<grid.rowCount {
            for column in 0..<grid.columnCount {
                let value = grid[row, column]
                let (x, y) = layout.corner(row: row, column: column)
                let level = value.isPlottable ? level(value, range) : -1
                guard hasTips else {
                    // A hair wider than the cell, so that no seam shows between neighbours.
                    paths[level, default: ""] +=
                        "M\(Numeral.coordinate(x)) \(Numeral.coordinate(y))"
                        + "h\(Numeral.coordinate(cell.width - gap + (gap > 0 ? 0 : 0.3)))"
                        + "v\(Numeral.coordinate(cell.height - gap + (gap > 0 ? 0 : 0.3)))"
                        + "H\(Numeral.coordinate(x))z"
                    continue
                }
                canvas.rectangle(
                    x: x, y: y, width: cell.width - gap, height: cell.height - gap,
                    class: level < 0 ? "noValue" : "",
                    fill: level < 0 ? nil : ramp.hexadecimal(level), corner: gap,
                    tip: tip(row: row, column: column, value: value))
                if hasNumbers, level >= 0 {
                    let ink = ramp.isDark(level) ? "onDark" : "onLight"
                    canvas.text(
                        Numeral.brief(value, digits: 3),
                        at: (x + cell.width / 2, y + cell.height / 2 + 4),
                        class: "small middle \(ink)")
                }
            }
        }
        for level in paths.keys.sorted() {
            canvas.path(
                paths[level] ?? "", class: level < 0 ? "noValue" : "",
                fill: level < 0 ? nil : ramp.hexadecimal(level))
        }
    }

    /// Draws the scale of colours at the right, its highest value on top.
    private func drawScale(
        _ range: ClosedRange<Double>, layout: HeatMapLayout, on canvas: inout Canvas
    ) {
        let (x, top, height) = layout.scaleBar
        let step = height / Double(ColorRamp.levelCount)
        for level in 0..<ColorRamp.levelCount {
            canvas.rectangle(
                x: x, y: top + height - step * Double(level + 1), width: 12, height: step + 0.3,
                fill: ramp.hexadecimal(level))
        }
        let middle = (range.lowerBound + range.upperBound) / 2
        let marks = [(range.upperBound, 8.0), (middle, 4 + height / 2), (range.lowerBound, height)]
        for (value, offset) in marks {
            canvas.text(
                Numeral.brief(value, digits: 3), at: (x + 18, top + offset), class: "muted small")
        }
    }

    private func tip(row: Int, column: Int, value: Double) -> String {
        let rowName = row < rowLabels.count ? rowLabels[row] : "\(row)"
        let columnName = column < columnLabels.count ? columnLabels[column] : "\(column)"
        return "\(rowName), \(columnName): \(Numeral.brief(value))"
    }

    private func description(_ grid: HeatGrid, range: ClosedRange<Double>) -> String {
        guard !grid.isEmpty else { return "Heat map without data." }
        var sentences = [
            "Heat map of \(values.count) rows"
                + (rowTitle.isEmpty ? "" : " (\(rowTitle))")
                + " and \(values.map(\.count).max() ?? 0) columns"
                + (columnTitle.isEmpty ? "" : " (\(columnTitle))")
                + ", colours from \(Numeral.brief(range.lowerBound)) "
                + "to \(Numeral.brief(range.upperBound))."
        ]
        let missing = grid.cells.count { !$0.isPlottable }
        if missing > 0 { sentences.append("\(missing) cells without a value are grey.") }
        if !grid.note.isEmpty { sentences.append(grid.note + ".") }
        return sentences.joined(separator: " ")
    }
}
