import Foundation

/// What is known about the terminal, if any, behind standard error.
package struct Terminal: Sendable {
    /// Whether a line can be drawn over.
    package var isInteractive: Bool
    /// Whether to use colours; the variable NO_COLOR turns them off (https://no-color.org).
    package var isColored: Bool
    /// Whether the language settings promise more than ASCII.
    package var isUnicode: Bool
    /// The number of columns.
    package var width: Int
    /// The number of rows.
    package var height: Int

    /// The terminal behind standard error now.
    static var standardError: Terminal {
        Terminal(
            environment: ProcessInfo.processInfo.environment,
            isTerminal: isatty(STDERR_FILENO) == 1, windowColumns: window?.columns,
            windowRows: window?.rows)
    }

    /// Derives the facts from what the system says.
    ///
    /// - Parameters:
    ///   - windowColumns: the width the system reports; nil where it does not know.
    ///   - windowRows: the height.
    package init(
        environment: [String: String], isTerminal: Bool, windowColumns: Int?,
        windowRows: Int? = nil
    ) {
        isInteractive = isTerminal && environment["TERM"] != "dumb"
        isColored = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
        // The first of these that is set decides, as in the C library.
        let language =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty } ?? ""
        let normalized = language.lowercased()
        isUnicode = normalized.contains("utf-8") || normalized.contains("utf8")
        func size(_ name: String, _ reported: Int?, otherwise usual: Int) -> Int {
            let stated = environment[name].flatMap { Int($0) }
            return [stated, reported].lazy.compactMap { $0 }.first { (1...10_000) ~= $0 } ?? usual
        }
        width = size("COLUMNS", windowColumns, otherwise: 80)
        height = size("LINES", windowRows, otherwise: 24)
    }

    /// Writes text to standard error; a reader that has gone away is no reason to stop training.
    @Sendable static func writeToStandardError(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static var window: (columns: Int?, rows: Int?)? {
        var size = winsize()
        // The C library offers no other way to ask; it fills the structure during the call only.
        let status = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
        guard status == 0 else { return nil }
        return (
            size.ws_col > 0 ? Int(size.ws_col) : nil, size.ws_row > 0 ? Int(size.ws_row) : nil
        )
    }
}
