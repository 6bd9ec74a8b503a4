internal import AttendCheckpoints
public import Foundation

/// The file `metrics.jsonl` of a run: one ``MetricEvent`` a line, appended while training.
///
/// Each event is handed to the operating system as one whole line when it is appended, so a run
/// that is killed loses at most the line being written. Reading and resuming tolerate such a torn
/// last line; any other line that is not an event is an error that names its number.
public final class MetricsLog {
    /// Where the log is.
    public let url: URL

    /// The last step that a resumed log had, after what was cut off; nil where it had none, and for a new log.
    public let resumedStep: Int?

    /// Whether nothing has been logged yet.
    public private(set) var isEmpty: Bool

    private let file: FileHandle

    /// Begins a new log.
    ///
    /// - Throws: ``MetricsLogError`` where the file exists already or cannot be created.
    public init(creating url: URL) throws {
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw MetricsLogError(
                url, "exists already; resume that run or choose another directory")
        }
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw MetricsLogError(
                url, "cannot be created; check that its directory exists and may be written")
        }
        self.url = url
        (resumedStep, isEmpty) = (nil, true)
        file = try Self.opened(url)
    }

    /// Continues the log of a run that is resumed from the checkpoint at `step`.
    ///
    /// Everything that the run logged after that step is cut off, and so are an end of training
    /// and a torn last line; what the resumed run appends then reads as if it had never stopped.
    /// A log that is missing is begun anew; ``resumedStep`` then says so.
    ///
    /// - Parameter step: how many steps the checkpoint has; below 0 where there is none.
    /// - Throws: ``MetricsLogError`` where the file cannot be read or written, or has a line that
    ///   is not an event.
    public init(resuming url: URL, afterStep step: Int) throws {
        if !FileManager.default.fileExists(atPath: url.path) {
            guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
                throw MetricsLogError(
                    url, "cannot be created; check that its directory may be written")
            }
        }
        let lines = try Self.lines(in: url)
        let kept = lines.prefix { line in
            if case .done = line.event { return false }
            return line.event.step.map { $0 <= step } ?? true
        }
        self.url = url
        isEmpty = kept.isEmpty
        resumedStep = kept.compactMap { $0.event.madeStep }.last
        file = try Self.opened(url)
        do {
            try file.truncate(atOffset: UInt64(kept.last?.end ?? 0))
            try file.seekToEnd()
            if let last = kept.last, !last.hasLineBreak {
                try file.write(contentsOf: Data("\n".utf8))
            }
        } catch {
            throw MetricsLogError(url, "cannot be written: \(error.localizedDescription)")
        }
    }

    deinit { try? file.close() }

    /// Adds an event at the end.
    ///
    /// - Throws: ``MetricsLogError`` where the line cannot be written, as on a full disk.
    public func append(_ event: MetricEvent) throws {
        do {
            try file.write(contentsOf: Data((event.jsonLine + "\n").utf8))
        } catch {
            throw MetricsLogError(url, "cannot be written: \(error.localizedDescription)")
        }
        isEmpty = false
    }

    /// Returns when all that was added is on the disk, so that a checkpoint is never ahead of its log.
    ///
    /// - Throws: ``MetricsLogError`` where it cannot be brought there.
    public func synchronize() throws {
        do {
            try file.synchronize()
        } catch {
            throw MetricsLogError(
                url, "cannot be brought to the disk: \(error.localizedDescription)")
        }
    }

    /// Whether a log says that its training has ended.
    public static func hasEnded(_ url: URL) throws -> Bool {
        if !FileManager.default.fileExists(atPath: url.path) { return false }
        return try outline(of: url, atMost: .max).contains {
            if case .done = $0 { true } else { false }
        }
    }

    /// The events of a log in their order, without a torn last line.
    ///
    /// - Parameter byteLimit: how long the log may be.
    /// - Throws: ``MetricsLogError`` where the file cannot be read or is longer, or has a line that is
    ///   not an event.
    public static func events(in url: URL, atMost byteLimit: Int = .max) throws -> [MetricEvent] {
        try lines(in: url, atMost: byteLimit).map(\.event)
    }

    /// The events of a log without its steps but the last one, and without its layers: what a run came to.
    ///
    /// Steps are nearly all of a log, and reading their numbers nearly all of the work.
    ///
    /// - Throws: ``MetricsLogError`` as ``events(in:)`` does, and where the log is longer than `byteLimit`.
    package static func outline(of url: URL, atMost byteLimit: Int) throws -> [MetricEvent] {
        let decoder = JSONDecoder()
        var events: [MetricEvent] = []
        var lastStep: LogLines.Line?
        try forEachLine(in: url, atMost: byteLimit) { line in
            if line.hasLineBreak, line.bytes.starts(with: stepBeginning) {
                lastStep = line
            } else if line.hasLineBreak, line.bytes.starts(with: layersBeginning) {
                return
            } else if let event = try event(in: line, of: url, decoder) {
                events.append(event)
            }
        }
        if let lastStep, let event = try event(in: lastStep, of: url, decoder) {
            events.insert(event, at: 0)
        }
        return events
    }

    private static let stepBeginning = Array(#"{"event":"step","#.utf8)
    private static let layersBeginning = Array(#"{"event":"layers","#.utf8)

    // MARK: Lines

    private struct Line {
        var event: MetricEvent
        /// The number of bytes up to and with this line.
        var end: Int
        var hasLineBreak: Bool
    }

    private static func opened(_ url: URL) throws -> FileHandle {
        do {
            return try FileHandle(forUpdating: url)
        } catch {
            throw MetricsLogError(url, "cannot be written: \(error.localizedDescription)")
        }
    }

    private static func lines(in url: URL, atMost byteLimit: Int = .max) throws -> [Line] {
        let decoder = JSONDecoder()
        var lines: [Line] = []
        try forEachLine(in: url, atMost: byteLimit) { line in
            if let event = try event(in: line, of: url, decoder) {
                lines.append(Line(event: event, end: line.end, hasLineBreak: line.hasLineBreak))
            }
        }
        return lines
    }

    private static func forEachLine(
        in url: URL, atMost byteLimit: Int, _ body: (LogLines.Line) throws -> Void
    ) throws {
        do {
            try LogLines(of: url.path, atMost: byteLimit).forEach(body)
        } catch let error as CheckpointError {
            throw MetricsLogError(url, "cannot be read: \(error.explanation)")
        }
    }

    /// The event of a line; nil for a torn one.
    private static func event(
        in line: LogLines.Line, of url: URL, _ decoder: JSONDecoder
    ) throws -> MetricEvent? {
        do {
            return try decoder.decode(MetricEvent.self, from: Data(line.bytes))
        } catch {
            // Only the last line can have been torn, and then it lacks its line break.
            guard line.hasLineBreak else { return nil }
            throw MetricsLogError(
                url,
                "line \(line.number): \(reason(error)); take that line out, or the file away if its curves may be lost"
            )
        }
    }

    private static func reason(_ error: any Error) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, _):
            return "the member \"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(let type, let context) where !context.codingPath.isEmpty:
            return "the member \"\(path(context.codingPath))\" is no \(type)"
        case DecodingError.valueNotFound(let type, let context) where !context.codingPath.isEmpty:
            return "the member \"\(path(context.codingPath))\" is no \(type) but null"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "the member \"\(path(context.codingPath))\": \(context.debugDescription)"
        default:
            return "expected a JSON object with a member \"event\""
        }
    }
}

/// What is wrong with a log of metrics, as a sentence.
public struct MetricsLogError: Error, CustomStringConvertible, Sendable {
    /// The sentence: which file, what was found and what would do.
    public let description: String

    init(_ url: URL, _ reason: String) {
        description = "\(url.path): \(reason)"
    }
}
