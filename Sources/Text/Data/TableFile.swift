import Foundation

/// The lines of a text file, without line ends; an end after the last line starts no other.
func lines(of path: String) throws(DataError) -> [Substring.UTF8View.SubSequence] {
    let text = try TextFile.read(path)
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
}

/// The two columns of each line of a file, without the space around them.
///
/// - Throws: ``DataError/tabs(path:line:count:)`` at a line without exactly one tab.
func tableLines(of path: String) throws(DataError) -> [(String, String)] {
    var rows: [(String, String)] = []
    for (index, line) in try lines(of: path).enumerated() {
        let columns = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        guard columns.count == 2 else {
            throw .tabs(path: path, line: index + 1, count: columns.count - 1)
        }
        rows.append((trimmed(columns[0]), trimmed(columns[1])))
    }
    return rows
}

/// A piece of text without the spaces, tabs and carriage returns around it.
func trimmed(_ bytes: Substring.UTF8View.SubSequence) -> String {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var bytes = bytes.drop(while: blank)
    while let last = bytes.last, blank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}
