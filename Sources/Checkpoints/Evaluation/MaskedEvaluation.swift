internal import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// How well an encoder restores masked tokens.
public struct MaskedEvaluation: Hashable, Sendable {
    /// The mean negative log-likelihood of a masked token, in nats.
    public var loss = 0.0
    /// All masked tokens.
    public var tokens = AnswerShare()
    /// Those of them that are function words, such as articles and pronouns.
    public var functionWords = AnswerShare()

    /// Restores the tokens that the batches mask, and compares.
    ///
    /// - Parameters:
    ///   - functionWords: the ids of function words.
    ///   - shouldStop: asked after each batch; where it answers yes, the figures are of no use.
    public init(
        of model: BERT, on batches: some Sequence<MaskedBatch>, functionWords: Set<Int32> = [],
        precision: Precision = .float32, shouldStop: () -> Bool = { false }
    ) {
        for batch in batches {
            let places = batch.targets.indices.filter { batch.targets[$0] >= 0 }
            if places.isEmpty { continue }
            var context = Context(precision: precision)
            let x = model.hidden(
                batch.inputs, batch: batch.rows,
                mask: Tensor(batch.mask, shape: [batch.rows, batch.columns]), context: &context)
            let logits = model.logits(ofHidden: x, at: places, precision: precision)
            let targets = places.map { batch.targets[$0] }
            loss += Double(logits.crossEntropy(targets: targets).item()) * Double(places.count)
            for (guess, target) in zip(logits.rowMaxima().indices, targets) {
                tokens.count += 1
                if guess == target { tokens.right += 1 }
                if functionWords.contains(target) {
                    self.functionWords.count += 1
                    if guess == target { self.functionWords.right += 1 }
                }
            }
            if shouldStop() { break }
        }
        loss /= Double(tokens.count)
    }

    /// The ids of the function words of the built-in tales, as they stand at the beginning of a sentence and within one.
    public static func functionWords(of tokenizer: some Tokenizer) -> Set<Int32> {
        var ids: Set<Int32> = []
        for word in Tales.functionWords {
            for text in [word, " " + word] {
                if let id = try? tokenizer.encode(text), id.count == 1 { ids.insert(id[0]) }
            }
        }
        return ids
    }
}

/// How well a classifier tells classes apart.
public struct ClassificationEvaluation: Hashable, Sendable {
    /// The mean negative log-likelihood of the right class, in nats.
    public var loss = 0.0
    /// How many texts were put into their class.
    public var texts = AnswerShare()

    /// Classifies the batches' texts, and compares.
    ///
    /// - Parameter shouldStop: asked after each batch; where it answers yes, the figures are of no use.
    public init(
        of model: SequenceClassifier, on batches: some Sequence<LabelledBatch>,
        precision: Precision = .float32, shouldStop: () -> Bool = { false }
    ) {
        for batch in batches {
            var context = Context(precision: precision)
            let logits = model.logits(
                batch.inputs, batch: batch.rows,
                mask: Tensor(batch.mask, shape: [batch.rows, batch.columns]), context: &context)
            loss += Double(logits.crossEntropy(targets: batch.labels).item()) * Double(batch.rows)
            texts.count += batch.rows
            texts.right += zip(logits.rowMaxima().indices, batch.labels).count { $0 == $1 }
            if shouldStop() { break }
        }
        loss /= Double(texts.count)
    }
}
