import Attend
import Foundation

/// What a command prints: results on standard output, everything else on standard error.
enum Output {
    /// Prints a part of the result at once.
    ///
    /// - Throws: ``OutputError`` where it cannot be written.
    static func write(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
            throw OutputError(reason: (cause ?? error).localizedDescription)
        }
    }

    /// Prints a line of the result.
    static func line(_ text: String = "") throws {
        try write(text + "\n")
    }

    /// Prints a value as JSON on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try line(String(decoding: encoder.encode(value), as: UTF8.self))
    }

    /// Tells the user something; what cannot be told is no reason to stop.
    static func message(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Tells the user which command to type next.
    static func next(_ command: String) {
        message("Next: \(command)")
    }

    /// Draws a line over the one before, where standard error is a terminal; an empty one erases it.
    static func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(text)".utf8))
    }

    /// Whether both the result and the messages go to a terminal, where they appear as one text.
    static var isInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }
}

/// Why the result cannot be printed.
struct OutputError: Error, CustomStringConvertible {
    let reason: String

    var description: String {
        "Standard output cannot be written (\(reason)); direct it to a file or terminal that can."
    }
}

extension Double {
    /// The number, or nil (null in JSON) where it is infinite or not a number.
    var ifFinite: Double? { isFinite ? self : nil }
}
