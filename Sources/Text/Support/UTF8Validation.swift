/// What the Unicode standard's table 3-7 (well-formed UTF-8) says about sequences of bytes.
package enum UTF8Validation {
    /// How many bytes follow a first byte, and which values the second may have; nil where no
    /// sequence starts with it.
    private static func rule(for first: UInt8) -> (following: Int, second: ClosedRange<UInt8>)? {
        switch first {
        case 0x00...0x7F: (0, 0x80...0xBF)
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xE1...0xEF: (2, 0x80...0xBF)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        default: nil
        }
    }

    /// Whether `bytes` begin one character but do not end it.
    static func isIncompleteSequence(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let rule = rule(for: first), bytes.count <= rule.following
        else { return false }
        return continues(bytes.dropFirst(), rule.second)
    }

    /// How many of the last bytes begin a sequence that further bytes might complete.
    package static func incompleteSuffix(of bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let suffix = bytes[(bytes.count - count)...]
            if bytes[bytes.count - count] & 0xC0 == 0x80 { continue }
            return isIncompleteSequence(suffix) ? count : 0
        }
        return 0
    }

    /// The offset of the first byte that belongs to no well-formed character; nil where all is well.
    package static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
        var offset = 0
        while offset < bytes.count {
            let first = bytes[offset]
            if first < 0x80 {
                offset += 1
                continue
            }
            guard let rule = rule(for: first), offset + rule.following < bytes.count,
                continues(bytes[(offset + 1)...(offset + rule.following)], rule.second)
            else { return offset }
            offset += 1 + rule.following
        }
        return nil
    }

    private static func continues(_ bytes: ArraySlice<UInt8>, _ second: ClosedRange<UInt8>) -> Bool
    {
        guard let byte = bytes.first else { return true }
        return second.contains(byte) && bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
    }
}
