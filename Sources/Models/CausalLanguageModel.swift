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
    var headWeight: Parameter? { get }

    /// What the caches that it makes keep keys and values in; float32 unless something else is said.
    var cacheFormat: CacheFormat { get set }

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

    /// Logits after the last tokens of some of the runs of a pass over pages: `[chosen, vocabulary]`.
    ///
    /// - Parameters:
    ///   - ids: the tokens of all runs, those of one behind those of the other.
    ///   - chosen: the numbers of the runs whose logits are wanted; none of them may be empty.
    ///   - caches: as ``makeCaches(batch:capacity:)`` makes them for so many pages of so many tokens.
    public func nextLogits(
        _ ids: [Int32], runs: [SequenceRun], chosen: [Int], caches: inout [KeyValueCache]
    ) -> Tensor {
        for index in caches.indices { caches[index].beginPass(runs) }
        var context = Context()
        let x = hidden(ids, batch: 1, caches: &caches, context: &context)
        var (ends, row) = ([Int32](), 0)
        for run in runs {
            row += run.count
            ends.append(Int32(row - 1))
        }
        if chosen.isEmpty { return .zeros([0, configuration.vocabularySize]) }
        let last = x.reshaped([x.shape[1], x.shape[2]])
            .gathered(chosen.map { ends[$0] }, shape: [chosen.count])
        return logits(ofHidden: last)
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
    ///   - caches: empty ones, where tokens are to see one another as in generation; without a derivative then.
    public func loss(
        inputs: [Int32], targets: [Int32], batch: Int, caches: [KeyValueCache] = [],
        context: inout Context
    ) -> Tensor {
        var caches = caches
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

    /// The places at which ids `[batch, tokens]` stand, the same in each row.
    ///
    /// Traps where ids do not fill whole rows, or sequences would be longer than the context.
    func places(of ids: [Int32], batch: Int, caches: [KeyValueCache]) -> [Int] {
        let places = caches.places(ofNext: batch == 0 ? 0 : ids.count / batch)
        let end = (places.max() ?? -1) + 1
        if ids.count != batch * places.count || end > configuration.contextLength {
            shapeError(
                "\(ids.count) ids after \(places.first ?? 0) do not fit \(batch) rows of context \(configuration.contextLength)"
            )
        }
        return places
    }
}

extension Context {
    /// The loss with those that layers asked for on the way, which are taken out.
    public mutating func addingAuxiliaryLosses(to loss: Tensor) -> Tensor {
        defer { auxiliaryLosses = [] }
        return auxiliaryLosses.reduce(loss, +)
    }
}
