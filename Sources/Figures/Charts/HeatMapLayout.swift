/// The cells of a heat map, a large matrix averaged in blocks.
struct HeatGrid {
    /// The number of rows drawn.
    private(set) var rowCount: Int
    /// The number of columns drawn.
    private(set) var columnCount: Int
    /// The values by row, then column; not a number where there is none.
    private(set) var cells: [Double]
    /// How many rows and columns of the matrix one cell stands for.
    private(set) var block: (rows: Int, columns: Int)

    /// The cells of a matrix whose rows may differ in length, at most `limit` a side.
    init(_ values: [[Double]], limit: Int) {
        let rows = values.count
        let columns = values.map(\.count).max() ?? 0
        block = (max(1, (rows + limit - 1) / limit), max(1, (columns + limit - 1) / limit))
        rowCount = (rows + block.rows - 1) / block.rows
        columnCount = (columns + block.columns - 1) / block.columns
        cells = []
        cells.reserveCapacity(rowCount * columnCount)
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                var sum = 0.0
                var count = 0.0
                for line in values[(row * block.rows)..<min(rows, (row + 1) * block.rows)] {
                    let end = min(line.count, (column + 1) * block.columns)
                    for value in line[min(column * block.columns, end)..<end]
                    where value.isPlottable {
                        sum += value / Double(block.rows * block.columns)
                        count += 1 / Double(block.rows * block.columns)
                    }
                }
                cells.append(count > 0 ? sum / count : .nan)
            }
        }
    }

    var isEmpty: Bool { cells.isEmpty }

    /// What a reader must know about a matrix that is not shown cell by cell; else empty.
    var note: String {
        block == (1, 1) ? "" : "each cell is the mean of \(block.rows) × \(block.columns) values"
    }

    subscript(row: Int, column: Int) -> Double { cells[row * columnCount + column] }
}

/// Where the cells, names and colour scale of a heat map go.
struct HeatMapLayout {
    /// The extent of one cell.
    private(set) var cell: (width: Double, height: Double)
    /// The colour scale: its left edge, its top and its height.
    private(set) var scaleBar: (x: Double, top: Double, height: Double)

    private var left: Double
    private var top: Double
    private let map: HeatMap
    private let grid: HeatGrid
    private var areColumnNamesTurned: Bool

    /// Draws the header and divides the rest.
    init(_ map: HeatMap, grid: HeatGrid, on canvas: inout Canvas) {
        self.map = map
        self.grid = grid
        let padding = ChartHeader.padding
        let subtitle = [map.subtitle, grid.note].filter { !$0.isEmpty }.joined(separator: " · ")
        top =
            ChartHeader(title: map.title, subtitle: subtitle, entries: [])
            .draw(on: &canvas, size: map.size) + 6
        if !map.rowTitle.isEmpty {
            canvas.text(
                TextMetrics.fitted("↓ " + map.rowTitle, size: 12, limit: map.size.width / 2),
                at: (padding, top + 10), class: "muted")
            top += 18
        }
        let names = Self.names(map.rowLabels, count: grid.rowCount, block: grid.block.rows)
        let nameWidth = names.map { min(TextMetrics.width($0, size: 11), 120) }.max() ?? 0
        left = padding + nameWidth + 6
        let columnNames = Self.names(
            map.columnLabels, count: grid.columnCount, block: grid.block.columns)
        let longest = columnNames.map { min(TextMetrics.width($0, size: 11), 90) }.max() ?? 0
        let width = map.size.width - left - padding - 74
        let columns = Double(max(grid.columnCount, 1))
        let rows = Double(max(grid.rowCount, 1))
        areColumnNamesTurned = longest + 6 > width / columns && !map.columnLabels.isEmpty
        let footer = (areColumnNamesTurned ? longest + 12 : 20) + (map.columnTitle.isEmpty ? 0 : 16)
        let height = map.size.height - top - padding - footer
        // Cells are square where the matrix allows, and never more than three to one.
        let side = min(width / columns, max(height, 20) / rows)
        cell = (min(width / columns, side * 3), min(max(height, 20) / rows, side * 3))
        if map.columnLabels.isEmpty || areColumnNamesTurned == false {
            areColumnNamesTurned = longest + 6 > cell.width && !map.columnLabels.isEmpty
        }
        scaleBar = (left + cell.width * columns + 16, top, min(cell.height * rows, 200))
    }

    /// The upper left corner of a cell.
    func corner(row: Int, column: Int) -> (x: Double, y: Double) {
        (left + Double(column) * cell.width, top + Double(row) * cell.height)
    }

    /// Draws the names of rows and columns, as many as have room, and the columns' title.
    func drawLabels(on canvas: inout Canvas) {
        let rows = Self.names(map.rowLabels, count: grid.rowCount, block: grid.block.rows)
        let rowStride = max(1, Int((13 / max(cell.height, 0.1)).rounded(.up)))
        for row in stride(from: 0, to: grid.rowCount, by: rowStride) {
            canvas.text(
                TextMetrics.fitted(rows[row], size: 11, limit: 120),
                at: (left - 6, top + (Double(row) + 0.5) * cell.height + 4),
                class: "muted small end")
        }
        let columns = Self.names(
            map.columnLabels, count: grid.columnCount, block: grid.block.columns)
        let bottom = top + cell.height * Double(grid.rowCount)
        let longest = columns.map { min(TextMetrics.width($0, size: 11), 90) }.max() ?? 0
        let need = areColumnNamesTurned ? 13 : longest + 6
        let columnStride = max(1, Int((need / max(cell.width, 0.1)).rounded(.up)))
        for column in stride(from: 0, to: grid.columnCount, by: columnStride) {
            let center = left + (Double(column) + 0.5) * cell.width
            let name = TextMetrics.fitted(columns[column], size: 11, limit: 90)
            if areColumnNamesTurned {
                canvas.text(
                    name, at: (center + 4, bottom + 8), class: "muted small end", rotated: -90)
            } else {
                canvas.text(name, at: (center, bottom + 15), class: "muted small middle")
            }
        }
        guard !map.columnTitle.isEmpty else { return }
        let y = bottom + (areColumnNamesTurned ? longest + 12 : 18) + 14
        canvas.text(
            TextMetrics.fitted("→ " + map.columnTitle, size: 12, limit: map.size.width / 2),
            at: (left, y), class: "muted")
    }

    /// The given names, or numbers where there are none; of a block, the name of its first line.
    private static func names(_ labels: [String], count: Int, block: Int) -> [String] {
        (0..<count).map { index in
            let source = index * block
            return labels.isEmpty ? "\(source)" : source < labels.count ? labels[source] : ""
        }
    }
}
