public import AttendTensors

/// What one attention layer keeps of the tokens it has seen, so that a new token need not make it again.
///
/// Keys and values, or, in latent attention, the narrow vectors that they are made from.
///
/// Each sequence has a place of its own, and all have as many tokens. Or the places are pages, and ``beginPass(_:)`` says
/// before each pass which sequences, of any lengths, bring tokens and in which pages they lie; the cache keeps no account
/// of that, since all layers of a model share it.
public struct KeyValueCache: Sendable {
    /// `[batch, capacity, width]`; the first `count` tokens are filled.
    private var keys: CachedTokens
    /// Like the keys; of width 0 in latent attention.
    private var values: CachedTokens

    /// How many tokens are held; in pages, how many the longest run of the pass holds.
    public private(set) var count = 0
    /// The sequences whose tokens the next pass brings, where the places are pages; nil where they are sequences.
    public private(set) var runs: [SequenceRun]?

    /// An empty cache for up to `capacity` tokens of a layer.
    ///
    /// - Parameter format: what they are kept in.
    public init(
        batch: Int, capacity: Int, layout: AttentionLayout, format: CacheFormat = .float32
    ) {
        let isLatent = layout.latent != nil
        keys = CachedTokens(
            places: batch, capacity: capacity, headCount: isLatent ? 1 : layout.keyValueHeadCount,
            headWidth: isLatent ? layout.cachedWidth : layout.headWidth, format: format)
        values = CachedTokens(
            places: batch, capacity: capacity, headCount: isLatent ? 0 : layout.keyValueHeadCount,
            headWidth: layout.headWidth, format: format)
    }

    /// A cache that holds nothing, to stand in a place while another is taken out of it.
    static let none = KeyValueCache()

    private init() {
        keys = CachedTokens(places: 0, capacity: 0, headCount: 0, headWidth: 0)
        values = keys
    }

    /// How many tokens fit.
    public var capacity: Int { keys.capacity }

    /// How many bytes each token takes.
    public var tokenBytes: Int { keys.tokenBytes + values.tokenBytes }

    /// How many sequences there are.
    public var batch: Int { keys.placeCount }

    /// Appends tokens from a packed projection `[batch, tokens, queries | keys | values]` and attends to all that is held.
    ///
    /// - Parameter runBiases: for each run of a pass over pages what is added to its scores, or none.
    package mutating func attend(
        _ packed: Tensor, options: AttentionOptions, runBiases: [Tensor] = []
    ) -> Tensor {
        if let runs {
            return packed.attendPaged(
                keys: &keys, values: &values, runs: runs, options: options, biases: runBiases)
        }
        let tokens = packed.shape[1]
        checkRoom(for: tokens)
        let output = packed.attendCached(
            keys: &keys, values: &values, held: count, options: options)
        count += tokens
        return output
    }

    /// Appends latent vectors `[batch, tokens, width]`: all that are held, `[batch, count, width]`, in pages those of each
    /// run behind those of the run before it.
    mutating func appendLatents(_ latents: Tensor) -> Tensor {
        if let runs {
            keys.write(latents, from: 0, runs: runs)
            return keys.gatheringPages(of: runs)
        }
        let tokens = latents.shape[1]
        checkRoom(for: tokens)
        keys.write(latents, from: 0, atToken: count)
        count += tokens
        return keys.firstTokens(count)
    }

    /// Keeps the sequences of these numbers, in this order; one may be kept several times.
    public mutating func select(_ sequences: [Int32]) {
        if sequences.count == batch, sequences.enumerated().allSatisfy({ $0 == Int($1) }) { return }
        keys.select(sequences, tokens: count)
        values.select(sequences, tokens: count)
    }

    /// Lets each sequence go on from what another holds.
    ///
    /// Sequences that branched off one another hold the same first tokens, which are not copied again.
    ///
    /// - Parameters:
    ///   - parents: for each sequence, the one that it goes on from.
    ///   - agreements: for each sequence, how many of its first tokens are the parent's already.
    public mutating func adopt(_ parents: [Int32], agreements: [Int]) {
        keys.adopt(parents, from: agreements, to: count)
        values.adopt(parents, from: agreements, to: count)
    }

    /// Forgets all but the first tokens; a cache that holds no more than that stays as it is.
    public mutating func truncate(to count: Int) {
        if count < 0 { shapeError("a key-value cache cannot hold \(count) tokens") }
        self.count = min(self.count, count)
    }

    /// Makes room for at least `capacity` tokens.
    public mutating func reserve(_ capacity: Int) {
        if capacity <= self.capacity { return }
        let sequences = (0..<Int32(batch)).map { $0 }
        keys.select(sequences, tokens: count, capacity: capacity)
        values.select(sequences, tokens: count, capacity: capacity)
    }

    /// Says which sequences bring tokens next; the places of this cache are pages from then on.
    public mutating func beginPass(_ runs: [SequenceRun]) {
        self.runs = runs
        count = runs.reduce(0) { max($0, $1.held) }
    }

    private func checkRoom(for tokens: Int) {
        if count + tokens > capacity {
            shapeError("a key-value cache for \(capacity) tokens cannot hold \(count + tokens)")
        }
    }
}

extension [KeyValueCache] {
    /// The place in its sequence of each of the next `tokens` tokens, whichever the sequence.
    public func places(ofNext tokens: Int) -> [Int] {
        guard let runs = first?.runs else {
            let held = first?.count ?? 0
            return Array<Int>(held..<held + tokens)
        }
        let places = runs.flatMap { $0.held..<$0.total }
        if places.count != tokens {
            shapeError("a pass brings \(tokens) tokens, but its runs have \(places.count)")
        }
        return places
    }
}
