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
            if name.contains(".attn.") { return "attention" }
            if name.contains(".mlp.") { return "feed-forward" }
            if name.contains("ln_f") { return "final norm" }
            return name.contains(".ln_") ? "norms" : "embeddings"
        }

        /// The number of its layer; nil where it is in none.
        public var layer: Int? {
            let words = name.split(separator: ".")
            return words.count > 2 && words[0] == "h" ? Int(words[1]) : nil
        }
    }

    /// The kind of model.
    public let architecture = "gpt"
    /// Its sizes.
    public let configuration: GPT.Configuration
    /// Its tensors, in order.
    public let parts: [Part]
    /// How many of the parameters training may change.
    public let trainable: Int

    /// How many parameters there are.
    public var parameters: Int { parts.reduce(0) { $0 + $1.parameters } }
    /// How much memory the parameters take as float32, in units of 10⁶ bytes.
    public var megabytes: Double { Double(parameters) * 4 / 1e6 }
    /// Multiplications and additions of a forward pass, for each token of a full context.
    public var flopsPerToken: Int { configuration.flopsPerToken }

    /// The parts of a model.
    public init(_ model: GPT) {
        configuration = model.configuration
        parts = model.namedTensors().map {
            Part(name: $0.name, shape: $0.tensor.shape.dimensions, parameters: $0.tensor.count)
        }
        trainable = model.trainableParameterCount
    }

    /// The parts of a new model of these sizes.
    ///
    /// - Throws: `ConfigurationError` where no such model can be made.
    public init(_ configuration: GPT.Configuration) throws {
        try configuration.validate()
        var random = RandomSource(seed: 0)
        self.init(GPT(configuration, random: &random))
    }
}
