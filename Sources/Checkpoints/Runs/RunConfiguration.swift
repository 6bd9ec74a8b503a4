public import AttendModels
public import AttendTensors

/// Everything that decided how a run went: what `config.json` in its directory holds.
public struct RunConfiguration: Codable, Hashable, Sendable {
    /// The version of this format.
    public var formatVersion = 1
    /// The version of Attend that began the run.
    public var attendVersion: String
    /// The preset that the settings started from.
    public var preset: String
    /// The kind of model; `gpt`.
    public var architecture = "gpt"
    /// The sizes of the model.
    public var model: GPT.Configuration
    /// What it learns from.
    public var data: DataDescription
    /// How it learns.
    public var training: TrainingSettings
    /// What all random numbers come from.
    public var seed: UInt64

    /// A configuration in the present format.
    public init(
        attendVersion: String, preset: String, model: GPT.Configuration, data: DataDescription,
        training: TrainingSettings, seed: UInt64
    ) {
        self.attendVersion = attendVersion
        self.preset = preset
        self.model = model
        self.data = data
        self.training = training
        self.seed = seed
    }

    /// The newest format that this version reads.
    public static let newestFormatVersion = 1
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
    /// How text becomes ids: `character` or `byte`.
    public var tokenizer: String
    /// What ends each document, where the text consists of documents.
    public var documentSeparator: String?
    /// The lowest possible loss, in nats per character, where it is known.
    public var floor: Double?

    /// A description of a text.
    public init(
        source: String, sha256: String, trainingCharacterCount: Int, validationCharacterCount: Int,
        tokenizer: String = "character",
        documentSeparator: String?, floor: Double?
    ) {
        self.source = source
        self.sha256 = sha256
        self.trainingCharacterCount = trainingCharacterCount
        self.validationCharacterCount = validationCharacterCount
        self.tokenizer = tokenizer
        self.documentSeparator = documentSeparator
        self.floor = floor
    }
}

/// How a model is trained.
public struct TrainingSettings: Codable, Hashable, Sendable {
    /// How many optimizer steps.
    public var steps: Int
    /// Sequences in a batch.
    public var batch: Int
    /// The highest learning rate, reached after the warm-up.
    public var learningRate: Float
    /// The learning rate of the last step.
    public var finalLearningRate: Float
    /// Steps over which the learning rate rises from 0.
    public var warmupSteps: Int
    /// How slowly AdamW's mean of gradients forgets.
    public var beta1: Float
    /// How slowly AdamW's mean of squared gradients forgets.
    public var beta2: Float
    /// AdamW's weight decay of matrices.
    public var weightDecay: Float
    /// The largest norm of all gradients together.
    public var gradientClip: Float
    /// Steps between two evaluations.
    public var evaluationInterval: Int
    /// How many tokens of each split an evaluation within the run looks at; the last one looks at all of validation.
    public var evaluationTokens: Int
    /// How many tokens the sample at each evaluation has.
    public var sampleTokens: Int
    /// What matrix products round their operands to.
    public var precision: Precision

    /// Settings; those left out have nanoGPT's values for small models.
    public init(
        steps: Int, batch: Int, learningRate: Float, finalLearningRate: Float, warmupSteps: Int,
        beta1: Float = 0.9,
        beta2: Float = 0.99, weightDecay: Float = 0.1, gradientClip: Float = 1,
        evaluationInterval: Int,
        evaluationTokens: Int, sampleTokens: Int = 240, precision: Precision = .float32
    ) {
        self.steps = steps
        self.batch = batch
        self.learningRate = learningRate
        self.finalLearningRate = finalLearningRate
        self.warmupSteps = warmupSteps
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        self.gradientClip = gradientClip
        self.evaluationInterval = evaluationInterval
        self.evaluationTokens = evaluationTokens
        self.sampleTokens = sampleTokens
        self.precision = precision
    }
}
