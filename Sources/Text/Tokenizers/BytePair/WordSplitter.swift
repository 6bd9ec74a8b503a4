/// Divides text into words before byte-pair encoding, as GPT-2 does; no token crosses their borders.
///
/// A word is the first of these that fits:
///
/// 1. a contraction: `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`
/// 2. letters, digits (and other numbers), or other signs, each with at most one space before them
/// 3. white space, but without its last character where something else follows
///
/// Letters are the general categories L…, numbers N…, white space the property White_Space.
///
/// - Source: Radford et al. 2019; the pattern is
///   `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
package enum WordSplitter {
    /// Calls `body` with the place of each word of a UTF-8 text, in order; together they are the text.
    static func forEachWord(in text: [UInt8], _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            let end = wordEnd(text, from: start)
            body(start..<end)
            start = end
        }
    }

    /// The words of a text.
    package static func words(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var words: [String] = []
        forEachWord(in: bytes) { words.append(String(decoding: bytes[$0], as: UTF8.self)) }
        return words
    }

    private enum Kind { case letter, number, space, other }

    private static func wordEnd(_ text: [UInt8], from start: Int) -> Int {
        let contraction = contractionLength(text, at: start)
        if contraction > 0 { return start + contraction }
        var end = start
        if text[start] == space, start + 1 < text.count, kind(text, at: start + 1).0 != .space {
            end += 1
        }
        let first = kind(text, at: end).0
        var last = end
        while end < text.count {
            let (kind, length) = kind(text, at: end)
            guard kind == first else {
                // The last white space belongs to what follows it, or stands alone.
                return first == .space && last > start ? last : end
            }
            last = end
            end += length
        }
        return end
    }

    private static let space = UInt8(ascii: " ")

    /// How many bytes the contraction at `start` has; 0 where there is none.
    private static func contractionLength(_ text: [UInt8], at start: Int) -> Int {
        guard text[start] == UInt8(ascii: "'"), start + 1 < text.count else { return 0 }
        switch text[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < text.count && text[start + 2] == UInt8(ascii: "e") ? 3 : 0
        case UInt8(ascii: "l"):
            return start + 2 < text.count && text[start + 2] == UInt8(ascii: "l") ? 3 : 0
        default:
            return 0
        }
    }

    /// What the character at an offset is, and how many bytes it has.
    private static func kind(_ text: [UInt8], at offset: Int) -> (Kind, Int) {
        let first = text[offset]
        if first < 0x80 {
            switch first {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                return (.letter, 1)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): return (.number, 1)
            case 0x09...0x0D, 0x20: return (.space, 1)
            default: return (.other, 1)
            }
        }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in text[(offset + 1)..<(offset + length)] {
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (kind(of: Unicode.Scalar(value) ?? "\u{FFFD}"), length)
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            .letter
        case .decimalNumber, .letterNumber, .otherNumber:
            .number
        default:
            scalar.properties.isWhitespace ? .space : .other
        }
    }
}
