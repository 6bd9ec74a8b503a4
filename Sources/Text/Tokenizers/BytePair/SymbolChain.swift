/// The symbols of a piece while byte-pair encoding joins neighbours.
struct SymbolChain {
    private var ids: [Int32] = []
    private var ends: [Int32] = []
    private var starts: [Int32] = []

    init(capacity: Int) {
        ids.reserveCapacity(capacity)
        starts.reserveCapacity(capacity)
        ends.reserveCapacity(capacity)
    }

    /// Puts a symbol at the end, which stands for these bytes of the piece.
    mutating func append(_ id: Int32, _ range: Range<Int>) {
        ids.append(id)
        starts.append(Int32(range.lowerBound))
        ends.append(Int32(range.upperBound))
    }

    /// Appends the symbols as tokens.
    func append(to tokens: inout [PieceToken]) {
        for (place, id) in ids.enumerated() where id >= 0 {
            tokens.append(
                PieceToken(id: id, range: Int(starts[place])..<Int(ends[place])))
        }
    }

    /// Up to this many symbols, looking through all of them for each merge is the faster way.
    private static let shortLength = 24

    /// Joins pairs of neighbours: always that of lowest rank, the leftmost of several.
    ///
    /// - Throws: ``TokenizerError/cancelled`` where the task was cancelled meanwhile.
    mutating func join(by ranks: PairTable, _ results: [Int32]) throws(TokenizerError) {
        if ids.count <= Self.shortLength {
            joinShort(by: ranks, results)
        } else {
            try joinLong(by: ranks, results)
        }
    }

    private mutating func joinShort(by ranks: PairTable, _ results: [Int32]) {
        guard ids.count > 1 else { return }
        func rank(_ left: Int32, _ right: Int32) -> Int32 {
            guard let rank = ranks[TokenPair(left, right).key], results[Int(rank)] >= 0 else {
                return .max
            }
            return rank
        }
        var pairRanks = [Int32](repeating: .max, count: ids.count)
        for place in 0..<ids.count - 1 { pairRanks[place] = rank(ids[place], ids[place + 1]) }
        while ids.count > 1 {
            var best = Int32.max
            var place = 0
            for candidate in 0..<ids.count - 1 where pairRanks[candidate] < best {
                (best, place) = (pairRanks[candidate], candidate)
            }
            guard best < .max else { return }
            ids[place] = results[Int(best)]
            ends[place] = ends[place + 1]
            ids.remove(at: place + 1)
            starts.remove(at: place + 1)
            ends.remove(at: place + 1)
            pairRanks.remove(at: place + 1)
            pairRanks[place] =
                place + 1 < ids.count ? rank(ids[place], ids[place + 1]) : .max
            if place > 0 { pairRanks[place - 1] = rank(ids[place - 1], ids[place]) }
        }
    }

    private mutating func joinLong(by ranks: PairTable, _ results: [Int32]) throws(TokenizerError) {
        let count = ids.count
        var next = (0..<count).map { Int32($0 + 1) }
        var previous = (0..<count).map { Int32($0 - 1) }
        func rank(_ left: Int32, _ right: Int32) -> UInt64? {
            guard let rank = ranks[TokenPair(left, right).key], results[Int(rank)] >= 0 else {
                return nil
            }
            return UInt64(rank)
        }
        // A rank and a place in one number, so that the least comes first.
        var queue = Heap(
            (0..<count - 1).compactMap { place in
                rank(ids[place], ids[place + 1]).map { $0 << 32 | UInt64(place) }
            })
        var steps = 0
        while let first = queue.popFirst() {
            steps += 1
            if steps & 0xFFFF == 0, Cancellation.isRequested { throw .cancelled }
            let place = Int(first & 0xFFFF_FFFF)
            // The pair may be gone since it was put in: one of the two was joined to something else.
            guard ids[place] >= 0 else { continue }
            let second = Int(next[place])
            guard second < count, rank(ids[place], ids[second]) == first >> 32 else { continue }
            let (before, after) = (Int(previous[place]), Int(next[second]))
            ids[second] = -1
            ids[place] = results[Int(first >> 32)]
            ends[place] = ends[second]
            next[place] = Int32(after)
            if after < count {
                previous[after] = Int32(place)
                if let rank = rank(ids[place], ids[after]) {
                    queue.insert(rank << 32 | UInt64(place))
                }
            }
            if before >= 0, let rank = rank(ids[before], ids[place]) {
                queue.insert(rank << 32 | UInt64(before))
            }
        }
    }
}
