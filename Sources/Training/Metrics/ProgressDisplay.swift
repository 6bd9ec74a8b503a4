import AttendFigures

/// Shows ``ProgressState`` as training goes on: one live line on a terminal, else a line now and
/// then.
public struct ProgressDisplay: Sendable {
    /// How progress is shown.
    public enum Style: Hashable, Sendable {
        /// One line that is drawn over.
        case live
        /// A line at every evaluation, and at least `interval` seconds apart otherwise.
        case plain(interval: Double)
    }

    /// The least time between two drawings of the live line in seconds; the eye needs no more.
    private static let redrawInterval = 0.1

    private static let clearLine = "\r\u{1B}[K"

    private let style: Style
    private let isColored: Bool
    private let isUnicode: Bool
    private let width: @Sendable () -> Int
    private let write: @Sendable (String) -> Void
    private var lastTime: Double?
    private var state: ProgressState?
    private var isLineShown = false

    /// A display that writes by way of a function.
    ///
    /// - Parameters:
    ///   - isColored: whether to use colours.
    ///   - isUnicode: whether the reader shows more than ASCII.
    ///   - width: the columns of the terminal, asked at every drawing since its window may change.
    ///   - write: takes the text to show.
    public init(
        style: Style, isColored: Bool = false, isUnicode: Bool = true,
        width: @escaping @Sendable () -> Int, write: @escaping @Sendable (String) -> Void
    ) {
        self.style = style
        self.isColored = isColored
        self.isUnicode = isUnicode
        self.width = width
        self.write = write
    }

    /// A display on standard error, in the style that it and the environment call for.
    public static func standardError() -> ProgressDisplay {
        let terminal = Terminal.standardError
        return ProgressDisplay(
            style: terminal.isInteractive ? .live : .plain(interval: 10),
            isColored: terminal.isColored, isUnicode: terminal.isUnicode,
            width: { Terminal.standardError.width }, write: Terminal.writeToStandardError)
    }

    /// Shows a state, unless the last one was shown a moment ago.
    ///
    /// - Parameter time: seconds on a clock that only goes forwards.
    public mutating func update(_ state: ProgressState, at time: Double) {
        self.state = state
        let interval =
            switch style {
            case .live: Self.redrawInterval
            case .plain(let interval): interval
            }
        guard lastTime.map({ time - $0 >= interval }) ?? true else { return }
        show(state, at: time)
    }

    /// Shows a state at once, as after an evaluation.
    public mutating func evaluated(_ state: ProgressState, at time: Double) {
        self.state = state
        show(state, at: time)
    }

    /// Writes a message on lines of its own, above the live line.
    ///
    /// Control characters are made visible, since the message may quote what a model wrote.
    public mutating func message(_ text: String) {
        let clear = isLineShown ? Self.clearLine : ""
        write(clear + Markup.controlsMadeVisible(text) + "\n")
        isLineShown = false
        if style == .live, let state { draw(state) }
    }

    /// Leaves the last state standing and moves to a new line.
    public mutating func finish() {
        if style == .live, let state {
            draw(state)
            write("\n")
        }
        isLineShown = false
        state = nil
        lastTime = nil
    }

    private mutating func show(_ state: ProgressState, at time: Double) {
        lastTime = time
        switch style {
        case .live: draw(state)
        case .plain: write(plainLine(state) + "\n")
        }
    }

    private mutating func draw(_ state: ProgressState) {
        write(
            Self.clearLine
                + ProgressLine.text(
                    state, width: width(), isColored: isColored, isUnicode: isUnicode))
        isLineShown = true
    }

    /// A file of lines has no width, and no use for a bar.
    private func plainLine(_ state: ProgressState) -> String {
        ProgressLine.text(state, width: 1000, barLimit: 0)
    }
}
