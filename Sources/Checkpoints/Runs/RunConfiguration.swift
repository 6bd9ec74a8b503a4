public import AttendModels

/// Everything that decided how a run went: what `config.json` in its directory holds.
public struct RunConfiguration: Hashable, Sendable {
    /// The version of this format.
    public var formatVersion = Self.newestFormatVersion
    /// The version of Attend that began the run.
    public var attendVersion: String
    /// The preset that the settings started from.
    public var preset: String
    /// The family and the sizes of the model.
    public var model: AnyConfiguration
    /// What it learns from.
    public var data: DataDescription
    /// How it learns.
    public var training: TrainingSettings
    /// What all random numbers come from.
    public var seed: UInt64
    /// The run whose weights this one began with; nil where all were fresh.
    public var startedFrom: String?
    /// What a plan said before it; nil for a run without one.
    public var prediction: TrainingPrediction?

    /// A configuration in the present format.
    public init(
        attendVersion: String, preset: String, model: AnyConfiguration, data: DataDescription,
        training: TrainingSettings, seed: UInt64
    ) {
        self.attendVersion = attendVersion
        self.preset = preset
        self.model = model
        self.data = data
        self.training = training
        self.seed = seed
    }

    /// The format that this version writes and reads: 1 knew nothing but GPTs.
    public static let newestFormatVersion = 2
}

extension RunConfiguration: Codable {
    private enum Key: String, CodingKey {
        case formatVersion, attendVersion, preset, architecture, model, data, training, seed
        case startedFrom, prediction
    }

    /// Reads a configuration; the field `architecture` says what `model` holds.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        formatVersion = try fields.decode(Int.self, forKey: .formatVersion)
        // Before its other fields are missed or found unknown.
        if formatVersion != Self.newestFormatVersion { throw FormatError(version: formatVersion) }
        let architecture = try fields.decode(Architecture.self, forKey: .architecture)
        model = try AnyConfiguration(
            from: fields.superDecoder(forKey: .model), architecture: architecture)
        attendVersion = try fields.decode(String.self, forKey: .attendVersion)
        preset = try fields.decode(String.self, forKey: .preset)
        data = try fields.decode(DataDescription.self, forKey: .data)
        training = try fields.decode(TrainingSettings.self, forKey: .training)
        seed = try fields.decode(UInt64.self, forKey: .seed)
        startedFrom = try fields.decodeIfPresent(String.self, forKey: .startedFrom)
        prediction = try fields.decodeIfPresent(TrainingPrediction.self, forKey: .prediction)
    }

    /// A format that this version does not read.
    struct FormatError: Error {
        let version: Int
    }

    /// Writes all fields.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(formatVersion, forKey: .formatVersion)
        try fields.encode(attendVersion, forKey: .attendVersion)
        try fields.encode(preset, forKey: .preset)
        try fields.encode(model.architecture, forKey: .architecture)
        try fields.encode(AnyEncodable(model.sizes), forKey: .model)
        try fields.encode(data, forKey: .data)
        try fields.encode(training, forKey: .training)
        try fields.encode(seed, forKey: .seed)
        try fields.encodeIfPresent(startedFrom, forKey: .startedFrom)
        try fields.encodeIfPresent(prediction, forKey: .prediction)
    }

    private struct AnyEncodable: Encodable {
        let value: any Encodable

        init(_ value: any Encodable) { self.value = value }

        func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    }
}

/// What a model was trained on.
public struct DataDescription: Codable, Hashable, Sendable {
    /// The name of a built-in corpus, or the path of a file.
    public var source: String
    /// SHA-256 of the text for training followed by that for validation, in hexadecimal.
    public var sha256: String
    /// How many characters (Unicode scalars) are trained on.
    public var trainingCharacterCount: Int
    /// How many characters are kept for validation.
    public var validationCharacterCount: Int
    /// How text becomes ids: `character`, `byte` or `bpe`; or `word`, of equations.
    public var tokenizer: String
    /// What the examples are.
    public var kind: DataKind
    /// The ending of the source's files, or a name for it, where the examples are pairs.
    public var sourceName: String?
    /// The same for the target.
    public var targetName: String?
    /// The share of all equations that is trained on; nil for other data.
    public var trainingShare: Double?
    /// How many pairs, labelled texts or equations are trained on.
    public var trainingExampleCount: Int?
    /// How many are kept for validation.
    public var validationExampleCount: Int?
    /// What ends each document, where the text consists of documents.
    public var documentSeparator: String?
    /// The lowest possible loss, in nats per character, where it is known.
    public var floor: Double?
    /// Further texts that are learnt from beside it; nil where there are none.
    public var mixture: [MixedSource]?

    /// A description of a text.
    public init(
        source: String, sha256: String, trainingCharacterCount: Int, validationCharacterCount: Int,
        tokenizer: String = "character", kind: DataKind = .text,
        documentSeparator: String?, floor: Double?
    ) {
        self.source = source
        self.sha256 = sha256
        self.trainingCharacterCount = trainingCharacterCount
        self.validationCharacterCount = validationCharacterCount
        self.tokenizer = tokenizer
        self.kind = kind
        self.documentSeparator = documentSeparator
        self.floor = floor
    }
}

/// A text that is learnt from beside another.
public struct MixedSource: Codable, Hashable, Sendable {
    /// The name of a built-in corpus, or the path of a file or a prepared folder.
    public var source: String
    /// The share of rows that come from it in the first step.
    public var share: Double
    /// The share in the last step, which it reaches in a straight line.
    public var finalShare: Double
    /// SHA-256 of the text, as that of ``DataDescription``.
    public var sha256 = ""

    /// A text and its shares.
    public init(source: String, share: Double, finalShare: Double) {
        self.source = source
        self.share = share
        self.finalShare = finalShare
    }

    /// What is wrong with the shares of several, as the end of a sentence; nil where nothing is.
    public static func problem(_ sources: [MixedSource]) -> String? {
        if sources.count > mostMixedSources {
            return "mixes \(sources.count) texts, but at most \(mostMixedSources) can be"
        }
        for source in sources
        where !(0...1).contains(source.share) || !(0...1).contains(source.finalShare) {
            return "has a share of \(source.source) that is not from 0 to 1"
        }
        let sums = [
            sources.reduce(0) { $0 + $1.share }, sources.reduce(0) { $0 + $1.finalShare },
        ]
        // Decimal fractions such as 0.1 may add up to a rounding more.
        return sums.allSatisfy { $0 <= 1 + 1e-9 } ? nil : "has shares that are more than 1 together"
    }

    /// The most texts beside another.
    public static let mostMixedSources = 64
}

/// What the examples of a training are.
public enum DataKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Text in which each token follows from those before it.
    case text
    /// Texts in which tokens are masked.
    case masked
    /// Pairs of a source and its target.
    case pairs
    /// Texts with a label.
    case labelled
}

extension Architecture {
    /// What a model of the family learns from.
    public var dataKind: DataKind {
        switch self {
        case .gpt, .llama, .gptOSS, .bigram, .singleHead, .multiHead, .block: .text
        case .encoderDecoder: .pairs
        case .encoder: .masked
        case .classifier: .labelled
        }
    }
}
