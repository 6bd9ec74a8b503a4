/// Divides text into words in the ways of the vocabularies that came after GPT-2's.
///
/// They share a plan: words may take one sign or space before them, numbers are cut into groups, signs
/// take the line breaks after them, and white space ends at its last line break. They differ in how
/// long a group of digits is, whether a word also ends where small letters meet a capital, and what
/// belongs to a contraction.
///
/// - Source: the patterns cl100k_base and o200k_base of tiktoken, Llama-3's, Qwen2's and Mistral's
///   tokenizers, which ``text`` gives.
enum LinePattern: String, Hashable, Sendable, CaseIterable {
    /// Llama-3, and cl100k_base (GPT-4).
    case llama3
    /// Qwen2, Qwen2.5 and Qwen3: every digit by itself.
    case qwen2
    /// o200k_base (GPT-4o) and gpt-oss: words also end before a capital.
    case o200k
    /// Mistral's Tekken: as o200k, without contractions, every digit by itself.
    case tekken

    /// The regular expression as files have it.
    var text: String {
        let words = #"[^\r\n\p{L}\p{N}]?"#
        let (upper, lower) = (#"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#, #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#)
        let contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
        let white = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        let signs = #" ?[^\s\p{L}\p{N}]+[\r\n"#
        switch self {
        case .llama3:
            return contraction + "|" + words + #"\p{L}+|\p{N}{1,3}|"# + signs + "]*|" + white
        case .qwen2: return contraction + "|" + words + #"\p{L}+|\p{N}|"# + signs + "]*|" + white
        case .o200k, .tekken:
            let end = self == .o200k ? contraction + "?" : ""
            let digits = self == .o200k ? #"\p{N}{1,3}"# : #"\p{N}"#
            return "\(words)\(upper)*\(lower)+\(end)|\(words)\(upper)+\(lower)*\(end)|\(digits)|"
                + signs + "/]*|" + white
        }
    }

    private var longestNumber: Int { self == .llama3 || self == .o200k ? 3 : 1 }

    private var dividesAtCapitals: Bool { self == .o200k || self == .tekken }

    /// Where the word ends that starts at a place before the limit.
    func wordEnd(_ text: [UInt8], from start: Int, to limit: Int) -> Int {
        let (first, length) = text.classes(at: start)
        if dividesAtCapitals {
            if let end = casedWordEnd(text, first, length, from: start, to: limit) { return end }
        } else {
            if let end = Self.contractionEnd(text, at: start, to: limit) { return end }
            if first.contains(.letter) {
                return text.endOfRun(of: .letter, from: start + length, to: limit)
            }
            if start + length < limit, Self.canPrecedeWord(text[start], first) {
                let (second, next) = text.classes(at: start + length)
                if second.contains(.letter) {
                    return text.endOfRun(of: .letter, from: start + length + next, to: limit)
                }
            }
        }
        if first.contains(.number) {
            var end = start + length
            for _ in 1..<longestNumber where end < limit {
                let (classes, length) = text.classes(at: end)
                guard classes.contains(.number) else { break }
                end += length
            }
            return end
        }
        if let end = signsEnd(text, first, from: start, to: limit) { return end }
        return Self.whiteSpaceEnd(text, from: start, to: limit)
    }

    /// Whether a word may begin with this character, which is neither letter nor digit nor the end of a
    /// line.
    private static func canPrecedeWord(_ byte: UInt8, _ classes: ScalarClasses) -> Bool {
        byte != 0x0D && byte != 0x0A && classes.isDisjoint(with: [.letter, .number])
    }

    /// Where signs end, with a space before and line breaks after them; nil where there are none.
    private func signsEnd(
        _ text: [UInt8], _ first: ScalarClasses, from start: Int, to limit: Int
    ) -> Int? {
        let others: ScalarClasses = [.space, .letter, .number]
        var end = start
        if text[start] == UInt8(ascii: " ") {
            guard start + 1 < limit, text.classes(at: start + 1).0.isDisjoint(with: others) else {
                return nil
            }
            end += 1
        } else if !first.isDisjoint(with: others) {
            return nil
        }
        while end < limit {
            let (classes, length) = text.classes(at: end)
            guard classes.isDisjoint(with: others) else { break }
            end += length
        }
        let slash = dividesAtCapitals ? UInt8(ascii: "/") : 0x0A
        while end < limit, text[end] == 0x0A || text[end] == 0x0D || text[end] == slash { end += 1 }
        return end
    }

    /// Where white space ends: at its last line break, or before the character that the next word takes.
    private static func whiteSpaceEnd(_ text: [UInt8], from start: Int, to limit: Int) -> Int {
        var (end, last, afterBreak) = (start, start, start)
        while end < limit {
            let (classes, length) = text.classes(at: end)
            guard classes.contains(.space) else { break }
            if text[end] == 0x0A || text[end] == 0x0D { afterBreak = end + 1 }
            last = end
            end += length
        }
        if afterBreak > start { return afterBreak }
        return end < limit && last > start ? last : end
    }

    /// Where the word ends that starts here, in the pattern that tells capitals from small letters; nil
    /// where none starts.
    private func casedWordEnd(
        _ text: [UInt8], _ first: ScalarClasses, _ length: Int, from start: Int, to limit: Int
    ) -> Int? {
        var end: Int?
        if Self.canPrecedeWord(text[start], first) {
            end = Self.smallWordEnd(text, from: start + length, to: limit)
            if end == nil, first.contains(.mark) {
                end = Self.smallWordEnd(text, from: start, to: limit)
            }
            end = end ?? Self.capitalsEnd(text, from: start + length, to: limit)
        } else if first.contains(.letter) {
            end =
                Self.smallWordEnd(text, from: start, to: limit)
                ?? Self.capitalsEnd(text, from: start, to: limit)
        }
        guard let end else { return nil }
        return self == .o200k ? Self.contractionEnd(text, at: end, to: limit) ?? end : end
    }

    /// Capitals, then at least one small letter; letters without case and marks count as both.
    private static func smallWordEnd(_ text: [UInt8], from start: Int, to limit: Int) -> Int? {
        var end = start
        var lastOfBoth: Int?
        while end < limit {
            let (classes, length) = text.classes(at: end)
            guard classes.contains(.leading) else { break }
            end += length
            if classes.contains(.following) { lastOfBoth = end }
        }
        let small = text.endOfRun(of: .following, from: end, to: limit)
        return small > end ? small : lastOfBoth
    }

    /// Capitals alone, in a place where no small letter can end them.
    private static func capitalsEnd(_ text: [UInt8], from start: Int, to limit: Int) -> Int? {
        let end = text.endOfRun(of: .leading, from: start, to: limit)
        return end > start ? end : nil
    }

    /// Where the contraction ends that starts here, in letters of any case; nil where there is none.
    private static func contractionEnd(_ text: [UInt8], at start: Int, to limit: Int) -> Int? {
        guard start + 1 < limit, text[start] == UInt8(ascii: "'") else { return nil }
        func letter(_ place: Int) -> UInt8 { place < limit ? text[place] | 0x20 : 0 }
        switch letter(start + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return letter(start + 2) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return letter(start + 2) == UInt8(ascii: "l") ? start + 3 : nil
        default:
            // The long s is an s of another shape, in all that passes over case.
            let isLongS = start + 2 < limit && text[start + 1] == 0xC5 && text[start + 2] == 0xBF
            return isLongS ? start + 3 : nil
        }
    }
}
