internal import AttendText

/// Reads a part of a file from its start to its end through a small window, and never past it.
///
/// Whatever a count in the file claims is held against the bytes that are left before anything is allocated for it.
struct GGUFCursor {
    let file: InputFile
    /// Where the part ends in the file.
    let end: Int
    /// What is read next, in bytes from the file's start.
    private(set) var offset: Int
    /// The bytes of the file from `windowStart` on.
    private var window: [UInt8] = []
    private var windowStart: Int

    private static let windowSize = 1 << 18

    init(_ file: InputFile, _ range: Range<Int>) {
        self.file = file
        offset = range.lowerBound
        windowStart = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes are left.
    var remaining: Int { end - offset }

    /// An error about what is at this place, with how to mend it.
    func malformed(at place: Int? = nil, _ explanation: String) -> CheckpointError {
        CheckpointError(
            .malformed, path: file.path,
            "byte \(place ?? offset), in the header, \(explanation); fetch or write the file again")
    }

    /// Moves past as many bytes and gives the place of the first within the window.
    private mutating func advance(
        _ count: Int, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> Int {
        guard count <= remaining else {
            throw CheckpointError(
                .malformed, path: file.path,
                "ends at byte \(end), within \(what()) that begins at byte \(offset); "
                    + "fetch or write the file again")
        }
        if offset + count > windowStart + window.count {
            let size = min(max(count, Self.windowSize), remaining)
            window = try file.bytes(offset..<offset + size)
            windowStart = offset
        }
        defer { offset += count }
        return offset - windowStart
    }

    /// A little-endian number.
    mutating func word<Word: FixedWidthInteger>(
        _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> Word {
        let size = Word.bitWidth / 8
        let start = try advance(size, what())
        var bits: UInt64 = 0
        for index in 0..<size { bits |= UInt64(window[start + index]) << (8 * UInt64(index)) }
        return Word(truncatingIfNeeded: bits)
    }

    /// A count of things of which each takes at least some bytes, so that there cannot be more than fit.
    ///
    /// Counts are signed in some writers' eyes and unsigned in others'; what differs is beyond any file.
    mutating func count(
        of what: @autoclosure () -> String, ofAtLeast size: Int, limit: Int = .max
    ) throws(CheckpointError) -> Int {
        let place = offset
        let value: UInt64 = try word("the count of \(what())")
        guard value <= UInt64(remaining / size) else {
            let shown = value > UInt64(Int.max) ? "\(Int64(bitPattern: value))" : "\(value)"
            throw malformed(
                at: place,
                "announces \(shown) \(what()) where \(remaining) bytes, enough for at most \(remaining / size), are left"
            )
        }
        guard value <= UInt64(limit) else {
            throw CheckpointError(
                .refused, path: file.path,
                "has \(value) \(what()) where at most \(limit) are read; give a file with fewer")
        }
        return Int(value)
    }

    /// As many bytes.
    mutating func bytes(
        _ count: Int, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> ArraySlice<UInt8> {
        let start = try advance(count, what())
        return window[start..<start + count]
    }

    /// A string: its length, and as many bytes.
    mutating func string(
        _ what: @autoclosure () -> String, limit: Int = .max
    ) throws(CheckpointError) -> ArraySlice<UInt8> {
        let place = offset
        let count = try self.count(of: "bytes of \(what())", ofAtLeast: 1)
        guard count <= limit else {
            throw malformed(
                at: place,
                "announces \(count) bytes of \(what()) where at most \(limit) are permitted")
        }
        return try bytes(count, what())
    }

    /// Moves past as many bytes.
    mutating func skip(
        _ count: Int, _ what: @autoclosure () -> String
    ) throws(CheckpointError) {
        guard count <= remaining else {
            _ = try advance(count, what())
            return
        }
        offset += count
        // The next step reads anew where it lands outside of the window.
        if offset > windowStart + window.count {
            window = []
            windowStart = offset
        }
    }
}
