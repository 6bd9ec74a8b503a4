internal import AttendFigures

/// Draws a ``Dashboard`` over and over in the same place of a terminal.
///
/// It draws below what stands there and neither hides the cursor nor takes another screen, so that the terminal is in order
/// however the process ends; a window of another size is cleared first, since its lines have moved.
public struct DashboardDisplay: Sendable {
    /// The least time between two drawings in seconds.
    private static let redrawInterval = 0.25

    private let isColored: Bool
    private let isUnicode: Bool
    private let size: @Sendable () -> (width: Int, height: Int)
    private let write: @Sendable (String) -> Void
    private var state: DashboardState?
    private var lastTime: Double?
    private var lastSize: (width: Int, height: Int)?
    private var shownLines = 0

    /// A display that writes by way of a function.
    ///
    /// - Parameters:
    ///   - size: the columns and rows of the terminal, asked at every drawing.
    ///   - write: takes the text to show.
    public init(
        isColored: Bool, isUnicode: Bool,
        size: @escaping @Sendable () -> (width: Int, height: Int),
        write: @escaping @Sendable (String) -> Void
    ) {
        self.isColored = isColored
        self.isUnicode = isUnicode
        self.size = size
        self.write = write
    }

    /// A display on standard error; nil where that is no terminal that can be drawn on.
    public static func standardError() -> DashboardDisplay? {
        let terminal = Terminal.standardError
        guard terminal.isInteractive else { return nil }
        return DashboardDisplay(
            isColored: terminal.isColored, isUnicode: terminal.isUnicode,
            size: {
                let terminal = Terminal.standardError
                return (terminal.width, terminal.height)
            }, write: Terminal.writeToStandardError)
    }

    /// Shows a state, unless the last one was shown a moment ago.
    ///
    /// - Parameters:
    ///   - time: seconds on a clock that only goes forwards.
    ///   - isUrgent: whether to show it at once, as after an evaluation.
    public mutating func update(
        _ state: DashboardState, at time: Double, isUrgent: Bool = false
    ) {
        self.state = state
        guard isUrgent || lastTime.map({ time - $0 >= Self.redrawInterval }) ?? true else {
            return
        }
        lastTime = time
        draw(state)
    }

    /// Writes a message on lines of its own, above the dashboard.
    public mutating func message(_ text: String) {
        write(
            (shownLines > 0 ? "\r\u{1B}[\(shownLines)A\u{1B}[J" : "")
                + Markup.controlsMadeVisible(text) + "\n")
        shownLines = 0
        if let state { draw(state) }
    }

    /// Leaves the last state standing, with the cursor below.
    public mutating func finish() {
        if let state { draw(state) }
        state = nil
        shownLines = 0
    }

    private mutating func draw(_ state: DashboardState) {
        let size = size()
        let lines = Dashboard.lines(
            state, width: size.width, height: size.height, isColored: isColored,
            isUnicode: isUnicode)
        // All at once, and between two marks which tell terminals that know them to show nothing halfway.
        var frame = "\u{1B}[?2026h"
        if let lastSize, lastSize != size {
            frame += "\u{1B}[2J\u{1B}[H"
        } else if shownLines > 0 {
            frame += "\r\u{1B}[\(shownLines)A"
        }
        frame += lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J\u{1B}[?2026l"
        write(frame)
        lastSize = size
        shownLines = lines.count
    }
}
