import AttendText
import Foundation
import Testing

@Suite("Text files")
struct TextFileTests {
    /// Runs `body` with the path of a file that holds the given bytes, and removes it afterwards.
    private func withFile<T>(_ bytes: [UInt8], _ body: (String) throws -> T) throws -> T {
        let path = NSTemporaryDirectory() + "attend-text-\(UUID().uuidString).txt"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    /// The error of reading a file with the given bytes, its path replaced by `F`.
    private func sentence(_ bytes: [UInt8]) throws -> String {
        try withFile(bytes) { path in
            do {
                _ = try TextFile.read(path)
                return "no error"
            } catch {
                return "\(error)".replacingOccurrences(of: path, with: "F")
            }
        }
    }

    @Test("Text is read as it is")
    func plain() throws {
        let text = "caf\u{E9} cafe\u{301}\n\n 👩‍👩‍👧‍👦 \t\n"
        #expect(try Array(withFile(Array(text.utf8), TextFile.read).utf8) == Array(text.utf8))
    }

    @Test("A byte order mark at the start is dropped, elsewhere kept")
    func byteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(try Array(withFile(mark + [97] + mark, TextFile.read).utf8) == [97] + mark)
    }

    @Test("CR LF becomes LF; other CRs are kept")
    func lineEndings() throws {
        let read = try withFile(Array("a\r\n\r\nb\rc\r\r\nd\r".utf8), TextFile.read)
        #expect(Array(read.utf8) == Array("a\n\nb\rc\r\nd\r".utf8))
    }

    @Test("A file longer than one read keeps its bytes")
    func long() throws {
        let bytes = Array(String(repeating: "0123456789é", count: 200_000).utf8)
        #expect(try Array(withFile(bytes, TextFile.read).utf8) == bytes)
    }

    @Test("Every fault is an error with its own sentence")
    func faults() throws {
        #expect(
            try sentence([])
                == "The file \"F\" is empty; give a text file with something to learn from.")
        #expect(try sentence([0xEF, 0xBB, 0xBF]).contains("is empty"))
        #expect(
            try sentence([97, 98, 0, 97])
                == "The file \"F\" is not text: byte 2 is NUL; give a UTF-8 text file.")
        #expect(
            try sentence([0xFF, 0xFE, 97, 0])
                == "The file \"F\" is in UTF-16 or UTF-32, as its byte order mark says; save it as UTF-8."
        )
        #expect(try sentence([0xFE, 0xFF, 0, 97]).contains("UTF-16"))
        #expect(
            try sentence(Array("one\ntwo\n".utf8) + [97, 0xE9, 98])
                == "The file \"F\" is not UTF-8: byte 9, on line 3, begins no valid character; save it as "
                + "UTF-8.")
        #expect(
            throws: DataError.missing(path: "/no/such/file"),
            performing: { try TextFile.read("/no/such/file") })
        #expect(
            DataError.missing(path: "x").description
                == "There is no file at \"x\"; give the path of a UTF-8 text file.")
        #expect(throws: DataError.missing(path: "")) { try TextFile.read("") }
        #expect(throws: DataError.missing(path: "a\u{0}b")) { try TextFile.read("a\u{0}b") }
        let directory = NSTemporaryDirectory()
        #expect(throws: DataError.directory(path: directory)) { try TextFile.read(directory) }
        #expect(
            DataError.directory(path: "d").description
                == "\"d\" is a directory; give the path of a UTF-8 text file.")
        #expect(
            DataError.unreadable(path: "x", reason: "why").description
                == "The file \"x\" cannot be read (why); give the path of a text file that you may read."
        )
        #expect(
            DataError.tooLarge(path: "x", limit: 9).description
                == "The file \"x\" has more than 9 bytes, the most that is read at once; give a part of it."
        )
    }

    @Test(
        "A device without end is refused at once",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/zero")))
    func endless() {
        #expect(
            throws: DataError.unreadable(
                path: "/dev/zero", reason: "it is a pipe or a device, not a file")
        ) {
            try TextFile.read("/dev/zero")
        }
    }

    @Test(
        "The place of every kind of malformed UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80],
            [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xF0, 0x9F, 0x98], [0xFF, 0x41],
        ] as [[UInt8]])
    func malformed(bytes: [UInt8]) throws {
        // Three bytes of "é" and a newline before it, something whole after it.
        for tail in [[], [0x41], [0xC3, 0xA9]] as [[UInt8]] {
            #expect(try sentence([0xC3, 0xA9, 0x0A] + bytes + tail).contains("byte 3, on line 2,"))
        }
    }
}
