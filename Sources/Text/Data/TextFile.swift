import Foundation

/// Reads files of plain text.
public enum TextFile {
    /// The most bytes that are read from one file: 1 GiB.
    public static let byteLimit = 1 << 30

    /// The text of a UTF-8 file.
    ///
    /// A byte order mark at the start is dropped, and the line ending CR LF becomes LF, so that a text
    /// gives the same tokens wherever it was edited. All else is kept as it is: a lone CR, composed and
    /// decomposed characters, space at the end.
    ///
    /// - Throws: ``DataError`` where the path leads to no readable, non-empty text file.
    public static func read(_ path: String) throws(DataError) -> String {
        try text(of: bytes(at: path), path: path)
    }

    /// Whether a path leads to a directory, perhaps by a link.
    public static func isDirectory(_ path: String) -> Bool {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return !path.isEmpty && attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    /// The lines of a text, without line ends; none where there is no byte.
    ///
    /// A byte order mark at the start is dropped, and an end after the last line starts no other.
    ///
    /// - Parameters:
    ///   - source: where the bytes come from, for messages.
    ///   - keepingSpace: whether lines keep the space around them.
    /// - Throws: ``DataError`` where they are no text.
    public static func lines(
        of bytes: [UInt8], source: String, keepingSpace: Bool = false
    ) throws(DataError) -> [String] {
        if bytes.isEmpty { return [] }
        let text = try text(of: bytes, path: source)
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.map { keepingSpace ? String($0) ?? "" : trimmed($0) }
    }

    /// The text that the bytes of a file hold; `path` is for messages.
    static func text(of file: [UInt8], path: String) throws(DataError) -> String {
        if file.starts(with: [0xFF, 0xFE]) || file.starts(with: [0xFE, 0xFF])
            || file.starts(with: [0, 0, 0xFE, 0xFF])
        {
            throw .wideEncoding(path: path)
        }
        var bytes = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.isEmpty else { throw .empty(path: path) }
        if let offset = file.firstIndex(of: 0) { throw .binary(path: path, offset: offset) }
        guard let text = String(validating: withoutCarriageReturns(bytes), as: UTF8.self) else {
            let offset = UTF8Validation.firstInvalidOffset(in: file) ?? 0
            let line = 1 + file[..<offset].count { $0 == UInt8(ascii: "\n") }
            throw .notUTF8(path: path, offset: offset, line: line)
        }
        return text
    }

    /// The bytes with every CR LF as LF.
    private static func withoutCarriageReturns(_ bytes: [UInt8]) -> [UInt8] {
        let (return_, feed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        guard bytes.contains(return_) else { return bytes }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == feed, kept.last == return_ { kept.removeLast() }
            kept.append(byte)
        }
        return kept
    }

    /// The bytes of a file, in pieces so that one that grows meets the limit.
    ///
    /// - Parameter mayHoldZero: whether the byte 0, which stands in no text that is learnt from, is kept.
    /// - Throws: ``DataError`` where the path leads to no readable file, or it is too large.
    public static func bytes(
        at path: String, mayHoldZero: Bool = false
    ) throws(DataError) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard !path.isEmpty, !path.utf8.contains(0),
            unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        else { throw .missing(path: path) }
        guard !isDirectory.boolValue else { throw .directory(path: path) }
        // A pipe may have no writer and no end; what is learnt from is read again on resuming.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        let kind = attributes?[.type] as? FileAttributeType
        guard kind == nil || kind == .typeRegular else {
            throw .unreadable(path: path, reason: "it is a pipe or a device, not a file")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path, reason: "it could not be opened")
        }
        defer { try? handle.close() }
        var bytes: [UInt8] = []
        do {
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                bytes.append(contentsOf: piece)
                guard bytes.count <= byteLimit else {
                    throw DataError.tooLarge(path: path, limit: byteLimit)
                }
                // A stream of zeros has no end; there is no need to read up to the limit to see it.
                if !mayHoldZero, let zero = piece.firstIndex(of: 0), !hasWideMark(bytes) {
                    throw DataError.binary(
                        path: path, offset: bytes.count - piece.count + (zero - piece.startIndex))
                }
            }
        } catch let error as DataError {
            throw error
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        return bytes
    }

    private static func hasWideMark(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    }
}
