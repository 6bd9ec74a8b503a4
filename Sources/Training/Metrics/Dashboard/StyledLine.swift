/// A line for a terminal, put together of pieces with and without colour.
struct StyledLine {
    /// How a piece looks where there are colours.
    enum Style: String {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// The line, control sequences included.
    private(set) var text = ""
    /// How many columns it takes.
    private(set) var columns = 0

    private let isColored: Bool

    init(isColored: Bool) { self.isColored = isColored }

    /// Adds a piece; it must hold no control sequences.
    mutating func append(_ piece: String, _ style: Style = .plain) {
        if piece.isEmpty { return }
        columns += TextColumns.count(piece)
        text +=
            isColored && style != .plain ? "\u{1B}[\(style.rawValue)m\(piece)\u{1B}[0m" : piece
    }

    /// Adds spaces up to a column.
    mutating func pad(to column: Int) {
        append(String(repeating: " ", count: max(column - columns, 0)))
    }

    /// Adds all of another line.
    mutating func append(_ other: StyledLine) {
        text += other.text
        columns += other.columns
    }
}
