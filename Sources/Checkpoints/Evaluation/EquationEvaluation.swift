internal import AttendLayers
public import AttendModels
public import AttendTensors
public import AttendText

/// How well a model tells the results of equations.
public struct EquationEvaluation: Hashable, Sendable {
    /// The mean negative log-likelihood of the right result, in nats.
    public private(set) var loss = 0.0
    /// How many results were told right.
    public private(set) var results = AnswerShare()
    /// The tokens that were told, right or not, in the order of the equations.
    public private(set) var answers: [Int32] = []

    /// Computes the result of every equation, and compares.
    ///
    /// - Parameter shouldStop: asked after each batch; where it answers yes, the figures are of no use.
    public init(
        of model: any CausalLanguageModel, on batches: EquationEvaluationBatches,
        precision: Precision = .float32, shouldStop: () -> Bool = { false }
    ) {
        for index in 0..<batches.batchCount {
            let batch = batches.batch(at: index)
            var context = Context(precision: precision)
            var caches: [KeyValueCache] = []
            let last = model.hidden(
                batch.inputs, batch: batch.rows, caches: &caches, context: &context
            ).lastTokens()
            let logits = model.logits(ofHidden: last, precision: precision)
            let targets = batch.targets.filter { $0 >= 0 }
            loss += Double(logits.crossEntropy(targets: targets).item()) * Double(batch.rows)
            results.count += batch.rows
            let told = logits.rowMaxima().indices
            answers += told
            results.right += zip(told, targets).count { $0 == $1 }
            if shouldStop() { break }
        }
        loss /= Double(results.count)
    }
}

extension ModularAddition {
    /// Why a model of these sizes cannot learn or tell these equations; nil where it can.
    package func misfit(contextLength: Int, vocabularySize: Int) -> String? {
        if contextLength < Self.tokenCount {
            return
                "contextLength is \(contextLength), but an equation has \(Self.tokenCount) tokens; give --context \(Self.tokenCount)"
        }
        if vocabularySize <= modulus {
            return
                "vocabularySize is \(vocabularySize), but the equations of \(name) have \(modulus + 1) tokens"
        }
        return nil
    }
}
