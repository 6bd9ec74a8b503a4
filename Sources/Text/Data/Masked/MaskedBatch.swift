/// Sequences of which some tokens are hidden, filled up to the longest.
public struct MaskedBatch: Hashable, RowBatch {
    /// How many sequences there are.
    public private(set) var rows: Int

    /// How many tokens the longest has.
    public private(set) var columns: Int

    /// What the model reads: `[rows, columns]`, padded at the end.
    public private(set) var inputs: [Int32]

    /// What it should guess: `[rows, columns]`, the token where one was chosen; −1 elsewhere.
    public private(set) var targets: [Int32]

    /// Which places are read: `[rows, columns]`, 1 for a token and 0 for padding.
    public private(set) var mask: [Float]

    /// How many guesses count toward the loss.
    public private(set) var scoredCount: Int

    /// The numbers of the sequences in the list that the batch was made from.
    public private(set) var indices: [Int]

    /// Hides tokens of these sequences.
    ///
    /// In each row 15 % of the tokens of text (rounded, but at least one) are chosen. Of these, 80 % are
    /// replaced by the mask token, 10 % by any token of text, and 10 % stay: a model that cannot tell which
    /// it sees must make something of every token.
    ///
    /// - Source: Devlin et al. 2019, "BERT", §3.1.
    init(
        _ sequences: [[Int32]], indices: [Int], dataset: MaskedDataset, random: inout CounterRandom
    ) {
        var inputs: [[Int32]] = []
        var targets: [[Int32]] = []
        for sequence in sequences {
            var input = sequence
            var target = [Int32](repeating: -1, count: sequence.count)
            var places = sequence.indices.filter { dataset.isTextToken[Int(sequence[$0])] }
            let count = places.isEmpty ? 0 : max(1, (15 * places.count + 50) / 100)
            for chosen in 0..<count {
                places.swapAt(chosen, chosen + random.next(below: places.count - chosen))
                let place = places[chosen]
                target[place] = sequence[place]
                switch random.next(below: 10) {
                case 0..<8: input[place] = dataset.specialTokens.mask
                case 8:
                    input[place] =
                        dataset.textTokens[random.next(below: dataset.textTokens.count)]
                default: break
                }
            }
            inputs.append(input)
            targets.append(target)
        }
        let padded = PaddedRows(inputs, padding: dataset.specialTokens.padding)
        (rows, columns) = (sequences.count, padded.columns)
        (self.inputs, mask) = (padded.ids, padded.mask)
        self.targets = PaddedRows(targets, padding: -1).ids
        scoredCount = self.targets.count { $0 >= 0 }
        self.indices = indices
    }

    /// Some of the sequences.
    public func part(_ rows: Range<Int>) -> MaskedBatch {
        var part = self
        part.rows = rows.count
        part.inputs = inputs.rows(rows, of: columns)
        part.targets = targets.rows(rows, of: columns)
        part.mask = mask.rows(rows, of: columns)
        part.scoredCount = part.targets.count { $0 >= 0 }
        part.indices = Array(indices[rows])
        return part
    }
}

/// Masked sequences of similar length in batches for training, in a new order every epoch.
///
/// Each epoch shows every sequence once, with other tokens hidden. Batch `index` depends on nothing but the
/// data, the seed and `index`.
///
/// - Source: choosing anew each time: Liu et al. 2019, "RoBERTa", §4.1.
public struct MaskedBatches: Sendable {
    private let dataset: MaskedDataset
    private let buckets: LengthBuckets
    private let seed: UInt64

    /// Batches of the given size from the training part.
    ///
    /// - Throws: ``DataError`` where the size is out of range.
    public init(training dataset: MaskedDataset, size: BatchSize, seed: UInt64) throws(DataError) {
        buckets = try sequenceBuckets(dataset.training, size: size, seed: seed)
        (self.dataset, self.seed) = (dataset, seed)
    }

    /// How many batches an epoch has.
    public var batchesPerEpoch: Int { buckets.batchCount }

    /// The batch with this number, from 0; numbers never end.
    public func batch(at index: Int) -> MaskedBatch {
        let chosen = buckets.shuffledSequences(at: index)
        var random = CounterRandom(seed: seed, stream: UInt64(index), purpose: .masks)
        return MaskedBatch(
            chosen.map { dataset.training[$0] }, indices: chosen, dataset: dataset, random: &random)
    }
}

/// Batches that cover the validation part once, with always the same tokens hidden.
public struct MaskedEvaluationBatches: Sendable {
    private let dataset: MaskedDataset
    private let buckets: LengthBuckets
    private let seed: UInt64

    /// Batches of the given size from the validation part.
    ///
    /// - Throws: ``DataError`` where the size is out of range.
    public init(validation dataset: MaskedDataset, size: BatchSize, seed: UInt64) throws(DataError)
    {
        buckets = try sequenceBuckets(dataset.validation, size: size, seed: seed)
        (self.dataset, self.seed) = (dataset, seed)
    }

    /// How many batches cover the data once.
    public var batchCount: Int { buckets.batchCount }

    /// The batch with this number; after the last one comes the first.
    public func batch(at index: Int) -> MaskedBatch {
        let number = index % batchCount
        let chosen = buckets.sequences(ofBatch: number)
        // Streams that no training reaches, where both have the same seed.
        var random = CounterRandom(
            seed: seed, stream: 1 << 60 | UInt64(number), purpose: .masks)
        return MaskedBatch(
            chosen.map { dataset.validation[$0] }, indices: chosen, dataset: dataset,
            random: &random)
    }

    /// All batches, once each, in order.
    public var batches: some Sequence<MaskedBatch> { (0..<batchCount).lazy.map { batch(at: $0) } }
}

/// Buckets of sequences by their lengths.
func sequenceBuckets(_ sequences: [[Int32]], size: BatchSize, seed: UInt64) throws(DataError)
    -> LengthBuckets
{
    guard !sequences.isEmpty else { throw .noExamples(source: "The data") }
    let lengths = sequences.map(\.count)
    try size.validate(longest: lengths.max() ?? 1)
    return LengthBuckets(lengths: lengths, size: size, seed: seed)
}
