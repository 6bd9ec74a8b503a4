internal import AttendModels
internal import AttendTensors
internal import AttendText

/// How well a model predicts a text.
public struct TextEvaluation: Hashable, Sendable {
    /// Loss and number of the scored tokens.
    public let evaluation: Evaluation
    /// The mean loss in bits for each byte that the scored tokens spell.
    public let bitsPerByte: Double
}

extension LoadedModel {
    /// The loss on all of a text, in windows as in the run's own evaluation.
    ///
    /// Where the run learnt documents, each window begins with a document; otherwise windows of the context's length
    /// follow one another, and every token but the first is scored.
    ///
    /// - Parameters:
    ///   - source: where the text comes from, for errors.
    ///   - progress: called after each batch with how many of how many are done; false ends the evaluation.
    /// - Returns: nil where `progress` ended it.
    /// - Throws: `DataError` where a character is unknown to the tokenizer, or the text is too short to score a token.
    public func evaluation(
        of text: String, source: String,
        progress: (_ batchesDone: Int, _ batchCount: Int) -> Bool = { _, _ in true }
    ) throws -> TextEvaluation? {
        let model = try causal()
        let tokenizer = try tokenizer
        let (ids, separator) = try encoded(text, by: tokenizer, source: source)
        let batches: any FiniteBatchSource
        var byteCount = text.utf8.count
        let context = configuration.sizes.contextLength
        // Enough rows for matrix products of a good size, few enough for little memory.
        let rows = max(4096 / context, 1)
        if let separator {
            let documents = try Documents(ids: ids, separator: separator)
            batches = try DocumentEvaluationWindows(
                documents: documents, context: context, rows: rows, source: source)
        } else {
            batches = try EvaluationWindows(ids: ids, context: context, rows: rows, source: source)
            byteCount -= tokenizer.bytes(of: ids[0]).count
        }
        let count = batches.batchCount
        var isWhole = true
        let evaluation = try evaluateLoss(
            of: model, on: batches,
            precision: training?.configuration.training.precision ?? .float32
        ) { done, _ in
            isWhole = progress(done, count) || done == count
            return isWhole
        }
        guard isWhole, let evaluation else { return nil }
        return TextEvaluation(
            evaluation: evaluation, bitsPerByte: evaluation.bitsPerByte(byteCount: byteCount))
    }

    private func encoded(
        _ text: String, by tokenizer: SavedTokenizer, source: String
    ) throws(DataError) -> (ids: [Int32], separator: [Int32]?) {
        do {
            let separator = training?.configuration.data.documentSeparator
            return (
                try tokenizer.encoding(of: text).ids,
                try separator.map { text throws(TokenizerError) in try tokenizer.encode(text) }
            )
        } catch {
            throw .encoding(source: source, error)
        }
    }
}
