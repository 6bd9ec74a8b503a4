internal import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText
internal import Foundation

/// How well a model predicts some tokens.
public struct Evaluation: Hashable, Sendable {
    /// The mean negative log-likelihood of a token, in nats.
    public let loss: Double
    /// How many tokens were scored.
    public let tokens: Int

    /// The exponential of the loss: among how many equally likely tokens the model hesitates.
    public var perplexity: Double { exp(loss) }

    /// How many bits the model needs for each byte of the text that the scored tokens spell.
    public func bitsPerByte(byteCount: Int) -> Double {
        loss * Double(tokens) / log(2) / Double(byteCount)
    }
}

/// The mean loss over all tokens that the batches score, each weighted alike whatever batch it is in.
///
/// Where the model's caches keep fewer bits, tokens see one another through them.
///
/// - Parameters:
///   - precision: what matrix products round their operands to.
///   - progress: called after each batch with how many are done and the loss so far; false ends the evaluation there.
/// - Returns: nil where no token is scored.
/// - Throws: where tokens lie in a file that cannot be read.
public func evaluateLoss(
    of model: any CausalLanguageModel, on batches: some FiniteBatchSource,
    precision: Precision = .float32,
    progress: (_ batchesDone: Int, _ loss: Double) -> Bool = { _, _ in true }
) throws -> Evaluation? {
    var total = 0.0
    var tokens = 0
    var context = Context(precision: precision)
    for index in 0..<batches.batchCount {
        let batch = try batches.batch(at: index)
        let scored = batch.scoredCount
        if scored > 0 {
            let caches =
                model.cacheFormat == .float32
                ? []
                : model.makeCaches(
                    batch: batch.rows, capacity: batch.inputs.count / max(batch.rows, 1))
            let loss = model.loss(
                inputs: batch.inputs, targets: batch.targets, batch: batch.rows, caches: caches,
                context: &context)
            total += Double(loss.item()) * Double(scored)
            tokens += scored
        }
        if !progress(index + 1, total / Double(max(tokens, 1))) { break }
    }
    return tokens == 0 ? nil : Evaluation(loss: total / Double(tokens), tokens: tokens)
}
