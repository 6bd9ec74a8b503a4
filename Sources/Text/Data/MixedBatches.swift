/// Batches from several texts, by shares that may change from step to step.
///
/// From which text each row is, is drawn anew for each batch; batch `index` depends on nothing but the texts, the
/// seed and `index`.
public struct MixedBatches: BatchSource {
    private let sources: [any BatchSource]
    private let shares: @Sendable (Int) -> [Double]
    private let seed: UInt64
    private let drawsRows: Bool

    /// A mixture.
    ///
    /// - Parameters:
    ///   - sources: batches of each text; of the same shape where `drawsRows`.
    ///   - drawsRows: whether each row is drawn, rather than all of a batch, whose rows are as many as its text gives.
    ///   - shares: for each batch the share of each text, none below 0 and not all of them 0.
    public init(
        _ sources: [any BatchSource], seed: UInt64, drawsRows: Bool,
        shares: @escaping @Sendable (Int) -> [Double]
    ) {
        precondition(!sources.isEmpty, "A mixture needs something to mix.")
        (self.sources, self.shares, self.seed) = (sources, shares, seed)
        self.drawsRows = drawsRows
    }

    /// The batch with this number.
    public func batch(at index: Int) throws -> TokenBatch {
        var random = CounterRandom(seed: seed, stream: UInt64(index), purpose: .mixtures)
        let shares = shares(index)
        let first = draw(shares, &random)
        let batch = try sources[first].batch(at: index)
        if !drawsRows { return batch }
        var batches = [first: batch]
        var rows: [TokenBatch] = []
        for row in 0..<batch.rows {
            let chosen = row == 0 ? first : draw(shares, &random)
            let source = try batches[chosen] ?? sources[chosen].batch(at: index)
            batches[chosen] = source
            rows.append(source.part(row..<row + 1))
        }
        return TokenBatch(joining: rows)
    }

    /// The number of a text, each as likely as its share.
    private func draw(_ shares: [Double], _ random: inout CounterRandom) -> Int {
        let place = Double(random.next() >> 11) * 0x1p-53 * shares.reduce(0, +)
        var sum = 0.0
        for (number, share) in shares.enumerated() {
            sum += share
            if place < sum { return number }
        }
        // The sum may be a rounding below the place.
        return shares.lastIndex { $0 > 0 } ?? 0
    }
}
