internal import AttendText
internal import Foundation

/// The documents of one file, or of all files of a folder, read piece by piece.
///
/// A `.jsonl` file has a document in the field `text` of each line; any other is text, in which a separator may stand
/// between documents. Line ends CR LF become LF, and a byte order mark is dropped, as ``TextFile`` does.
struct TextStream {
    /// What comes along.
    enum Event {
        /// A part of the present document, of whole characters.
        case text([UInt8])
        /// The present document, of which there was some text, ends.
        case endOfDocument
    }

    /// The most files of a folder.
    static let mostTextFiles = 1_000_000
    /// The most bytes of a line of a `.jsonl` file.
    static let longestJSONLine = 16 << 20

    /// What was named.
    let source: String
    /// The files in the order in which they are read.
    let files: [String]
    /// How many bytes they have together.
    let byteCount: Int
    /// Whether there may be more than one document.
    let hasDocuments: Bool
    private let separator: [UInt8]?

    private static let chunkSize = 1 << 20

    /// Finds the files.
    ///
    /// - Throws: ``CheckpointError`` and `DataError` where there is nothing to read.
    init(source: String, separator: String?) throws {
        self.source = source
        self.separator = separator.map { Array($0.utf8) }
        let isFolder = FileKind.of(source, followingLinks: true) == .directory
        files = isFolder ? try Self.files(in: source) : [source]
        var sum = 0
        for file in files { sum += try InputFile(path: file).size }
        byteCount = sum
        hasDocuments = separator != nil || isFolder || source.hasSuffix(".jsonl")
    }

