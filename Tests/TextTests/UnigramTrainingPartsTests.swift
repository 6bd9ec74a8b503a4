import AttendText
import Foundation
import Testing

@Suite("Parts of the training of unigram vocabularies")
struct UnigramTrainingPartsTests {
    private static let words = ["abab", "aab", "babaab", "é🙂é🙂", "abba", "cab"]

    private static let pieces = [
        "a", "b", "é", "🙂", "c", "ab", "ba", "aba", "bab", "é🙂", "abab", "aab",
    ]

    private var counts: WordCounts {
        WordCounts.of(
            Self.words.enumerated().flatMap { Array(repeating: $1, count: $0 + 1) }, mayCut: false
        ) {
            ($0, [0..<$0.count])
        }
    }

    /// All divisions of a word into pieces, by their places in the list.
    private func divisions(of word: [UInt8]) -> [[Int]] {
        if word.isEmpty { return [[]] }
        return Self.pieces.enumerated().flatMap { place, piece -> [[Int]] in
            guard word.starts(with: piece.utf8) else { return [] }
            return divisions(of: Array(word.dropFirst(piece.utf8.count))).map { [place] + $0 }
        }
    }

    @Test("The trie finds the longest piece, with few branches and with many")
    func trie() throws {
        var random = CounterRandom(seed: 2, stream: 0, purpose: .stories)
        var texts: [[UInt8]] = (0..<120).map { [UInt8($0)] }
        for _ in 0..<800 {
            texts.append((0..<1 + random.next(below: 5)).map { _ in UInt8(random.next(below: 6)) })
        }
        let trie = PieceTrie(texts.map { $0[...] })
        for _ in 0..<500 {
            let text = (0..<8).map { _ in UInt8(random.next(below: 7)) }
            let matching = texts.enumerated().filter { text.dropFirst(2).starts(with: $0.element) }
            let longest = matching.map(\.element.count).max()
            let found = trie.longest(at: 2, of: text[...])
            #expect(found?.length == longest)
            // Of equal ones the last.
            #expect(
                found.map { Int($0.piece) }
                    == matching.last { $0.element.count == longest }.map(\.offset))
        }
        #expect(PieceTrie([]).longest(at: 0, of: [1, 2]) == nil)
    }

    @Test("Expected counts are those of all divisions written out")
    func expected() {
        let scores = Self.pieces.indices.map { -1.0 - 0.37 * Double($0) }
        let trie = PieceTrie(Self.pieces.map { Array($0.utf8)[...] })
        var lattice = PieceLattice()
        for word in Self.words.map({ Array($0.utf8) }) {
            let divisions = divisions(of: word)
            let weights = divisions.map { exp($0.reduce(0) { $0 + scores[$1] }) }
            let total = weights.reduce(0, +)
            var naive = [Double](repeating: 0, count: scores.count)
            for (division, weight) in zip(divisions, weights) {
                for piece in division { naive[piece] += 3 * weight / total }
            }
            var found = [Double](repeating: 0, count: scores.count)
            let logarithm = lattice.addExpected(
                word[...], count: 3, trie: trie, scores: scores, to: &found)
            #expect(abs(logarithm - log(total)) < 1e-12)
            for (one, other) in zip(found, naive) { #expect(abs(one - other) < 1e-12) }
            let best = zip(divisions, weights).max { $0.1 < $1.1 }?.0
            #expect(
                lattice.bestPieces(word[...], trie: trie, scores: scores).map { Int($0) } == best)
            let forbidden = best?.first ?? 0
            let other = zip(divisions, weights).filter { !$0.0.contains(forbidden) }
                .max { $0.1 < $1.1 }?.0
            #expect(
                lattice.bestPieces(
                    word[...], trie: trie, scores: scores, without: Int32(forbidden)
                ).map { Int($0) } == other ?? [])
        }
    }

    @Test("Seeds are the strings that occur more than once and do not always go on alike")
    func seeds() {
        let counts = counts
        // Every string of at least two characters with its count, and whether it may end there.
        var naive: [String: Int] = [:]
        for (word, count) in counts.all {
            let scalars = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
            for start in scalars.indices {
                for end in start + 1..<min(scalars.count, start + 4) + 1 where end > start + 1 {
                    let text = String(String.UnicodeScalarView(scalars[start..<end]))
                    naive[text, default: 0] += count
                }
            }
        }
        let maximal = naive.filter { text, count in
            count > 1
                && (text.unicodeScalars.count == 4
                    || !naive.contains {
                        $0.value == count && $0.key.hasPrefix(text)
                            && $0.key.unicodeScalars.count == text.unicodeScalars.count + 1
                    })
        }
        let seeds = SeedPieces(counts, longest: 4, limit: 1000)
        let longer = seeds.pieces.dropFirst(seeds.characterCount)
        #expect(
            Set(longer.map { String(decoding: $0.text, as: UTF8.self) }) == Set(maximal.keys))
        for seed in longer {
            let text = String(decoding: seed.text, as: UTF8.self)
            #expect(Int(seed.weight) == (naive[text] ?? 0) * text.unicodeScalars.count, "\(text)")
        }
        #expect(seeds.characterCount == 5)
        #expect(SeedPieces(counts, longest: 4, limit: 7).pieces.count == 7)
    }

    @Test("The digamma function has its known values")
    func digammaValues() {
        let euler = 0.577_215_664_901_532_9
        #expect(abs(digamma(1) + euler) < 1e-9)
        #expect(abs(digamma(0.5) + euler + 2 * log(2)) < 1e-9)
        #expect(abs(digamma(10) - (2.828_968_253_968_254 - euler)) < 1e-9)
        #expect(abs(digamma(1e6) - log(1e6) + 0.5e-6) < 1e-12)
        // The recurrence that defines it.
        for x in stride(from: 0.3, to: 30, by: 0.7) {
            #expect(abs(digamma(x + 1) - digamma(x) - 1 / x) < 1e-9)
        }
    }
}
