import Foundation

/// Rows of cells as lines of text, whose columns are as wide as their widest cell.
struct TextTable {
    /// The heading, then a line for each row.
    let lines: [String]

    /// A table whose first columns are words, set to the left, and whose others are numbers, set to the right.
    init(columns: [String], rows: [[String]], wordColumns: Int) {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { $0[column].count }.max() ?? 0
        }
        lines = ([columns] + rows).map { cells in
            cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < wordColumns ? cell + space : space + cell
            }.joined(separator: "  ")
        }
    }
}
