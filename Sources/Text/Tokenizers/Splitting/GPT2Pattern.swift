/// Divides text into words as GPT-2 does.
///
/// A word is the first of these that fits:
///
/// 1. a contraction: `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`
/// 2. letters, digits (and other numbers), or other signs, each with at most one space before them
/// 3. white space, but without its last character where something else follows
///
/// - Source: Radford et al. 2019; the pattern is
///   `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum GPT2Pattern {
    static let text =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static let kinds: ScalarClasses = [.letter, .number, .space]

    /// Where the word ends that starts at a place before the limit.
    static func wordEnd(_ text: [UInt8], from start: Int, to limit: Int) -> Int {
        let contraction = contractionLength(text, at: start, to: limit)
        if contraction > 0 { return start + contraction }
        var end = start
        if text[start] == UInt8(ascii: " "), start + 1 < limit,
            !text.classes(at: start + 1).0.contains(.space)
        {
            end += 1
        }
        let (classes, length) = text.classes(at: end)
        let first = classes.intersection(kinds)
        var last = end
        end += length
        while end < limit {
            let (classes, length) = text.classes(at: end)
            guard classes.intersection(kinds) == first else {
                // The last white space belongs to what follows it, or stands alone.
                return first == .space && last > start ? last : end
            }
            last = end
            end += length
        }
        return end
    }

    /// How many bytes the contraction at a place has; 0 where there is none.
    private static func contractionLength(_ text: [UInt8], at start: Int, to limit: Int) -> Int {
        guard text[start] == UInt8(ascii: "'"), start + 1 < limit else { return 0 }
        switch text[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < limit && text[start + 2] == UInt8(ascii: "e") ? 3 : 0
        case UInt8(ascii: "l"):
            return start + 2 < limit && text[start + 2] == UInt8(ascii: "l") ? 3 : 0
        default:
            return 0
        }
    }
}
