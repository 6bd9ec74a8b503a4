/// Learns the merges of byte-pair encoding from how often words occur.
///
/// Each step joins the pair of neighbouring tokens that occurs most often; of several, the one with the
/// lowest left id, then the lowest right id. The counts are kept up to date rather than counted anew: a
/// merge only touches the places where its pair stands.
///
/// - Complexity: O(n log n) for n bytes of different words, whatever the size of the vocabulary.
/// - Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units", §3.2.
struct BytePairTrainer {
    /// No token becomes longer: what is longer is a row of dashes or a text that was copied.
    static let longestToken = 128

    /// The bytes of every token: first the 256 single ones.
    private(set) var tokens: [[UInt8]] = (0...255).map { [UInt8($0)] }

    /// The pairs in the order in which they were joined; merge i made token 256 + i.
    private(set) var merges: [TokenPair] = []

    // All different words end to end, one place for each byte. A place that was joined to the one on
    // its left has the id −1.
    private var ids: [Int32] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    private var words: [Int32] = []

    /// How often each word occurs.
    private let wordCounts: [Int]

    // For each pair that ever occurred: how often it occurs now, and where it did at some time.
    private var pairs = PairTable(capacity: 1 << 12)
    private var keys: [UInt64] = []
    private var counts: [Int] = []
    private var places: [[Int32]] = []

    /// What no token may be: the texts of special tokens, from which it could not be told in a file.
    private let reserved: [[UInt8]]

    /// Words with the number of times that each occurs.
    init(words table: WordTable, counts wordCounts: [Int], reserved: [[UInt8]]) {
        self.wordCounts = wordCounts
        self.reserved = reserved
        let bytes = table.allBytes
        ids = bytes.map(Int32.init)
        previous = bytes.indices.map { Int32($0) - 1 }
        next = bytes.indices.map { Int32($0) + 1 }
        words = [Int32](repeating: 0, count: bytes.count)
        for word in 0..<table.count {
            let range = table.range(of: word)
            previous[range.lowerBound] = -1
            next[range.upperBound - 1] = -1
            for place in range {
                words[place] = Int32(word)
                if place > range.lowerBound {
                    change(TokenPair(ids[place - 1], ids[place]), at: Int32(place - 1), by: 1)
                }
            }
        }
    }

    /// Joins pairs until there are so many tokens, or no pair occurs twice.
    mutating func train(tokenCount: Int) {
        var queue = Heap(counts.indices.map { Candidate(count: counts[$0], key: keys[$0]) })
        var known = Set(tokens + reserved)
        while tokens.count < tokenCount, let best = queue.popFirst() {
            let index = Int(pairs[best.key]!)
            guard best.count == counts[index] else {
                // The pair has become rarer since it was put in the queue.
                if counts[index] > 1 {
                    queue.insert(Candidate(count: counts[index], key: best.key))
                }
                continue
            }
            guard best.count > 1 else { return }
            let pair = TokenPair(key: best.key)
            let bytes = tokens[Int(pair.left)] + tokens[Int(pair.right)]
            // A token is made in one way only, so that a vocabulary can be stored by its texts.
            guard bytes.count <= Self.longestToken, known.insert(bytes).inserted else { continue }
            merges.append(pair)
            tokens.append(bytes)
            let firstNew = counts.count
            join(index, pair, into: Int32(tokens.count - 1))
            // Only pairs with the new token have come; all others have become rarer.
            for new in firstNew..<counts.count where counts[new] > 1 {
                queue.insert(Candidate(count: counts[new], key: keys[new]))
            }
        }
    }

    /// A pair in the queue: the most frequent first, then the lowest ids.
    private struct Candidate: Comparable {
        let count: Int
        let key: UInt64

        static func < (first: Self, second: Self) -> Bool {
            first.count != second.count ? first.count > second.count : first.key < second.key
        }
    }

    /// Replaces a pair by one token wherever it stands, from left to right.
    private mutating func join(_ index: Int, _ pair: TokenPair, into token: Int32) {
        let found = places[index]
        places[index] = []
        for place in found where ids[Int(place)] == pair.left {
            let second = next[Int(place)]
            guard second >= 0, ids[Int(second)] == pair.right else { continue }
            let (before, after) = (previous[Int(place)], next[Int(second)])
            if before >= 0 {
                change(TokenPair(ids[Int(before)], pair.left), at: before, by: -1)
                change(TokenPair(ids[Int(before)], token), at: before, by: 1)
            }
            if after >= 0 {
                change(TokenPair(pair.right, ids[Int(after)]), at: second, by: -1)
                change(TokenPair(token, ids[Int(after)]), at: place, by: 1)
                previous[Int(after)] = place
            }
            ids[Int(place)] = token
            ids[Int(second)] = -1
            next[Int(place)] = after
        }
        counts[index] = 0
    }

    /// Counts a pair that has come to stand at a place (+1), or does so no more (−1).
    private mutating func change(_ pair: TokenPair, at place: Int32, by sign: Int) {
        let key = pair.key
        let weight = sign * wordCounts[Int(words[Int(place)])]
        if let index = pairs[key] {
            counts[Int(index)] += weight
            if sign > 0 { places[Int(index)].append(place) }
        } else {
            pairs.insert(Int32(keys.count), for: key)
            keys.append(key)
            counts.append(weight)
            places.append([place])
        }
    }
}
