public import AttendCheckpoints
public import AttendModels
internal import AttendLayers
internal import AttendTensors

/// Sizes and settings that are known to work together.
public struct Preset: Sendable {
    /// What it is called on the command line.
    public let name: String
    /// One line about it.
    public let summary: String
    /// What it learns from unless told otherwise: the name of built-in data, or nil where files must be given.
    public let data: String?
    /// What the examples are.
    public let kind: DataKind
    /// How text becomes ids.
    public let tokenizer: TrainingData.TokenizerKind
    /// How many tokens a vocabulary of pieces has.
    public let vocabularySize: Int
    /// The model.
    ///
    /// Where `hasFixedVocabulary` is false, its vocabulary is that of the data.
    public let model: AnyConfiguration
    /// Whether the vocabulary's size belongs to the preset rather than to the data.
    public let hasFixedVocabulary: Bool
    /// The training.
    public let training: TrainingSettings

    init(
        _ name: String, _ summary: String, data: String?, kind: DataKind = .text,
        tokenizer: TrainingData.TokenizerKind = .character, vocabularySize: Int = 8000,
        model: AnyConfiguration, hasFixedVocabulary: Bool = false, training: TrainingSettings
    ) {
        self.name = name
        self.summary = summary
        self.data = data
        self.kind = kind
        self.tokenizer = tokenizer
        self.vocabularySize = vocabularySize
        self.model = model
        self.hasFixedVocabulary = hasFixedVocabulary
        self.training = training
    }

    /// All presets.
    public static let all: [Preset] = languageModels + encoders + sequenceTasks + publishedSizes

    /// The names of all presets.
    public static var names: [String] { all.map(\.name) }

    /// The preset of this name.
    public static func named(_ name: String) -> Preset? {
        all.first { $0.name == name }
    }

    /// The preset that a family starts from where none is named.
    public static func usual(for architecture: Architecture) -> Preset {
        let name =
            switch architecture {
            case .gpt: "default"
            case .encoderDecoder: "translation"
            default: architecture.rawValue
            }
        return named(name) ?? all[0]
    }
}
