internal import AttendFigures
internal import Foundation

/// A curve and some marks in characters: eight dots of Braille to each where there are more than those of ASCII.
struct TextPlot {
    /// The curve, from left to right.
    let curve: [FigurePoint]
    /// Points that stand out.
    let marks: [FigurePoint]
    let isColored: Bool
    let isUnicode: Bool

    private static let labelWidth = 7

    /// The plot with its labels, in exactly so many lines of at most so many columns; empty where there is no room or nothing
    /// to show.
    func lines(width: Int, height: Int) -> [StyledLine] {
        let points = (curve + marks).filter { $0.x.isFinite && $0.y.isFinite && $0.y > 0 }
        let columns = width - Self.labelWidth - 1
        let rows = height - 1
        guard columns >= 8, rows >= 3, let left = points.map(\.x).min(),
            let right = points.map(\.x).max(), let low = points.map(\.y).min(),
            let high = points.map(\.y).max()
        else { return [] }
        let vertical = Scale(low: low, high: high)
        let dots = isUnicode ? (x: 2, y: 4) : (x: 1, y: 1)
        func place(_ point: FigurePoint, columns: Int, rows: Int) -> (x: Int, y: Int)? {
            guard point.x.isFinite, point.y.isFinite, point.y > 0 else { return nil }
            let x = right > left ? (point.x - left) / (right - left) : 0
            return (
                min(Int(x * Double(columns)), columns - 1),
                min(Int((1 - vertical.fraction(point.y)) * Double(rows)), rows - 1)
            )
        }
        var cells = [[Cell]](
            repeating: [Cell](repeating: .blank, count: columns), count: rows)
        for (x, range) in heights(dotColumns: columns * dots.x, rows: rows * dots.y, place) {
            for y in range { cells[y / dots.y][x / dots.x].set(x % dots.x, y % dots.y) }
        }
        for mark in marks {
            if let spot = place(mark, columns: columns, rows: rows) {
                cells[spot.y][spot.x] = .mark
            }
        }
        var lines = cells.enumerated().map { row, cells in
            var line = StyledLine(isColored: isColored)
            let label = row == 0 ? high : row == rows - 1 ? low : nil
            let text = label.map { Numeral.brief($0, digits: 3) } ?? ""
            line.append(Self.flushRight(text, Self.labelWidth) + " ", .dim)
            draw(cells, on: &line)
            return line
        }
        var footer = StyledLine(isColored: isColored)
        footer.pad(to: Self.labelWidth + 1)
        let (first, last) = (Numeral.brief(left), Numeral.brief(right))
        footer.append(first, .dim)
        if columns > first.count + last.count + 1 {
            footer.pad(to: width - last.count)
            footer.append(last, .dim)
        }
        lines.append(footer)
        return lines
    }

    /// The rows of dots that the curve takes in each column of dots, joined to those of the column before.
    private func heights(
        dotColumns: Int, rows: Int, _ place: (FigurePoint, Int, Int) -> (x: Int, y: Int)?
    ) -> [(x: Int, rows: ClosedRange<Int>)] {
        var sums: [Int: (sum: Int, count: Int)] = [:]
        for point in curve {
            guard let spot = place(point, dotColumns, rows) else { continue }
            let (sum, count) = sums[spot.x] ?? (0, 0)
            sums[spot.x] = (sum + spot.y, count + 1)
        }
        var result: [(x: Int, rows: ClosedRange<Int>)] = []
        var before: (x: Int, y: Int)?
        for x in sums.keys.sorted() {
            guard let (sum, count) = sums[x] else { continue }
            let y = sum / count
            if let (oldX, oldY) = before {
                // Columns without a point of their own lie on the line between their neighbours.
                for between in (oldX + 1)..<max(x, oldX + 1) {
                    let height = oldY + (y - oldY) * (between - oldX) / (x - oldX)
                    result.append((between, height...height))
                }
                let end = oldY + (y - oldY) * (x - 1 - oldX) / (x - oldX)
                result.append((x, min(end, y)...max(end, y)))
            } else {
                result.append((x, y...y))
            }
            before = (x, y)
        }
        return result
    }

    private func draw(_ cells: [Cell], on line: inout StyledLine) {
        var run = ""
        var isMarked = false
        func style(_ isMarked: Bool) -> StyledLine.Style { isMarked ? .yellow : .cyan }
        for cell in cells {
            let isMark = if case .mark = cell { true } else { false }
            if isMark != isMarked, !run.isEmpty {
                line.append(run, style(isMarked))
                run = ""
            }
            isMarked = isMark
            run.unicodeScalars.append(cell.scalar(isUnicode: isUnicode))
        }
        line.append(run, style(isMarked))
    }

    private static func flushRight(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text.prefix(width)
    }

    /// Heights from 0 to 1: of logarithms where the values spread wide, so that late progress can still be seen.
    private struct Scale {
        private let low: Double
        private let high: Double
        private let isLogarithmic: Bool

        init(low: Double, high: Double) {
            isLogarithmic = high > 2.5 * low
            self.low = isLogarithmic ? log(low) : low
            self.high = isLogarithmic ? log(high) : high
        }

        func fraction(_ value: Double) -> Double {
            let value = isLogarithmic ? log(value) : value
            return high > low ? min(max((value - low) / (high - low), 0), 1) : 0.5
        }
    }

    private enum Cell {
        case blank
        case dots(UInt8)
        case mark

        /// The bits of Braille's dots, by column and row.
        private static let bits: [[UInt8]] = [[1, 2, 4, 64], [8, 16, 32, 128]]

        mutating func set(_ x: Int, _ y: Int) {
            let old: UInt8 = if case .dots(let dots) = self { dots } else { 0 }
            self = .dots(old | Self.bits[x][y])
        }

        func scalar(isUnicode: Bool) -> Unicode.Scalar {
            switch self {
            case .blank: " "
            case .dots(let dots):
                isUnicode ? Unicode.Scalar(0x2800 + UInt32(dots)) ?? "*" : "*"
            case .mark: isUnicode ? "●" : "o"
            }
        }
    }
}
