/// A labelled text in token ids.
public struct EncodedText: Hashable, Sendable {
    /// The text, from its start token to its end token.
    public let ids: [Int32]

    /// The number of its class.
    public let label: Int32

    /// The text's number in its part of the data, from 0; gaps are texts that were left out.
    public let index: Int
}

/// Labelled texts in the ids of a tokenizer.
public struct LabelledDataset: Hashable, Sendable {
    /// The texts to train on.
    public let training: [EncodedText]

    /// The texts to validate on.
    public let validation: [EncodedText]

    /// The texts to measure the finished model on; may be empty.
    public let test: [EncodedText]

    /// The ids of the special tokens.
    public let specialTokens: SpecialTokens

    /// Sentences for the user: how many texts are too long, and were left out.
    public let notices: [String]

    /// Encodes all texts, and leaves out those that are too long.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - tokenizer: a vocabulary with the special tokens.
    ///   - limit: the most tokens of a text, start and end included.
    /// - Throws: ``DataError`` where a character has no id, by file and line; where there is nothing to
    ///   train on or to validate on; and where all texts of a part are too long.
    public init(_ texts: LabelledTexts, tokenizer: some Tokenizer, limit: Int) throws(DataError) {
        let name = "The data \"\(texts.name)\""
        let special: SpecialTokens
        do {
            special = try SpecialTokens(of: tokenizer)
        } catch {
            throw .encoding(source: name, error)
        }
        guard limit >= 1 else { throw .notPositive("length of a text", limit) }
        var notices: [String] = []
        func encoded(_ part: HeldOut.Part, _ items: [LabelledText], _ partName: String)
            throws(DataError) -> [EncodedText]
        {
            var kept: [EncodedText] = []
            for (index, item) in items.enumerated() {
                let line = texts.lines[part]?[index]
                let text = try ids(
                    item.text, tokenizer, line == nil ? name : "The file \"\(texts.name)\"",
                    line ?? index + 1)
                if text.count <= limit - 2 {
                    kept.append(
                        EncodedText(
                            ids: [special.start] + text + [special.end], label: Int32(item.label),
                            index: index))
                }
            }
            let missing = items.count - kept.count
            if missing > 0 {
                if kept.isEmpty {
                    throw .allTooLong(
                        source: "\(name), in its \(partName) part,", count: missing, limit: limit)
                }
                notices.append(
                    "\(missing) of \(items.count) \(partName) texts are left out: more than \(limit) "
                        + "tokens, start and end included.")
            }
            return kept
        }
        for (items, part) in [(texts.training, "training"), (texts.validation, "validation")]
        where items.isEmpty {
            throw .noExamples(source: "The \(part) part of the data \"\(texts.name)\"")
        }
        training = try encoded(.training, texts.training, "training")
        validation = try encoded(.validation, texts.validation, "validation")
        test = try encoded(.test, texts.test, "test")
        specialTokens = special
        self.notices = notices
    }
}

/// Texts with their classes, filled up to the longest.
public struct LabelledBatch: Hashable, RowBatch {
    /// How many texts there are.
    public private(set) var rows: Int

    /// How many tokens the longest has.
    public private(set) var columns: Int

    /// What the model reads: `[rows, columns]`, from the start token to the end token, padded at the end.
    public private(set) var inputs: [Int32]

    /// Which places are read: `[rows, columns]`, 1 for a token and 0 for padding.
    public private(set) var mask: [Float]

    /// The number of each text's class: `[rows]`.
    public private(set) var labels: [Int32]

    /// The numbers of the texts in the list that the batch was made from.
    public private(set) var indices: [Int]

    /// A batch of these texts; `indices` are their numbers.
    public init(_ texts: [EncodedText], indices: [Int], specialTokens: SpecialTokens) {
        precondition(texts.count == indices.count && !texts.isEmpty, "A batch needs texts.")
        let padded = PaddedRows(texts.map(\.ids), padding: specialTokens.padding)
        (rows, columns) = (texts.count, padded.columns)
        (inputs, mask) = (padded.ids, padded.mask)
        labels = texts.map(\.label)
        self.indices = indices
    }

    /// One prediction for each text.
    public var scoredCount: Int { rows }

    /// Some of the texts.
    public func part(_ rows: Range<Int>) -> LabelledBatch {
        var part = self
        part.rows = rows.count
        part.inputs = inputs.rows(rows, of: columns)
        part.mask = mask.rows(rows, of: columns)
        part.labels = Array(labels[rows])
        part.indices = Array(indices[rows])
        return part
    }
}

/// Labelled texts of similar length in batches for training, in a new order every epoch.
///
/// Each epoch shows every text once. Batch `index` depends on nothing but the texts, the seed and `index`.
public struct LabelledBatches: Sendable {
    private let texts: [EncodedText]
    private let buckets: LengthBuckets
    private let specialTokens: SpecialTokens

    /// Batches of the given size.
    ///
    /// - Throws: ``DataError`` where there are no texts, or the size is out of range.
    public init(
        _ texts: [EncodedText], size: BatchSize, seed: UInt64,
        specialTokens: SpecialTokens = SpecialTokens()
    ) throws(DataError) {
        buckets = try sequenceBuckets(texts.map(\.ids), size: size, seed: seed)
        (self.texts, self.specialTokens) = (texts, specialTokens)
    }

    /// How many batches an epoch has.
    public var batchesPerEpoch: Int { buckets.batchCount }

    /// The batch with this number, from 0; numbers never end.
    public func batch(at index: Int) -> LabelledBatch {
        let chosen = buckets.shuffledSequences(at: index)
        return LabelledBatch(
            chosen.map { texts[$0] }, indices: chosen, specialTokens: specialTokens)
    }
}

/// Batches that cover labelled texts once, for measuring: the short ones first.
public struct LabelledEvaluationBatches: Sendable {
    private let texts: [EncodedText]
    private let buckets: LengthBuckets
    private let specialTokens: SpecialTokens

    /// Batches of the given size.
    ///
    /// - Throws: ``DataError`` where there are no texts, or the size is out of range.
    public init(
        _ texts: [EncodedText], size: BatchSize, specialTokens: SpecialTokens = SpecialTokens()
    ) throws(DataError) {
        buckets = try sequenceBuckets(texts.map(\.ids), size: size, seed: 0)
        (self.texts, self.specialTokens) = (texts, specialTokens)
    }

    /// How many batches cover the texts once.
    public var batchCount: Int { buckets.batchCount }

    /// The batch with this number; after the last one comes the first.
    public func batch(at index: Int) -> LabelledBatch {
        let chosen = buckets.sequences(ofBatch: index)
        return LabelledBatch(
            chosen.map { texts[$0] }, indices: chosen, specialTokens: specialTokens)
    }

    /// All batches, once each, in order.
    public var batches: some Sequence<LabelledBatch> { (0..<batchCount).lazy.map { batch(at: $0) } }
}
