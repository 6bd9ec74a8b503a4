public import AttendLayers
public import AttendTensors

/// The first rung: a table says how likely each token is after each other one.
///
/// It knows nothing but the last token, so no other model of this ladder should be worse.
public struct Bigram: CausalLanguageModel {
    /// For each token, the logits of what follows: `[vocabulary, vocabulary]`.
    public var table: Embedding
    /// What the model was made from.
    public let configuration: LadderConfiguration

    /// A table of small random logits.
    public init(_ configuration: LadderConfiguration, random: inout RandomSource) {
        table = Embedding(
            vocabularySize: configuration.vocabularySize, width: configuration.vocabularySize,
            random: &random)
        self.configuration = configuration
    }

    /// The table's rows are the logits: `[batch, tokens, vocabulary]`.
    public func hidden(
        _ ids: [Int32], batch: Int, keyMask: Tensor?, caches: inout [KeyValueCache],
        context: inout Context
    ) -> Tensor {
        context.traced("table") { _ in
            table(ids, shape: [batch, batch == 0 ? 0 : ids.count / batch])
        }
    }

    /// There is no head: the rows of the table are logits.
    public var headWeight: Parameter? { nil }

    /// Always float32: there is nothing to keep.
    public var cacheFormat: CacheFormat {
        get { .float32 }
        set {}
    }

    /// There is nothing to remember.
    public func makeCaches(batch: Int, capacity: Int) -> [KeyValueCache] { [] }

    /// Visits the table.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("table", &table)
    }
}
