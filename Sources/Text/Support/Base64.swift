/// Base64 as it stands in files of one value a line: with padding, without spaces.
///
/// - Source: RFC 4648, §4.
package enum Base64 {
    /// The bytes that a text stands for; nil where it is not base64.
    package static func bytes(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        var digits = Array(text)
        guard digits.count % 4 == 0 else { return nil }
        while digits.last == UInt8(ascii: "="), digits.count % 4 != 2 { digits.removeLast() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var bits: UInt32 = 0
        for (index, digit) in digits.enumerated() {
            guard let value = value(of: digit) else { return nil }
            bits = bits << 6 | value
            if index % 4 != 0 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - 2 * (index % 4))))
            }
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
