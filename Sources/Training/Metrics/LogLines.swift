internal import AttendCheckpoints
internal import AttendText

/// The lines of a file, read in pieces, so that a long log takes no more memory than its longest line.
package struct LogLines {
    /// One line.
    package struct Line {
        /// What is in it, without its line break.
        package var bytes: [UInt8]
        /// Which one it is, from 1.
        package var number: Int
        /// The number of bytes of the file up to and with this line.
        package var end: Int
        /// False only for a last line that may have been torn.
        package var hasLineBreak: Bool
    }

    /// The most bytes of a line.
    package static let lineLimit = 16 << 20

    private static let pieceSize = 1 << 20

    private let file: InputFile

    /// The lines of the file at a path.
    ///
    /// - Parameter byteLimit: how long the file may be.
    /// - Throws: `CheckpointError` where it cannot be opened or is longer.
    package init(of path: String, atMost byteLimit: Int = .max) throws {
        file = try InputFile(path: path)
        if file.size > byteLimit {
            throw CheckpointError(
                .refused, path: path,
                "has \(file.size) bytes where at most \(byteLimit) are read")
        }
    }

    /// Hands over each line until one throws.
    package func forEach(_ body: (Line) throws -> Void) throws {
        var line = Line(bytes: [], number: 1, end: 0, hasLineBreak: true)
        var offset = 0
        while offset < file.size {
            let piece = try file.bytes(offset..<min(offset + Self.pieceSize, file.size))
            offset += piece.count
            var rest = piece[...]
            while !rest.isEmpty {
                let lineBreak = rest.firstIndex(of: UInt8(ascii: "\n"))
                line.bytes += rest[..<(lineBreak ?? rest.endIndex)]
                guard line.bytes.count <= Self.lineLimit else {
                    throw CheckpointError(
                        .refused, path: file.path,
                        "line \(line.number) has more than \(Self.lineLimit) bytes")
                }
                guard let lineBreak else { break }
                rest = rest[(lineBreak + 1)...]
                line.end = offset - rest.count
                try body(line)
                line.number += 1
                line.bytes.removeAll(keepingCapacity: true)
            }
        }
        if line.bytes.isEmpty { return }
        line.end = offset
        line.hasLineBreak = false
        try body(line)
    }
}
