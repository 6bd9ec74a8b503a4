/// The entries of a small ZIP file, whose contents are changed and packed again with the checksums that they need.
struct ZipParts {
    private var entries: [(name: [UInt8], content: [UInt8])]

    /// Reads what `numpy.savez` wrote; nil for anything that is damaged.
    init?(_ bytes: [UInt8]) {
        entries = []
        var place = 0
        while place + 30 <= bytes.count, Self.number(bytes, at: place, size: 4) == 0x0403_4B50 {
            let name = place + 30
            let extra = name + Self.number(bytes, at: place + 26, size: 2)
            let content = extra + Self.number(bytes, at: place + 28, size: 2)
            // What was written without knowing its size has its size in an extra field.
            var size = Self.number(bytes, at: place + 22, size: 4)
            if size == 0xFFFF_FFFF {
                guard extra + 12 <= bytes.count else { return nil }
                size = Self.number(bytes, at: extra + 4, size: 4)
            }
            guard content <= bytes.count, size <= bytes.count - content else { return nil }
            entries.append((Array(bytes[name..<extra]), Array(bytes[content..<content + size])))
            place = content + size
        }
        guard !entries.isEmpty else { return nil }
    }

    /// How many names and contents there are.
    var count: Int { 2 * entries.count }

    /// A name where the number is even, or its entry's content.
    subscript(number: Int) -> [UInt8] {
        get { number % 2 == 0 ? entries[number / 2].name : entries[number / 2].content }
        set {
            if number % 2 == 0 {
                entries[number / 2].name = Array(newValue.prefix(0xFFFF))
            } else {
                entries[number / 2].content = newValue
            }
        }
    }

    /// The whole file.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        var list: [UInt8] = []
        for (name, content) in entries {
            // Version, flags, method, time and date, then the checksum and the two sizes.
            let facts: [UInt8] =
                [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Self.digits(Int(Self.checksum(of: content)), 4)
                + Self.digits(content.count, 4) + Self.digits(content.count, 4)
                + Self.digits(name.count, 2) + [0, 0]
            list += Self.digits(0x0201_4B50, 4) + [20, 0] + facts
            list += [UInt8](repeating: 0, count: 10) + Self.digits(file.count, 4) + name
            file += Self.digits(0x0403_4B50, 4) + facts + name + content
        }
        let start = file.count
        file += list + Self.digits(0x0605_4B50, 4) + [0, 0, 0, 0]
        file += Self.digits(entries.count, 2) + Self.digits(entries.count, 2)
        return file + Self.digits(list.count, 4) + Self.digits(start, 4) + [0, 0]
    }

    /// A little-endian number whose bytes are there.
    private static func number(_ bytes: [UInt8], at place: Int, size: Int) -> Int {
        (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    private static func digits(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// The CRC-32 of the format, bit by bit: a second opinion beside the reader's tables.
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~value
    }
}
