/// A pattern of one kind of character, so many times: `\s+`, ` {2,}`, `\p{N}{1,3}`, `[0-9]`.
public struct RunPattern: Hashable, Sendable {
    /// The regular expression.
    let text: String

    private enum Kind: Hashable {
        case classes(ScalarClasses.RawValue, isNegated: Bool)
        case scalars([UInt32])
    }

    private let kind: Kind
    private let least: Int
    private let most: Int

    /// The pattern of a regular expression; nil where it is not of this form.
    init?(_ text: String) {
        self.text = text
        var rest = Substring(text)
        guard let kind = Self.takeKind(&rest), let counts = Self.takeCounts(rest) else {
            return nil
        }
        self.kind = kind
        (least, most) = counts
    }

    private static let names: [(String, Kind)] = [
        (#"\s"#, .classes(ScalarClasses.space.rawValue, isNegated: false)),
        (#"\S"#, .classes(ScalarClasses.space.rawValue, isNegated: true)),
        (#"\w"#, .classes(ScalarClasses.patternWord.rawValue, isNegated: false)),
        (#"\W"#, .classes(ScalarClasses.patternWord.rawValue, isNegated: true)),
        (#"\d"#, .classes(ScalarClasses.decimal.rawValue, isNegated: false)),
        (#"\D"#, .classes(ScalarClasses.decimal.rawValue, isNegated: true)),
        (#"\p{L}"#, .classes(ScalarClasses.letter.rawValue, isNegated: false)),
        (#"\p{N}"#, .classes(ScalarClasses.number.rawValue, isNegated: false)),
        (#"\p{Nd}"#, .classes(ScalarClasses.decimal.rawValue, isNegated: false)),
        (#"\p{M}"#, .classes(ScalarClasses.mark.rawValue, isNegated: false)),
        (#"\p{P}"#, .classes(ScalarClasses.properPunctuation.rawValue, isNegated: false)),
        (#"\p{S}"#, .classes(ScalarClasses.symbol.rawValue, isNegated: false)),
        ("[0-9]", .scalars(Array(0x30...0x39))),
        (#"[\r\n]"#, .scalars([0x0D, 0x0A])),
        (#"\n"#, .scalars([0x0A])), (#"\r"#, .scalars([0x0D])), (#"\t"#, .scalars([0x09])),
    ]

    private static func takeKind(_ text: inout Substring) -> Kind? {
        for (name, kind) in names where text.utf8.starts(with: name.utf8) {
            text.unicodeScalars.removeFirst(name.unicodeScalars.count)
            return kind
        }
        guard let scalar = text.unicodeScalars.first,
            !#".\[](){}*+?|^$"#.unicodeScalars.contains(scalar)
        else { return nil }
        text.unicodeScalars.removeFirst()
        return .scalars([scalar.value])
    }

    /// How often: once, `+`, `{n}`, `{n,}` or `{n,m}`.
    private static func takeCounts(_ text: Substring) -> (Int, Int)? {
        if text.isEmpty { return (1, 1) }
        if text == "+" { return (1, .max) }
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        let parts = text.dropFirst().dropLast().split(
            separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let least = Int(parts[0]), (1...1000).contains(least) else { return nil }
        if parts.count == 1 { return (least, least) }
        if parts[1].isEmpty { return (least, .max) }
        guard let most = Int(parts[1]), (least...1000).contains(most) else { return nil }
        return (least, most)
    }

    private func fits(_ value: UInt32) -> Bool {
        switch kind {
        case .classes(let classes, let isNegated):
            ScalarClasses.of(value).isDisjoint(with: ScalarClasses(rawValue: classes)) == isNegated
        case .scalars(let values): values.contains(value)
        }
    }

    /// Calls the body with each match within a stretch of text, in order.
    func forEachMatch(
        _ text: [UInt8], in range: Range<Int>, _ body: (Range<Int>) -> Void
    ) {
        var place = range.lowerBound
        while place < range.upperBound {
            var (end, count) = (place, 0)
            while end < range.upperBound, count < most {
                let scalar = UTF8Scalars.scalar(at: end, of: text)
                guard fits(scalar.scalar.value) else { break }
                end += scalar.length
                count += 1
            }
            if count >= least {
                body(place..<end)
                place = end
            } else {
                // Too short a run holds no match further on either.
                place = end > place ? end : place + UTF8Scalars.length(from: text[place])
            }
        }
    }
}
