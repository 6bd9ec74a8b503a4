/// A pair of sentences in token ids.
public struct EncodedPair: Hashable, Sendable {
    /// The source, with the end token at its end.
    public let source: [Int32]

    /// The target, without start and end.
    public let target: [Int32]

    /// The pair's number in its part of the corpus, from 0; gaps are pairs that were left out.
    public let index: Int

    /// A pair of these ids.
    public init(source: [Int32], target: [Int32], index: Int) {
        (self.source, self.target, self.index) = (source, target, index)
    }

    /// How many columns the longer side needs in a batch.
    var length: Int { max(source.count, target.count + 1) }
}

/// The pairs of a corpus in the ids of one tokenizer for both sides.
public struct PairDataset: Hashable, Sendable {
    /// The pairs to train on.
    public let training: [EncodedPair]

    /// The pairs to validate on.
    public let validation: [EncodedPair]

    /// The pairs to measure the finished model on; may be empty.
    public let test: [EncodedPair]

    /// The ids of the special tokens.
    public let specialTokens: SpecialTokens

    /// Sentences for the user: how many pairs are too long, and were left out.
    public let notices: [String]

    /// Encodes all pairs, and leaves out those that are too long.
    ///
    /// - Parameters:
    ///   - corpus: the pairs.
    ///   - tokenizer: the vocabulary of both sides, with the special tokens.
    ///   - sourceLimit: the most tokens of a source, its end token included.
    ///   - targetLimit: the most tokens of a target, its end token included.
    /// - Throws: ``DataError`` where a character has no id, by file and line; where there is nothing to
    ///   train on or to validate on; and where all pairs of a part are too long.
    public init(
        _ corpus: ParallelCorpus, tokenizer: some Tokenizer, sourceLimit: Int, targetLimit: Int
    ) throws(DataError) {
        let name = "The data \"\(corpus.name)\""
        let special: SpecialTokens
        do {
            special = try SpecialTokens(of: tokenizer)
        } catch {
            throw .encoding(source: name, error)
        }
        for (limit, side) in [(sourceLimit, "source"), (targetLimit, "target")] where limit < 1 {
            throw .notPositive("length of the \(side)", limit)
        }
        var notices: [String] = []
        func encoded(_ part: HeldOut.Part, _ pairs: [SentencePair], _ partName: String)
            throws(DataError) -> [EncodedPair]
        {
            let places = corpus.places[part]
            var kept: [EncodedPair] = []
            kept.reserveCapacity(pairs.count)
            for (index, pair) in pairs.enumerated() {
                let place = places?[index]
                let line = place?.line ?? index + 1
                let source = try ids(
                    pair.source, tokenizer, place.map { "The file \"\($0.source)\"" } ?? name, line)
                let target = try ids(
                    pair.target, tokenizer, place.map { "The file \"\($0.target)\"" } ?? name, line)
                if source.count < sourceLimit, target.count < targetLimit {
                    kept.append(
                        EncodedPair(source: source + [special.end], target: target, index: index))
                }
            }
            let missing = pairs.count - kept.count
            if missing > 0 {
                if kept.isEmpty {
                    throw .allTooLong(
                        source: "\(name), in its \(partName) part,", count: missing,
                        limit: min(sourceLimit, targetLimit))
                }
                notices.append(
                    "\(missing) of \(pairs.count) \(partName) pairs are left out: more than \(sourceLimit) "
                        + "tokens in the source or \(targetLimit) in the target, the end included.")
            }
            return kept
        }
        for (pairs, part) in [(corpus.training, "training"), (corpus.validation, "validation")]
        where pairs.isEmpty {
            throw .noExamples(source: "The \(part) part of the data \"\(corpus.name)\"")
        }
        training = try encoded(.training, corpus.training, "training")
        validation = try encoded(.validation, corpus.validation, "validation")
        test = try encoded(.test, corpus.test, "test")
        specialTokens = special
        self.notices = notices
    }
}

/// The ids of a line; where it comes from and its number stand in the error for a character without one.
func ids(_ text: String, _ tokenizer: some Tokenizer, _ source: String, _ line: Int)
    throws(DataError) -> [Int32]
{
    do {
        return try tokenizer.encode(text)
    } catch .unknownCharacter(let scalar, _, let size) {
        throw .encoding(
            source: source, .unknownCharacter(scalar, line: line, vocabularySize: size))
    } catch {
        throw .encoding(source: source, error)
    }
}
