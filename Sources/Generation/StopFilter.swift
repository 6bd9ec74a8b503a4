/// Lets text through until one of some texts occurs in it, and holds back what may be the beginning of one.
///
/// The result does not depend on how the text is cut into pieces: the stop text that is complete first ends it, the
/// longest where two end at the same place. Comparison is by code points, so that é and e + ´ differ.
///
/// - Complexity: linear in the text for each stop text (Knuth, Morris & Pratt 1977).
package struct StopFilter: Sendable {
    private var matchers: [Matcher]
    /// What was held back.
    private var pending: [UInt8] = []
    /// Whether a stop text has occurred.
    package private(set) var isStopped = false

    /// A filter for these texts; empty ones are ignored.
    package init(_ stopTexts: [String]) {
        matchers = stopTexts.filter { !$0.isEmpty }.map { Matcher(Array($0.utf8)) }
    }

    /// The text that is certain to come before any stop text.
    package mutating func append(_ text: String) -> String {
        if isStopped { return "" }
        if matchers.isEmpty { return text }
        for byte in text.utf8 {
            pending.append(byte)
            var longest: Int?
            for index in matchers.indices where matchers[index].advance(byte) {
                longest = max(longest ?? 0, matchers[index].pattern.count)
            }
            if let longest {
                isStopped = true
                pending.removeLast(longest)
                return release(pending.count)
            }
        }
        return release(pending.count - (matchers.map(\.matched).max() ?? 0))
    }

    /// What was held back, at the end of the text.
    package mutating func finish() -> String {
        isStopped ? "" : release(pending.count)
    }

    /// The first bytes: whole characters, since what is held back begins as a stop text does.
    private mutating func release(_ count: Int) -> String {
        defer { pending.removeFirst(count) }
        return String(decoding: pending.prefix(count), as: UTF8.self)
    }
}

/// Finds one text, a byte at a time.
private struct Matcher: Sendable {
    let pattern: [UInt8]
    /// For each prefix of the pattern, the length of its longest proper suffix that is a prefix too.
    private let borders: [Int]
    /// How many bytes of the pattern the text ends with.
    private(set) var matched = 0

    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var borders = [0]
        var length = 0
        for byte in pattern.dropFirst() {
            while length > 0, pattern[length] != byte { length = borders[length - 1] }
            if pattern[length] == byte { length += 1 }
            borders.append(length)
        }
        self.borders = borders
    }

    /// Whether the text ends with the whole pattern after this byte.
    mutating func advance(_ byte: UInt8) -> Bool {
        while matched > 0, pattern[matched] != byte { matched = borders[matched - 1] }
        if pattern[matched] == byte { matched += 1 }
        return matched == pattern.count
    }
}
