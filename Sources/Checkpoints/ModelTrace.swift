public import AttendLayers
public import AttendModels
internal import AttendTensors

/// One batch of made-up tokens on its way through a model.
public struct ModelTrace: Sendable {
    /// The parts, in the order in which they ended.
    public let steps: [Trace.Step]
    /// How the routers divided the batch's tokens, in order; empty for a model without experts.
    public let routers: [RouterStatistics]
    /// How many sequences the batch has.
    public let batch: Int
    /// How many tokens each has.
    public let length: Int

    /// Multiplications and additions of all parts.
    public var flops: Int { steps.reduce(0) { $0 + $1.flops } }
    /// The time of all parts.
    public var milliseconds: Double { steps.reduce(0) { $0 + $1.milliseconds } }

    /// Walks a batch through a model, once to warm up and once to be noted.
    ///
    /// - Parameters:
    ///   - batch: how many sequences.
    ///   - length: the most tokens of each; the model's context where that is shorter.
    public init(
        of model: AnyModel, _ configuration: AnyConfiguration, batch: Int = 4, length: Int = 64
    ) {
        self.batch = batch
        let length = min(length, configuration.sizes.contextLength)
        self.length = length
        let size = configuration.vocabularySizes.min() ?? 1
        let ids = (0..<batch * length).map { Int32(($0 * 7 + 3) % size) }
        var traced = Context()
        for isNoted in [false, true] {
            traced = Context()
            if isNoted { traced.trace = Trace() }
            Self.walk(model, ids, batch: batch, context: &traced)
        }
        steps = traced.trace?.steps ?? []
        routers = traced.routerStatistics
    }

    private static func walk(
        _ model: AnyModel, _ ids: [Int32], batch: Int, context: inout Context
    ) {
        func head(_ weight: Parameter?, _ x: Tensor, _ context: inout Context) {
            guard let weight else { return }
            _ = context.traced("head", flopsPerToken: 2 * weight.count) { _ in
                x.linear(weight: weight)
            }
        }
        switch model {
        case .causal(let model):
            var caches: [KeyValueCache] = []
            let x = model.hidden(ids, batch: batch, caches: &caches, context: &context)
            head(model.headWeight, x, &context)
        case .encoderDecoder(let model):
            var caches: [KeyValueCache] = []
            let encoded = model.encode(ids, batch: batch, context: &context)
            let memories = model.memories(of: encoded, mask: nil, context: &context)
            let x = model.decode(
                ids, batch: batch, memories: memories, caches: &caches, context: &context)
            head(model.headWeight, x, &context)
        case .encoder(let model):
            let x = model.hidden(ids, batch: batch, context: &context)
            guard model.configuration.restoresTokens else { return }
            let width = model.configuration.width
            _ = context.traced(
                "head", flopsPerToken: 2 * width * (width + model.configuration.vocabularySize)
            ) { _ in model.logits(ofHidden: x, at: Array(ids.indices)) }
        case .classifier(let model):
            _ = model.logits(ids, batch: batch, context: &context)
        }
    }
}
