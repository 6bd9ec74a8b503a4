/// The tokens that are found in a text before the model sees it.
///
/// At each place the longest is taken, from left to right. Special ones are passed over where the text
/// is a user's: see ``EncodingOptions/parsesSpecialTokens``.
package struct AddedTokens: Hashable, Sendable {
    /// The tokens, in ascending order of their ids.
    package let tokens: [AddedToken]

    private let plain: TextTrie
    private let normalized: TextTrie
    private let places: [Int32: Int]

    /// These tokens.
    ///
    /// - Parameters:
    ///   - tokens: in any order.
    ///   - normalizer: what changes those that are looked for in normalized text.
    /// - Throws: ``TokenizerError/invalid(_:)`` where two have the same id or the same text.
    package init(_ tokens: [AddedToken], normalizer: Normalizer? = nil) throws(TokenizerError) {
        self.tokens = tokens.sorted { $0.id < $1.id }
        var places: [Int32: Int] = [:]
        var plain = TextTrie()
        var normalized = TextTrie()
        var texts: Set<[UInt8]> = []
        for (index, token) in self.tokens.enumerated() {
            if let earlier = places.updateValue(index, forKey: token.id) {
                throw .invalid(
                    "The tokenizer's added tokens \(self.tokens[earlier].content.quoted) and "
                        + "\(token.content.quoted) both have the id \(token.id); each needs one of its "
                        + "own.")
            }
            guard texts.insert(Array(token.content.utf8)).inserted else {
                throw .invalid(
                    "The tokenizer's added token \(token.content.quoted) occurs twice; each may occur "
                        + "once.")
            }
            guard !token.content.isEmpty else { continue }
            guard token.isNormalized, let normalizer else {
                token.isNormalized
                    ? normalized.insert(Array(token.content.utf8), index)
                    : plain.insert(Array(token.content.utf8), index)
                continue
            }
            var text = NormalizedText(Array(token.content.utf8), keepsAlignment: false)
            try normalizer.normalize(&text)
            if !text.bytes.isEmpty { normalized.insert(text.bytes, index) }
        }
        self.plain = plain
        self.normalized = normalized
        self.places = places
    }

    /// The token with this number.
    package func token(_ id: Int32) -> AddedToken? { places[id].map { tokens[$0] } }

    /// Whether some are looked for in normalized text.
    var hasNormalized: Bool { !normalized.isEmpty }

    /// The numbers of the special tokens.
    package var specialIDs: Set<Int32> { Set(tokens.filter(\.isSpecial).map(\.id)) }

    /// A token in a text, with the place that it takes.
    struct Match {
        let token: AddedToken
        let range: Range<Int>
    }

    /// The tokens in a text, from left to right; their places do not overlap.
    ///
    /// - Parameters:
    ///   - text: the text as the user gave it, or in its normalized form.
    ///   - isNormalized: which of the two it is.
    ///   - options: which special tokens are found.
    ///   - origin: where a stretch of the text stood in what the user gave.
    func matches(
        in text: [UInt8], isNormalized: Bool, options: EncodingOptions,
        origin: (Range<Int>) -> Range<Int>
    ) -> [Match] {
        let trie = isNormalized ? normalized : plain
        guard !trie.isEmpty else { return [] }
        var matches: [Match] = []
        var place = 0
        var free = 0
        while let (index, found) = trie.nextMatch(in: text, from: place) {
            place = found.upperBound
            let token = tokens[index]
            if token.isSpecial {
                if !options.parsesSpecialTokens { continue }
                if !options.ordinaryRanges.isEmpty, options.isOrdinary(origin(found)) {
                    // What a user wrote must not hide a token that begins within it.
                    place = found.lowerBound + 1
                    continue
                }
            }
            if token.isSingleWord, Self.touchesWord(found, of: text) { continue }
            var (start, end) = (found.lowerBound, found.upperBound)
            if token.stripsLeft {
                while start > free, let before = Self.spaceBefore(start, in: text) {
                    start = before
                }
            }
            if token.stripsRight {
                end = text.endOfRun(of: .space, from: end, to: text.count)
            }
            start = max(start, free)
            guard start < end else { continue }
            matches.append(Match(token: token, range: start..<end))
            free = end
        }
        return matches
    }

    private static func touchesWord(_ range: Range<Int>, of text: [UInt8]) -> Bool {
        if range.upperBound < text.count,
            text.classes(at: range.upperBound).0.contains(.word)
        {
            return true
        }
        guard range.lowerBound > 0 else { return false }
        return text.classes(
            at: range.lowerBound - UTF8Scalars.length(endingAt: range.lowerBound, of: text)
        ).0.contains(.word)
    }

    /// Where the white space starts that stands before a place; nil where there is none.
    private static func spaceBefore(_ place: Int, in text: [UInt8]) -> Int? {
        guard place > 0 else { return nil }
        let before = place - UTF8Scalars.length(endingAt: place, of: text)
        return text.classes(at: before).0.contains(.space) ? before : nil
    }

    package static func == (left: Self, right: Self) -> Bool { left.tokens == right.tokens }

    package func hash(into hasher: inout Hasher) { hasher.combine(tokens) }
}
