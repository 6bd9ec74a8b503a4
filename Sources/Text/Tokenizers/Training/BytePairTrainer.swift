/// Learns the merges of byte-pair encoding from how often words occur.
///
/// Each step joins the pair of neighbouring tokens that occurs most often; of several, the one with the
/// lowest left id, then the lowest right id. The counts are kept up to date rather than counted anew: a
/// merge only touches the places where its pair stands.
///
/// The result is that of Hugging Face tokenizers, down to two peculiarities. A pair may make a token that
/// there is already (`a bc` after `ab c`); this is a merge, too, and uses up no place in the vocabulary. And
/// the count of a pair that was joined is not set to nought, which shows where it comes to stand anew.
///
/// - Complexity: O(n log n) for n bytes of different words, whatever the size of the vocabulary.
/// - Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units", §3.2.
struct BytePairTrainer {
    /// The bytes of every token: first the 256 single ones in the order of the alphabet's characters.
    private(set) var tokens: [[UInt8]]

    /// The pairs in the order in which they were joined.
    private(set) var merges: [TokenPair] = []

    // All different words end to end, one place for each byte. A place that was joined to the one on
    // its left has the id −1.
    private var ids: [Int32]
    private var previous: [Int32]
    private var next: [Int32]
    private var words: [Int32]

    /// How often each word occurs.
    private let wordCounts: [Int]

    // For each pair that ever occurred: its two ids, how often it occurs, and which list of places the
    // present step has begun for it.
    private var pairs = PairTable(capacity: 1 << 12)
    private var keys: [UInt64] = []
    private var counts: [Int] = []
    private var freshLists: [Int32] = []

    /// Places where a pair stood at some time; the queue's entries refer to these lists.
    private var lists: [[Int32]] = []
    private var touched: [Int32] = []

    /// What no token may be: the texts of special tokens, from which it could not be told in a file.
    private let reserved: Set<[UInt8]>

    /// How a token begins that continues a word, where tokens tell these apart; else empty.
    private let prefix: [UInt8]

    /// Words with the number of times that each occurs, to be made of bytes.
    init(_ counts: WordCounts, reserved: [[UInt8]]) {
        let order = ByteAlphabet.order
        var idOfByte = [Int32](repeating: 0, count: 256)
        for (id, byte) in order.enumerated() { idOfByte[Int(byte)] = Int32(id) }
        self.init(
            symbols: counts.words.allBytes.map { idOfByte[Int($0)] },
            ranges: (0..<counts.words.count).map(counts.words.range), counts: counts.counts,
            tokens: order.map { [$0] }, reserved: reserved)
    }

    /// Words of any symbols.
    ///
    /// - Parameters:
    ///   - symbols: the symbols of all words end to end, as places in `tokens`.
    ///   - ranges: where each word stands in them.
    ///   - counts: how often each word occurs.
    ///   - tokens: the bytes of each symbol.
    ///   - prefix: what a token loses that is joined to the end of another.
    ///   - reserved: what no token may be.
    init(
        symbols: [Int32], ranges: [Range<Int>], counts: [Int], tokens: [[UInt8]],
        prefix: [UInt8] = [], reserved: [[UInt8]]
    ) {
        wordCounts = counts
        self.reserved = Set(reserved)
        self.prefix = prefix
        self.tokens = tokens
        ids = symbols
        previous = symbols.indices.map { Int32($0) - 1 }
        next = symbols.indices.map { Int32($0) + 1 }
        words = [Int32](repeating: 0, count: symbols.count)
        for (word, range) in ranges.enumerated() where !range.isEmpty {
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

    /// Joins pairs until there are so many tokens, or no pair occurs often enough.
    ///
    /// - Parameters:
    ///   - tokenCount: the most tokens, single bytes included.
    ///   - minimumCount: how often a pair must occur at least; 0 and 1 are the same.
    ///   - progress: is told now and then how many tokens there are.
    mutating func train(
        tokenCount: Int, minimumCount: Int, progress: (Int) -> Void = { _ in }
    ) throws(TokenizerError) {
        var queue = Heap<Candidate>(takeTouched())
        var known = [[UInt8]: Int32](
            uniqueKeysWithValues: tokens.enumerated().map { ($1, Int32($0)) })
        while tokens.count < tokenCount, let best = queue.popFirst() {
            let index = Int(pairs[best.key] ?? 0)
            guard best.count == counts[index] else {
                // The pair has become rarer since it was put in the queue.
                if counts[index] > 0 {
                    queue.insert(
                        Candidate(count: counts[index], key: best.key, list: best.list))
                }
                continue
            }
            guard best.count >= max(1, minimumCount) else { break }
            let pair = TokenPair(key: best.key)
            let right = tokens[Int(pair.right)]
            let bytes =
                tokens[Int(pair.left)]
                + right.dropFirst(right.starts(with: prefix) ? prefix.count : 0)
            guard bytes.count <= Vocabulary.longestToken / 2, !reserved.contains(bytes) else {
                continue
            }
            var result = known[bytes]
            if result == nil {
                result = Int32(tokens.count)
                known[bytes] = result
                tokens.append(bytes)
                if tokens.count & 0x3F == 0 {
                    progress(tokens.count)
                    if Cancellation.isRequested { throw .cancelled }
                }
            }
            merges.append(pair)
            join(Int(best.list), pair, into: result ?? 0)
            for candidate in takeTouched() { queue.insert(candidate) }
        }
        keepLastOfEqualMerges()
        progress(tokens.count)
    }

    /// A pair in the queue: the most frequent first, then the lowest ids.
    private struct Candidate: Comparable {
        let count: Int
        let key: UInt64
        /// Which list holds its places.
        let list: Int32

        static func < (first: Self, second: Self) -> Bool {
            if first.count != second.count { return first.count > second.count }
            return first.key != second.key ? first.key < second.key : first.list < second.list
        }
    }

    /// The pairs that came to stand somewhere in this step, with their counts at its end.
    private mutating func takeTouched() -> [Candidate] {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(touched.count)
        for pair in touched {
            let index = Int(pair)
            if counts[index] > 0 {
                candidates.append(
                    Candidate(count: counts[index], key: keys[index], list: freshLists[index]))
            }
            freshLists[index] = -1
        }
        touched.removeAll(keepingCapacity: true)
        return candidates
    }

    /// Replaces a pair by one token wherever it stands, from left to right.
    private mutating func join(_ list: Int, _ pair: TokenPair, into token: Int32) {
        let found = lists[list]
        lists[list] = []
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
    }

    /// Counts a pair that has come to stand at a place (+1), or does so no more (−1).
    private mutating func change(_ pair: TokenPair, at place: Int32, by sign: Int) {
        let key = pair.key
        let weight = sign * wordCounts[Int(words[Int(place)])]
        let index: Int
        if let known = pairs[key] {
            index = Int(known)
            counts[index] += weight
        } else {
            index = keys.count
            pairs.insert(Int32(index), for: key)
            keys.append(key)
            counts.append(weight)
            freshLists.append(-1)
        }
        guard sign > 0 else { return }
        if freshLists[index] < 0 {
            freshLists[index] = Int32(lists.count)
            lists.append([])
            touched.append(Int32(index))
        }
        lists[Int(freshLists[index])].append(place)
    }

    /// Of a pair that was joined more than once, only the last merge counts when text is encoded.
    private mutating func keepLastOfEqualMerges() {
        var seen: Set<UInt64> = []
        merges = merges.reversed().filter { seen.insert($0.key).inserted }.reversed()
    }
}
