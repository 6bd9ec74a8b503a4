/// Reads the words of a JSON text one after another.
///
/// Foundation's readers keep one of two equal keys without a word, turn 1e400 into something else,
/// and recurse as deep as the text asks; a file format that forbids these needs its own eyes. This
/// one never recurses and allocates nothing but the strings that it returns.
///
/// - Source: RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format.
package struct JSONScanner {
    /// Where the text breaks the rules, and how.
    package struct Fault: Error {
        package let offset: Int
        package let message: String

        package init(offset: Int, message: String) {
            self.offset = offset
            self.message = message
        }
    }

    private let bytes: [UInt8]
    package private(set) var offset = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Passes over space and returns the next byte without consuming it, nil at the end.
    package mutating func peek() -> UInt8? {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Consumes the next byte if it is the one given.
    package mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: byte) else { return false }
        offset += 1
        return true
    }

    /// Consumes the next byte, which must be the one given.
    package mutating func expect(_ byte: Unicode.Scalar) throws(Fault) {
        if !skip(byte) { throw found(insteadOf: "“\(byte)”") }
    }

    /// Checks that nothing but space is left.
    package mutating func expectEnd() throws(Fault) {
        if peek() != nil { throw found(insteadOf: "the end") }
    }

    /// A fault that says what stands at the present place.
    package func found(insteadOf expected: String) -> Fault {
        guard offset < bytes.count else {
            return Fault(offset: offset, message: "the text ends where \(expected) is needed")
        }
        let rest = bytes[offset...].prefix(12)
        let text = String(decoding: rest, as: UTF8.self).quoted
        return Fault(offset: offset, message: "has \(text) where \(expected) is needed")
    }

    /// Consumes a string, with its escapes resolved.
    package mutating func string() throws(Fault) -> String {
        guard skip("\"") else { throw found(insteadOf: "a string") }
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            if bytes[offset] == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if bytes[offset] < 0x20 { throw found(insteadOf: "an escaped control character") }
            offset += 1
        }
        return try closeString(Array(bytes[start..<offset]), from: start)
    }

    private mutating func closeString(_ text: [UInt8], from start: Int) throws(Fault) -> String {
        guard offset < bytes.count else { throw found(insteadOf: "the end of a string") }
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
            throw Fault(offset: start, message: "has a string that is not valid UTF-8")
        }
        return string
    }

    private mutating func escapedString(from start: Int) throws(Fault) -> String {
        var text = Array(bytes[start..<offset])
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            let byte = bytes[offset]
            if byte < 0x20 { throw found(insteadOf: "an escaped control character") }
            if byte == UInt8(ascii: "\\") {
                text += Array(String(try escape()).utf8)
            } else {
                text.append(byte)
                offset += 1
            }
        }
        return try closeString(text, from: start)
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard offset < bytes.count else { throw found(insteadOf: "an escape") }
        let letter = bytes[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let high = try fourDigits()
            if let scalar = Unicode.Scalar(high) { return scalar }
            let isPair = bytes[offset...].prefix(2).elementsEqual("\\u".utf8)
            if (0xD800..<0xDC00).contains(high), isPair {
                offset += 2
                let low = try fourDigits()
                if (0xDC00..<0xE000).contains(low) {
                    let value = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                    if let scalar = Unicode.Scalar(value) { return scalar }
                }
            }
            throw Fault(offset: start, message: "has half of a surrogate pair in a string")
        default:
            offset = start
            throw found(insteadOf: "a known escape")
        }
    }

    private mutating func fourDigits() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count, let digit = Self.hexadecimalValue(bytes[offset]) else {
                throw found(insteadOf: "a hexadecimal digit")
            }
            value = value << 4 | digit
            offset += 1
        }
        return value
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Consumes a whole number that is not negative and fits in an `Int`.
    package mutating func count() throws(Fault) -> Int {
        _ = peek()
        let start = offset
        var value: Int? = 0
        while offset < bytes.count, let digit = digit(bytes[offset]) {
            if let (high, overflow) = value?.multipliedReportingOverflow(by: 10), !overflow {
                let (sum, overflow) = high.addingReportingOverflow(digit)
                value = overflow ? nil : sum
            } else {
                value = nil
            }
            offset += 1
        }
        let isPadded = offset - start > 1 && bytes[start] == UInt8(ascii: "0")
        let isFraction = offset < bytes.count && ".eE".utf8.contains(bytes[offset])
        guard offset > start, !isPadded, !isFraction, let value else {
            offset = start
            throw found(insteadOf: "a whole number from 0 to \(Int.max)")
        }
        return value
    }

    /// Consumes a number and returns its text.
    package mutating func number() throws(Fault) -> String {
        _ = peek()
        let start = offset
        _ = skip("-")
        let whole = digits()
        var isValid = whole == 1 || whole > 1 && bytes[offset - whole] != UInt8(ascii: "0")
        if isValid, offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            isValid = digits() > 0
        }
        if isValid, offset < bytes.count, "eE".utf8.contains(bytes[offset]) {
            offset += 1
            if offset < bytes.count, "+-".utf8.contains(bytes[offset]) { offset += 1 }
            isValid = digits() > 0
        }
        guard isValid else {
            offset = start
            throw found(insteadOf: "a value")
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Consumes a word such as `true`, if it is next.
    package mutating func skip(word: StaticString) -> Bool {
        let text = "\(word)".utf8
        guard peek() != nil, bytes[offset...].prefix(text.count).elementsEqual(text) else {
            return false
        }
        offset += text.count
        return true
    }

    private mutating func digits() -> Int {
        let start = offset
        while offset < bytes.count, digit(bytes[offset]) != nil { offset += 1 }
        return offset - start
    }

    private func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
