/// Tokens for single bytes, written `<0x00>` to `<0xFF>`, for text that no other token covers.
package enum ByteTokens {
    /// How the token of a byte is written.
    static func text(of byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "<0x0\(digits)>" : "<0x\(digits)>"
    }

    /// The byte that a token stands for; nil where it is another token.
    package static func byte(of token: some Collection<UInt8>) -> UInt8? {
        guard token.count == 6, token.starts(with: "<0x".utf8) else { return nil }
        let digits = Array(token.dropFirst(3))
        guard digits[2] == UInt8(ascii: ">"), let high = value(digits[0]),
            let low = value(digits[1])
        else { return nil }
        return high << 4 | low
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
