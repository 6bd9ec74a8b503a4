internal import AttendText

/// The list of what a ZIP file holds, which stands at its end.
///
/// - Source: PKWARE's APPNOTE.TXT, version 6.3.10, §4.3.
struct ZipDirectory {
    struct Entry: Hashable {
        let name: String
        /// Where the entry's own header lies in the file.
        let headerOffset: Int
        /// How many bytes it takes in the file.
        let size: Int
        let checksum: UInt32
    }

    let entries: [Entry]

    /// Where the directory begins, before which all entries end.
    let start: Int

    /// The largest directory that is read, in bytes: room for about a million entries.
    static let largestSize = 64 << 20

    private static let entrySignature: UInt32 = 0x0201_4B50
    private static let endSignature: UInt32 = 0x0605_4B50
    private static let wideLocatorSignature: UInt32 = 0x0706_4B50
    private static let wideEndSignature: UInt32 = 0x0606_4B50

    init(_ file: InputFile) throws(CheckpointError) {
        // The last record may be followed by a comment of up to 65,535 bytes.
        let tailStart = max(0, file.size - 22 - 0xFFFF)
        let tail = try file.bytes(tailStart..<file.size)
        var place = tail.count - 22
        while place >= 0 {
            if tail.littleEndian32(at: place) == Self.endSignature,
                Int(tail.littleEndian16(at: place + 20)) == tail.count - 22 - place
            {
                break
            }
            place -= 1
        }
        guard place >= 0 else {
            throw CheckpointError(
                .malformed, path: file.path,
                "is no ZIP file, or ends too early; give a file that NumPy's savez wrote")
        }
        var count = Int(tail.littleEndian16(at: place + 10))
        var size = Int(tail.littleEndian32(at: place + 12))
        var start = Int(tail.littleEndian32(at: place + 16))
        let end = tailStart + place
        let isWide = count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF
        if isWide, end >= 20 {
            let locator = try file.bytes(end - 20..<end)
            if locator.littleEndian32(at: 0) == Self.wideLocatorSignature {
                (count, size, start) = try Self.wideEnd(
                    at: locator.littleEndian64(at: 8), before: end - 20, file)
            }
        }
        let last = start.addingReportingOverflow(size)
        guard !last.overflow, last.partialValue <= end, size <= Self.largestSize,
            count <= size / 46
        else { throw Self.damaged(file, "has a list of entries that does not fit in it") }
        self.start = start
        entries = try Self.entries(
            of: file.bytes(start..<last.partialValue), count: count, before: start, file)
    }

    static func damaged(_ file: InputFile, _ what: String) -> CheckpointError {
        CheckpointError(.malformed, path: file.path, "\(what); fetch or write it again")
    }

    /// The counts of the record for files beyond four gigabytes.
    private static func wideEnd(
        at offset: UInt64, before end: Int, _ file: InputFile
    ) throws(CheckpointError) -> (count: Int, size: Int, start: Int) {
        guard let offset = Int(exactly: offset), offset <= end - 56, end >= 56 else {
            throw damaged(file, "points outside itself")
        }
        let record = try file.bytes(offset..<offset + 56)
        guard record.littleEndian32(at: 0) == wideEndSignature,
            let count = Int(exactly: record.littleEndian64(at: 32)),
            let size = Int(exactly: record.littleEndian64(at: 40)),
            let start = Int(exactly: record.littleEndian64(at: 48))
        else { throw damaged(file, "has a wrong record at its end") }
        return (count, size, start)
    }

    private static func entries(
        of bytes: [UInt8], count: Int, before limit: Int, _ file: InputFile
    ) throws(CheckpointError) -> [Entry] {
        var entries: [Entry] = []
        var names: Set<[UInt8]> = []
        var place = 0
        for _ in 0..<count {
            guard place + 46 <= bytes.count, bytes.littleEndian32(at: place) == entrySignature
            else { throw damaged(file, "has a wrong entry in its list") }
            let nameSize = Int(bytes.littleEndian16(at: place + 28))
            let extraSize = Int(bytes.littleEndian16(at: place + 30))
            let commentSize = Int(bytes.littleEndian16(at: place + 32))
            let nameStart = place + 46
            let extraStart = nameStart + nameSize
            let next = extraStart + extraSize + commentSize
            guard next <= bytes.count else { throw damaged(file, "has a cut entry in its list") }
            let nameBytes = Array(bytes[nameStart..<extraStart])
            let name = String(decoding: nameBytes, as: UTF8.self)
            guard names.insert(nameBytes).inserted else {
                throw damaged(file, "has the entry \(name.quoted) a second time")
            }
            let extra = Array(bytes[extraStart..<extraStart + extraSize])
            entries.append(
                try entry(bytes, at: place, name: name, extra: extra, before: limit, file))
            place = next
        }
        return entries
    }

    private static func entry(
        _ bytes: [UInt8], at place: Int, name: String, extra: [UInt8], before limit: Int,
        _ file: InputFile
    ) throws(CheckpointError) -> Entry {
        guard bytes.littleEndian16(at: place + 8) & 1 == 0 else {
            throw CheckpointError(
                .unsupported, path: file.path,
                "has the entry \(name.quoted) enciphered; write it without a password")
        }
        let method = bytes.littleEndian16(at: place + 10)
        guard method == 0 else {
            throw CheckpointError(
                .unsupported, path: file.path,
                "has the entry \(name.quoted) compressed (method \(method)), which is not read; write it by "
                    + "numpy.savez rather than savez_compressed")
        }
        var wide = WideFields(extra)
        let size = wide.field(bytes.littleEndian32(at: place + 24))
        let storedSize = wide.field(bytes.littleEndian32(at: place + 20))
        let offset = wide.field(bytes.littleEndian32(at: place + 42))
        guard let size, let storedSize, let offset, size == storedSize, offset <= limit,
            size <= limit - offset
        else { throw damaged(file, "has the entry \(name.quoted) outside itself") }
        return Entry(
            name: name, headerOffset: offset, size: size,
            checksum: bytes.littleEndian32(at: place + 16))
    }

    /// Numbers that do not fit in 32 bits, which stand in an extra field one after another.
    private struct WideFields {
        private var values: [UInt64] = []
        private var next = 0

        init(_ extra: [UInt8]) {
            var place = 0
            while place + 4 <= extra.count {
                let size = Int(extra.littleEndian16(at: place + 2))
                guard place + 4 + size <= extra.count else { return }
                if extra.littleEndian16(at: place) == 1 {
                    values = stride(from: 0, to: size - size % 8, by: 8)
                        .map { extra.littleEndian64(at: place + 4 + $0) }
                    return
                }
                place += 4 + size
            }
        }

        /// The value of a field, nil where it is said to be wide but is not there.
        mutating func field(_ narrow: UInt32) -> Int? {
            guard narrow == 0xFFFF_FFFF else { return Int(narrow) }
            guard next < values.count else { return nil }
            next += 1
            return Int(exactly: values[next - 1])
        }
    }
}

extension [UInt8] {
    /// The number in the two bytes from a place, which must be there.
    func littleEndian16(at place: Int) -> UInt16 {
        UInt16(self[place]) | UInt16(self[place + 1]) << 8
    }

    /// The number in the four bytes from a place, which must be there.
    func littleEndian32(at place: Int) -> UInt32 {
        UInt32(littleEndian16(at: place)) | UInt32(littleEndian16(at: place + 2)) << 16
    }

    /// The number in the eight bytes from a place, which must be there.
    func littleEndian64(at place: Int) -> UInt64 {
        UInt64(littleEndian32(at: place)) | UInt64(littleEndian32(at: place + 4)) << 32
    }
}
