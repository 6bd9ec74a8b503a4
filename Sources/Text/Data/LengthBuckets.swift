/// How many sequences a batch has.
public enum BatchSize: Hashable, Sendable {
    /// Always so many; the last batch may have fewer.
    case rows(Int)

    /// As many as have at most so many tokens when padded to the longest of them; at least one.
    case tokens(Int)

    /// Throws unless the number is positive and small enough to be held.
    func validate(longest: Int) throws(DataError) {
        switch self {
        case .rows(let rows): try validateBatch(rows: rows, context: max(1, longest))
        case .tokens(let tokens):
            try validateBatch(rows: 1, context: max(1, longest))
            guard (1...TokenBatch.tokenLimit).contains(tokens) else {
                throw .outOfRange(
                    name: "number of tokens in a batch", value: "\(tokens)",
                    accepted: "a number from 1 to \(TokenBatch.tokenLimit)")
            }
        }
    }
}

/// Sequences of similar length put together, so that little of a batch is padding.
///
/// Lengths are rounded up to one of eight steps between powers of two. All sequences of one step are a bucket;
/// the buckets stand in the order of their lengths, and are cut into batches one after the other. Where
/// the cuts are depends on the lengths alone. So each epoch has equally many batches, and the order of
/// the sequences within buckets can be drawn anew without moving a cut.
struct LengthBuckets: Sendable {
    /// The numbers of the sequences, by bucket.
    private var items: [Int] = []

    /// The places of each bucket in ``items``.
    private var buckets: [Range<Int>] = []

    /// The places of each batch in ``items``.
    private var batches: [Range<Int>] = []

    private let seed: UInt64

    /// How many batches cover the sequences once.
    var batchCount: Int { batches.count }

    /// The sequences with these lengths.
    init(lengths: [Int], size: BatchSize, seed: UInt64 = 0) {
        self.seed = seed
        let steps = lengths.map(Self.step)
        // Only buckets are sorted: within them the order of the data stays.
        items = lengths.indices.sorted { (steps[$0], $0) < (steps[$1], $1) }
        var bucketStart = 0
        var batchStart = 0
        for place in items.indices {
            let step = steps[items[place]]
            if place > bucketStart, steps[items[place - 1]] != step {
                buckets.append(bucketStart..<place)
                bucketStart = place
            }
            let rows = place - batchStart
            let isFull =
                switch size {
                case .rows(let limit): rows >= limit
                case .tokens(let limit): rows > 0 && (rows + 1) * step > limit
                }
            if isFull {
                batches.append(batchStart..<place)
                batchStart = place
            }
        }
        if !items.isEmpty {
            buckets.append(bucketStart..<items.count)
            batches.append(batchStart..<items.count)
        }
    }

    /// A length rounded up: exact to 8, then even to 16, then by fours to 32, and so on.
    static func step(_ length: Int) -> Int {
        guard length > 8 else { return max(1, length) }
        let unit = 1 << (Int.bitWidth - 1 - (length - 1).leadingZeroBitCount - 3)
        return (length + unit - 1) / unit * unit
    }

    /// The sequences of a batch in order of length, without shuffling.
    func sequences(ofBatch number: Int) -> [Int] { Array(items[batches[number % batchCount]]) }

    /// The sequences of batch `index` of an endless supply that is shuffled anew in every epoch.
    ///
    /// - Complexity: that of shuffling the batches' order and the buckets that this batch holds.
    func shuffledSequences(at index: Int) -> [Int] {
        let epoch = UInt64(index / batchCount)
        func random(_ stream: Int) -> CounterRandom {
            CounterRandom(seed: seed, stream: epoch << 20 | UInt64(stream), purpose: .shuffles)
        }
        var order = random(0)
        let batch = batches[order.permutation(of: batchCount)[index % batchCount]]
        var result: [Int] = []
        for (number, bucket) in buckets.enumerated() where bucket.overlaps(batch) {
            var inside = random(number + 1)
            let permutation = inside.permutation(of: bucket.count)
            for place in bucket.clamped(to: batch) {
                result.append(items[bucket.lowerBound + permutation[place - bucket.lowerBound]])
            }
        }
        return result
    }
}