    private static func files(in folder: String) throws -> [String] {
        guard let names = FileManager.default.enumerator(atPath: folder) else {
            throw CheckpointError(.missing, path: folder, "cannot be listed")
        }
        var files: [String] = []
        while let name = names.nextObject() as? String {
            let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
            guard !isHidden, name.hasSuffix(".txt") || name.hasSuffix(".jsonl") else { continue }
            let path = folder.appending(component: name)
            guard FileKind.of(path, followingLinks: true) == .file else { continue }
            files.append(path)
            guard files.count <= mostTextFiles else {
                throw CheckpointError(
                    .refused, path: folder,
                    "has more than \(mostTextFiles) files; put several documents into one .jsonl file"
                )
            }
        }
        guard !files.isEmpty else {
            throw CheckpointError(
                .missing, path: folder,
                "has no file whose name ends in .txt or .jsonl; give a folder that has, or a text file"
            )
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads everything once.
    ///
    /// - Parameter body: is told what comes, and how many bytes have been read.
    func read(_ body: (Event, Int) throws -> Void) throws {
        var done = 0
        for path in files {
            let file = try InputFile(path: path)
            let before = done
            var hasText = false
            func emit(_ event: Event) throws {
                switch event {
                case .text(let bytes):
                    if bytes.isEmpty { return }
                    hasText = true
                case .endOfDocument:
                    if !hasText { return }
                    hasText = false
                }
                try body(event, done)
            }
            func advance(_ offset: Int) { done = before + offset }
            if path.hasSuffix(".jsonl") {
                try readLines(of: file, advance, emit)
            } else {
                try readText(of: file, advance, emit)
            }
            try emit(.endOfDocument)
            done = before + file.size
        }
    }

    private func readText(
        of file: InputFile, _ advance: (Int) -> Void, _ emit: (Event) throws -> Void
    ) throws {
        var (offset, line) = (0, 1)
        var carried: [UInt8] = []
        var pending: [UInt8] = []
        while offset < file.size {
            var raw = carried
            raw += try file.bytes(offset..<min(offset + Self.chunkSize, file.size))
            let base = offset - carried.count
            offset = base + raw.count
            advance(offset)
            let isLast = offset == file.size
            if base == 0, raw.starts(with: [0xFF, 0xFE]) || raw.starts(with: [0xFE, 0xFF]) {
                throw DataError.wideEncoding(path: file.path)
            }
            if let zero = raw.firstIndex(of: 0) {
                throw DataError.binary(path: file.path, offset: base + zero)
            }
            var whole = raw.count - (isLast ? 0 : UTF8Validation.incompleteSuffix(of: raw))
            if !isLast, whole > 0, raw[whole - 1] == UInt8(ascii: "\r") { whole -= 1 }
            carried = Array(raw[whole...])
            raw.removeLast(raw.count - whole)
            if let invalid = UTF8Validation.firstInvalidOffset(in: raw) {
                throw DataError.notUTF8(
                    path: file.path, offset: base + invalid,
                    line: line + raw[..<invalid].count { $0 == UInt8(ascii: "\n") })
            }
            line += raw.count { $0 == UInt8(ascii: "\n") }
            if base == 0, raw.starts(with: [0xEF, 0xBB, 0xBF]) { raw.removeFirst(3) }
            pending += Self.withoutCarriageReturns(raw)
            try emitDocuments(of: &pending, isLast: isLast, emit)
        }
    }

    /// Gives away what is certain to be text, and the ends of documents in it.
    private func emitDocuments(
        of pending: inout [UInt8], isLast: Bool, _ emit: (Event) throws -> Void
    ) throws {
        guard let separator, let first = separator.first else {
            try emit(.text(pending))
            pending = []
            return
        }
        var (start, place) = (0, 0)
        while let found = pending[place...].firstIndex(of: first) {
            if pending.count - found < separator.count { break }
            if pending[found..<found + separator.count].elementsEqual(separator) {
                try emit(.text(Array(pending[start..<found])))
                try emit(.endOfDocument)
                start = found + separator.count
                place = start
            } else {
                place = found + 1
            }
        }
        // What may yet become a separator stays.
        var end = isLast ? pending.count : max(start, pending.count - separator.count + 1)
        while end > start, end < pending.count, pending[end] & 0xC0 == 0x80 { end -= 1 }
        try emit(.text(Array(pending[start..<end])))
        pending.removeFirst(end)
    }

    private func readLines(
        of file: InputFile, _ advance: (Int) -> Void, _ emit: (Event) throws -> Void
    ) throws {
        var (offset, number) = (0, 0)
        var line: [UInt8] = []
        func finishLine() throws {
            number += 1
            defer { line.removeAll(keepingCapacity: true) }
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
            let text = try Self.text(ofLine: line, number, of: file.path)
            try emit(.text(Self.withoutCarriageReturns(Array(text.utf8))))
            try emit(.endOfDocument)
        }
        while offset < file.size {
            var rest = try file.bytes(offset..<min(offset + Self.chunkSize, file.size))[...]
            offset += rest.count
            advance(offset)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end]
                rest = rest[(end + 1)...]
                try finishLine()
            }
            line += rest
            guard line.count <= Self.longestJSONLine else {
                throw CheckpointError(
                    .refused, path: file.path,
                    "has more than \(Self.longestJSONLine) bytes in line \(number + 1); divide the"
                        + " document")
            }
        }
        if !line.isEmpty { try finishLine() }
    }

    private static func text(ofLine line: [UInt8], _ number: Int, of path: String) throws -> String
    {
        let value: JSONValue
        do throws(JSONScanner.Fault) {
            value = try JSONValue(line)
        } catch {
            throw CheckpointError(
                .malformed, path: path, "line \(number) \(error.message); expected a JSON object")
        }
        guard case .object(let object) = value, case .string(let text)? = object["text"] else {
            throw CheckpointError(
                .malformed, path: path,
                "line \(number) has no text in a field \"text\"; expected an object such as"
                    + " {\"text\": \"…\"}")
        }
        return text
    }

    private static func withoutCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        let (carriage, feed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        guard bytes.contains(carriage) else { return bytes }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == feed, kept.last == carriage { kept.removeLast() }
            kept.append(byte)
        }
        return kept
    }
}
