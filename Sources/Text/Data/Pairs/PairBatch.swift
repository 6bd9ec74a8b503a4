/// Pairs of sequences side by side, filled up to the longest of each side.
public struct PairBatch: Hashable, RowBatch {
    /// How many pairs there are.
    public private(set) var rows: Int

    /// How many tokens the longest source has, its end token included.
    public private(set) var sourceColumns: Int

    /// What the encoder reads: `[rows, sourceColumns]`, padded at the end.
    public private(set) var sources: [Int32]

    /// Which places of the sources are read: `[rows, sourceColumns]`, 1 for a token and 0 for padding.
    public private(set) var sourceMask: [Float]

    /// How many tokens the longest target has, its start or end token included.
    public private(set) var targetColumns: Int

    /// What the decoder reads: `[rows, targetColumns]`, the start token and the target, padded at the end.
    public private(set) var targetInputs: [Int32]

    /// What it should predict at each place: `[rows, targetColumns]`, the target and the end token; −1
    /// where nothing is scored.
    public private(set) var targetOutputs: [Int32]

    /// How many predictions count toward the loss.
    public private(set) var scoredCount: Int

    /// The numbers of the pairs in the list that the batch was made from.
    public private(set) var indices: [Int]

    /// A batch of these pairs; `indices` are their numbers.
    public init(_ pairs: [EncodedPair], indices: [Int], specialTokens special: SpecialTokens) {
        precondition(pairs.count == indices.count && !pairs.isEmpty, "A batch needs pairs.")
        rows = pairs.count
        self.indices = indices
        let sources = PaddedRows(pairs.map(\.source), padding: special.padding)
        (sourceColumns, self.sources, sourceMask) = (sources.columns, sources.ids, sources.mask)
        let inputs = PaddedRows(pairs.map { [special.start] + $0.target }, padding: special.padding)
        (targetColumns, targetInputs) = (inputs.columns, inputs.ids)
        targetOutputs = PaddedRows(pairs.map { $0.target + [special.end] }, padding: -1).ids
        scoredCount = pairs.reduce(0) { $0 + $1.target.count + 1 }
    }

    /// Some of the pairs.
    public func part(_ rows: Range<Int>) -> PairBatch {
        var part = self
        part.rows = rows.count
        part.sources = sources.rows(rows, of: sourceColumns)
        part.sourceMask = sourceMask.rows(rows, of: sourceColumns)
        part.targetInputs = targetInputs.rows(rows, of: targetColumns)
        part.targetOutputs = targetOutputs.rows(rows, of: targetColumns)
        part.scoredCount = part.targetOutputs.count { $0 >= 0 }
        part.indices = Array(indices[rows])
        return part
    }
}

/// Sequences of different lengths as the rows of a table.
struct PaddedRows {
    /// The length of the longest sequence.
    let columns: Int
    /// `[rows, columns]`.
    private(set) var ids: [Int32] = []
    /// `[rows, columns]`: 1 for what is in a sequence, 0 for what fills it up.
    private(set) var mask: [Float] = []

    init(_ sequences: [[Int32]], padding: Int32) {
        columns = sequences.map(\.count).max() ?? 0
        ids.reserveCapacity(sequences.count * columns)
        mask.reserveCapacity(sequences.count * columns)
        for sequence in sequences {
            let missing = columns - sequence.count
            ids += sequence
            ids += repeatElement(padding, count: missing)
            mask += repeatElement(1, count: sequence.count)
            mask += repeatElement(0, count: missing)
        }
    }
}

/// A supply of batches of pairs; batch `index` is always the same, whatever was asked for before.
public protocol PairBatchSource: Sendable {
    /// The batch with this number, from 0; numbers never end.
    func batch(at index: Int) -> PairBatch
}

/// A supply of batches of pairs that covers its data in a known number of batches, then starts again.
public protocol FinitePairBatchSource: PairBatchSource {
    /// How many batches cover the data once.
    var batchCount: Int { get }
}

extension FinitePairBatchSource {
    /// All batches, once each, in order.
    public var batches: some Sequence<PairBatch> { (0..<batchCount).lazy.map { batch(at: $0) } }
}

/// Pairs of similar length in batches for training, in a new order every epoch.
///
/// Each epoch shows every pair once. Batch `index` depends on nothing but the pairs, the seed and `index`.
///
/// - Source: Vaswani et al. 2017, §5.1: pairs batched by approximate length, so many tokens in each.
public struct BucketedPairBatches: PairBatchSource {
    private let pairs: [EncodedPair]
    private let buckets: LengthBuckets
    private let specialTokens: SpecialTokens

    /// Batches of the given size; the tokens of a row are those of its longer side.
    ///
    /// - Throws: ``DataError`` where there are no pairs, or the size is out of range.
    public init(
        _ pairs: [EncodedPair], size: BatchSize, seed: UInt64,
        specialTokens: SpecialTokens = SpecialTokens(), source: String = "The data"
    ) throws(DataError) {
        buckets = try pairBuckets(pairs, size: size, seed: seed, source: source)
        self.pairs = pairs
        self.specialTokens = specialTokens
    }

    /// How many batches an epoch has.
    public var batchesPerEpoch: Int { buckets.batchCount }

    /// The batch with this number.
    public func batch(at index: Int) -> PairBatch {
        let chosen = buckets.shuffledSequences(at: index)
        return PairBatch(chosen.map { pairs[$0] }, indices: chosen, specialTokens: specialTokens)
    }
}

/// Batches that cover pairs once, for measuring: the short ones first.
///
/// ``PairBatch/indices`` says which pair each row is.
public struct PairEvaluationBatches: FinitePairBatchSource {
    private let pairs: [EncodedPair]
    private let buckets: LengthBuckets
    private let specialTokens: SpecialTokens

    /// Batches of the given size; the tokens of a row are those of its longer side.
    ///
    /// - Throws: ``DataError`` where there are no pairs, or the size is out of range.
    public init(
        _ pairs: [EncodedPair], size: BatchSize,
        specialTokens: SpecialTokens = SpecialTokens(), source: String = "The data"
    ) throws(DataError) {
        buckets = try pairBuckets(pairs, size: size, seed: 0, source: source)
        self.pairs = pairs
        self.specialTokens = specialTokens
    }

    /// How many batches cover the pairs once.
    public var batchCount: Int { buckets.batchCount }

    /// The batch with this number.
    public func batch(at index: Int) -> PairBatch {
        let chosen = buckets.sequences(ofBatch: index)
        return PairBatch(chosen.map { pairs[$0] }, indices: chosen, specialTokens: specialTokens)
    }
}

private func pairBuckets(_ pairs: [EncodedPair], size: BatchSize, seed: UInt64, source: String)
    throws(DataError) -> LengthBuckets
{
    guard !pairs.isEmpty else { throw .noExamples(source: source) }
    let lengths = pairs.map(\.length)
    try size.validate(longest: lengths.max() ?? 1)
    return LengthBuckets(lengths: lengths, size: size, seed: seed)
}
