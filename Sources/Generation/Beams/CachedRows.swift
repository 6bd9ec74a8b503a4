internal import AttendLayers

/// Rows of tokens that a model has read, with what its layers keep of them.
struct CachedRows: Sendable {
    /// One for each layer.
    var caches: [KeyValueCache]
    /// What each row holds.
    private(set) var tokens: [[Int32]]

    /// Rows that the caches hold already.
    init(_ caches: [KeyValueCache], tokens: [[Int32]]) {
        self.caches = caches
        self.tokens = tokens
    }

    /// Notes what each row is about to read.
    mutating func append(_ ids: [Int32]) {
        for row in tokens.indices { tokens[row].append(ids[row]) }
    }

    /// Makes room for one more token, where there is none, up to a limit.
    mutating func makeRoom(upTo limit: Int) {
        guard let cache = caches.first, cache.count == cache.capacity else { return }
        let capacity = min(2 * cache.capacity + 8, limit)
        for layer in caches.indices { caches[layer].reserve(capacity) }
    }

    /// Keeps these rows, in this order; one may be kept several times.
    mutating func select(_ rows: [Int32]) {
        for layer in caches.indices { caches[layer].select(rows) }
        tokens = rows.map { tokens[Int($0)] }
    }

    /// Lets each row go on from what another one of the same source holds.
    mutating func reorder(_ parents: [Int32]) {
        // The tokens that two rows of one source begin with gave both the same keys and values.
        let agreements = zip(tokens, parents).map { row, parent in
            zip(row, tokens[Int(parent)]).prefix { $0 == $1 }.count
        }
        for layer in caches.indices { caches[layer].adopt(parents, agreements: agreements) }
        tokens = parents.map { tokens[Int($0)] }
    }
}
