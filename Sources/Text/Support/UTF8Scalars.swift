/// The scalars of well-formed UTF-8, read in place.
///
/// On bytes that are not well-formed the results mean nothing, but no read leaves the bytes.
enum UTF8Scalars {
    /// How many bytes a sequence has that begins with this one.
    @inline(__always)
    static func length(from first: UInt8) -> Int {
        first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }

    /// The scalar at an offset, and how many bytes it has.
    @inline(__always)
    static func scalar(at offset: Int, of bytes: [UInt8]) -> (scalar: Unicode.Scalar, length: Int) {
        let first = bytes[offset]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = min(length(from: first), bytes.count - offset)
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for index in offset + 1..<offset + length {
            value = value << 6 | UInt32(bytes[index] & 0x3F)
        }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// How many bytes the scalar has that ends at an offset above 0.
    static func length(endingAt end: Int, of bytes: [UInt8]) -> Int {
        var start = end - 1
        while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return end - start
    }

    /// All scalars.
    static func scalars(of bytes: some Sequence<UInt8>) -> [Unicode.Scalar] {
        Array(String(decoding: Array(bytes), as: UTF8.self).unicodeScalars)
    }
}
