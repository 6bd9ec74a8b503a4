/// Divides examples into training, validation and test, so that no text is in two of them.
///
/// What an example belongs to is a function of its text and the seed alone: the same line stays in its
/// part where others are added, removed or moved (but for those at the borders).
enum HeldOut {
    /// A number from 0 to 2⁶⁴ − 1 that depends on a text and a seed, and looks random.
    static func hash(_ text: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var random = CounterRandom(seed: seed, stream: hash, purpose: .splits)
        return random.next()
    }

    /// A part of the data.
    enum Part: Hashable { case training, validation, test }

    /// The part of a text where one in twenty is for validation, and one in twenty for the test.
    static func part(of text: String, seed: UInt64) -> Part {
        switch hash(text, seed: seed) % 20 {
        case 0: .validation
        case 1: .test
        default: .training
        }
    }

    /// The part of each of several texts, none of them empty: one in twenty, but at most 1,000 different
    /// texts, for validation, and as many for the test unless `hasTest` is false.
    ///
    /// - Returns: nil where there are fewer different texts than parts.
    static func parts(of texts: [String], seed: UInt64, hasTest: Bool) -> [Part]? {
        let different = Set(texts).map { (hash: hash($0, seed: seed), text: $0) }
            .sorted { ($0.hash, $0.text) < ($1.hash, $1.text) }
        guard different.count >= (hasTest ? 3 : 2) else { return nil }
        let count = min(1000, max(1, different.count / 20))
        var parts: [String: Part] = [:]
        for (index, item) in different.enumerated() {
            parts[item.text] =
                index < count ? .validation : hasTest && index < 2 * count ? .test : .training
        }
        return texts.map { parts[$0]! }
    }
}
