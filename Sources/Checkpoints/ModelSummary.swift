public import AttendModels
internal import AttendLayers
internal import AttendTensors

/// What a model consists of.
public struct ModelSummary: Hashable, Sendable {
    /// One tensor of parameters.
    public struct Part: Hashable, Codable, Sendable {
        /// Its name in checkpoints.
        public let name: String
        /// Its dimensions.
        public let shape: [Int]
        /// How many numbers it holds.
        public let parameters: Int

        /// What it is for, such as `attention`.
        public var role: String {
            let words = name.split(separator: ".")
            if words.contains("crossattention") { return "cross-attention" }
            if words.contains("attn") || name.hasPrefix("c_attn") { return "attention" }
            if words.contains("experts") || words.contains("router") || words.contains("shared") {
                return "experts"
            }
            if words.contains("mlp") { return "feed-forward" }
            if words.contains(where: { $0.hasPrefix("ln_") }) {
                return words.contains("ln_f") ? "final norm" : "norms"
            }
            if words.first == "lm_head" || words.first == "head" || words.first == "pooler"
                || words.first == "classifier"
            {
                return "head"
            }
            return words.contains("relative_attention_bias") ? "positions" : "embeddings"
        }

        /// The number of its layer; nil where it is in none.
        public var layer: Int? {
            let words = name.split(separator: ".")
            guard let place = words.firstIndex(of: "h"), place + 1 < words.count else { return nil }
            return Int(words[place + 1])
        }

        /// The stack that it belongs to, such as `encoder`; empty where the model has one.
        public var stack: String {
            let words = name.split(separator: ".")
            guard let first = words.first, first == "encoder" || first == "decoder" else {
                return ""
            }
            return String(first)
        }
    }

    /// The family and the sizes.
    public let configuration: AnyConfiguration
    /// Its tensors, in order.
    public let parts: [Part]
    /// How many of the parameters training may change.
    public let trainable: Int

    /// The kind of model.
    public var architecture: String { configuration.architecture.rawValue }
    /// How many parameters there are.
    public var parameters: Int { parts.reduce(0) { $0 + $1.parameters } }
    /// How much memory the parameters take as float32, in units of 10⁶ bytes.
    public var megabytes: Double { Double(parameters) * 4 / 1e6 }
    /// Multiplications and additions of a forward pass, for each token of a full context.
    public var flopsPerToken: Int { configuration.sizes.flopsPerToken }

    /// The parts of a model.
    public init(_ model: AnyModel, _ configuration: AnyConfiguration) {
        self.configuration = configuration
        let module = model.module
        parts = module.namedTensors().map {
            Part(name: $0.name, shape: $0.tensor.shape.dimensions, parameters: $0.tensor.count)
        }
        trainable = module.trainableParameterCount
    }

    /// The parts of a new model of these sizes.
    ///
    /// - Throws: `ConfigurationError` where no such model can be made.
    public init(_ configuration: AnyConfiguration) throws {
        try configuration.sizes.validate()
        // Nothing of the weights is looked at but their shapes.
        var random = RandomSource.blank
        self.init(configuration.makeModel(random: &random), configuration)
    }
}
