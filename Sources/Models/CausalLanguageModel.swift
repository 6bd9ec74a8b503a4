public import AttendLayers
public import AttendTensors

/// A model that predicts each token from those before it.
public protocol CausalLanguageModel: Module {
    /// What it is made from.
    associatedtype Configuration: LanguageModelConfiguration

    /// What this model was made from.
    var configuration: Configuration { get }

    /// A model with fresh weights.
    init(_ configuration: Configuration, random: inout RandomSource)

    /// The vectors from which the head predicts: `[batch, tokens, width]`.
    ///
    /// - Parameters:
    ///   - ids: `[batch, tokens]` in row-major order, each inside of the vocabulary.
    ///   - keyMask: which of the tokens, held and new, are there rather than padding: `[batch, tokens]`, 0 hides.
    ///   - caches: one for each layer, or none; holds the tokens before these.
    func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor

    /// The head's vectors, one for each token: `[vocabulary, width]`; nil where the hidden vectors are the logits.
    var headWeight: Tensor? { get }

    /// Empty caches for generation, one for each layer.
    func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache]
}

/// The configuration of a model that predicts each token from those before it.
public protocol LanguageModelConfiguration: ModelConfiguration {
    /// How many tokens there are.
    var vocabularySize: Int { get set }
}

extension CausalLanguageModel {
    /// The vectors from which the head predicts, without padding.
    public func hidden(
        _ ids: [Int32], batch: Int, caches: inout [KeyValueCache], context: inout Context
    ) -> Tensor {
        hidden(ids, batch: batch, keyMask: nil, caches: &caches, context: &context)
    }

    /// Logits for every place: `[batch, tokens, vocabulary]`.
    public func logits(_ ids: [Int32], batch: Int = 1, keyMask: Tensor? = nil) -> Tensor {
        var (caches, context) = ([KeyValueCache](), Context())
        return logits(
            ofHidden: hidden(
                ids, batch: batch, keyMask: keyMask, caches: &caches, context: &context))
    }

    /// Logits of the last place after these tokens, which are appended to the caches: `[batch, vocabulary]`.
    public func nextLogits(_ ids: [Int32], batch: Int = 1, caches: inout [KeyValueCache]) -> Tensor
    {
        var context = Context()
        let x = hidden(ids, batch: batch, caches: &caches, context: &context)
        return logits(ofHidden: x.lastTokens())
    }

    /// Logits of the last places after these tokens, all of which are appended to the caches:
    /// `[batch, count, vocabulary]`.
    ///
    /// - Parameter count: at most as many places as there are new tokens.
    public func lastLogits(
        _ ids: [Int32], count: Int, batch: Int = 1, caches: inout [KeyValueCache]
    ) -> Tensor {
        var context = Context()
        let x = hidden(ids, batch: batch, caches: &caches, context: &context)
        return logits(ofHidden: x.lastTokens(count))
    }

    /// `[…, width]` → `[…, vocabulary]`.
    public func logits(ofHidden x: Tensor, precision: Precision = .float32) -> Tensor {
        headWeight.map { x.linear(weight: $0, precision: precision) } ?? x
    }

    /// Mean negative log-likelihood of the targets, in nats per scored token, and what layers ask for beside it.
    ///
    /// - Parameters:
    ///   - inputs: ids `[batch, tokens]`.
    ///   - targets: the ids that follow; a negative one is not scored.
    public func loss(inputs: [Int32], targets: [Int32], batch: Int, context: inout Context)
        -> Tensor
    {
        var caches: [KeyValueCache] = []
        let x = hidden(inputs, batch: batch, caches: &caches, context: &context)
        let loss =
            headWeight.map {
                x.projectedCrossEntropy(
                    weight: $0, targets: targets, zLoss: context.zLoss, precision: context.precision
                )
            } ?? x.crossEntropy(targets: targets, zLoss: context.zLoss)
        return context.addingAuxiliaryLosses(to: loss)
    }

    /// Empty caches for a whole context.
    public func makeCaches(batch: Int = 1) -> [KeyValueCache] {
        makeCaches(batch: batch, capacity: configuration.contextLength)
    }

    /// Traps where ids do not fill whole rows, or sequences would be longer than the context.
    func checkCount(_ ids: [Int32], batch: Int, held: Int) {
        let tokens = batch == 0 ? 0 : ids.count / batch
        if ids.count != batch * tokens || held + tokens > configuration.contextLength {
            shapeError(
                "\(ids.count) ids after \(held) do not fit \(batch) rows of context \(configuration.contextLength)"
            )
        }
    }
}

extension Context {
    /// The loss with those that layers asked for on the way, which are taken out.
    public mutating func addingAuxiliaryLosses(to loss: Tensor) -> Tensor {
        defer { auxiliaryLosses = [] }
        return auxiliaryLosses.reduce(loss, +)
    }
}
