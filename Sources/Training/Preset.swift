public import AttendCheckpoints
public import AttendModels
internal import AttendTensors

/// Sizes and settings that are known to work together.
public struct Preset: Sendable {
    /// What it is called on the command line.
    public let name: String
    /// One line about it.
    public let summary: String
    /// What it learns from unless told otherwise: a built-in corpus, or nil where a file must be given.
    public let data: String?
    /// How text becomes ids.
    public let tokenizer: TrainingData.TokenizerKind
    /// The model.
    ///
    /// Where `hasFixedVocabulary` is false, its vocabulary is that of the data.
    public let model: GPT.Configuration
    /// Whether the vocabulary's size belongs to the preset rather than to the data.
    public let hasFixedVocabulary: Bool
    /// The training.
    public let training: TrainingSettings

    /// All presets.
    public static let all: [Preset] = [
        Preset(
            name: "default",
            summary: "a small model that learns to tell the built-in tales in about a minute",
            data: "tales", tokenizer: .character,
            model: GPT.Configuration(
                vocabularySize: 64, contextLength: 256, layerCount: 4, headCount: 4, width: 128,
                hasBias: false),
            hasFixedVocabulary: false,
            training: TrainingSettings(
                steps: 1100, batch: 8, learningRate: 4e-3, finalLearningRate: 1e-4, warmupSteps: 60,
                evaluationInterval: 100, evaluationTokens: 24_576)),
        Preset(
            name: "shakespeare",
            summary: "nanoGPT's configuration for processors, on tiny Shakespeare",
            data: nil, tokenizer: .character,
            model: GPT.Configuration(
                vocabularySize: 65, contextLength: 64, layerCount: 4, headCount: 4, width: 128,
                hasBias: false,
                activation: .gelu),
            hasFixedVocabulary: false,
            training: TrainingSettings(
                steps: 2000, batch: 12, learningRate: 1e-3, finalLearningRate: 1e-4,
                warmupSteps: 100,
                evaluationInterval: 250, evaluationTokens: 15_360)),
        Preset(
            name: "shakespeare-large",
            summary: "nanoGPT's larger configuration, on tiny Shakespeare; hours",
            data: nil, tokenizer: .character,
            model: GPT.Configuration(
                vocabularySize: 65, contextLength: 256, layerCount: 6, headCount: 6, width: 384,
                dropout: 0.2,
                hasBias: false, activation: .gelu),
            hasFixedVocabulary: false,
            training: TrainingSettings(
                steps: 5000, batch: 64, learningRate: 1e-3, finalLearningRate: 1e-4,
                warmupSteps: 100,
                evaluationInterval: 250, evaluationTokens: 65_536)),
        Preset(
            name: "gpt2-124m", summary: "GPT-2 with 124 million parameters, on bytes; days",
            data: "tales",
            tokenizer: .byte, model: .gpt2Small, hasFixedVocabulary: true,
            training: TrainingSettings(
                steps: 1000, batch: 4, learningRate: 6e-4, finalLearningRate: 6e-5,
                warmupSteps: 100, beta2: 0.95,
                evaluationInterval: 100, evaluationTokens: 8192)),
    ]

    /// The names of all presets.
    public static var names: [String] { all.map(\.name) }

    /// The preset of this name.
    public static func named(_ name: String) -> Preset? {
        all.first { $0.name == name }
    }
}
