import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite final class LogLinesTests {
    private let path = NSTemporaryDirectory() + "attend-lines-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func lines(_ text: String) throws -> [LogLines.Line] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var lines: [LogLines.Line] = []
        try LogLines(of: path).forEach { lines.append($0) }
        return lines
    }

    @Test func linesAreThoseOfTheText() throws {
        for text in ["", "a", "a\n", "\n", "a\n\nb\n", "a\nb", "é\n🦊\n\n"] {
            var expected = text.split(separator: "\n", omittingEmptySubsequences: false)
            if expected.last == "" { expected.removeLast() }
            let found = try lines(text)
            #expect(
                found.map { String(decoding: $0.bytes, as: UTF8.self) } == expected.map(String.init)
            )
            #expect(found.map(\.number) == Array(expected.indices.map { $0 + 1 }))
            #expect(found.last?.end ?? 0 == text.utf8.count)
            #expect(found.last?.hasLineBreak ?? true == (text.isEmpty || text.hasSuffix("\n")))
        }
    }

    @Test func linesMayLieAcrossThePiecesThatAreRead() throws {
        let long = String(repeating: "x", count: 700_000)
        let found = try lines("\(long)\nshort\n\(long)\(long)\nlast")
        #expect(found.map(\.bytes.count) == [700_000, 5, 1_400_000, 4])
        #expect(found.map(\.end) == [700_001, 700_007, 2_100_008, 2_100_012])
    }

    @Test func limitsAreErrorsThatNameThem() throws {
        _ = try lines("12345\n")
        #expect(throws: Never.self) { try LogLines(of: self.path, atMost: 6) }
        let size = try #require(throws: CheckpointError.self) {
            try LogLines(of: self.path, atMost: 5)
        }
        #expect(size.description.contains("has 6 bytes where at most 5 are read"))
        let endless = String(repeating: "x", count: LogLines.lineLimit + 1)
        let line = try #require(throws: CheckpointError.self) { try self.lines("a\n" + endless) }
        #expect(line.description.contains("line 2 has more than"))
    }
}
