public import AttendModels
public import AttendText
internal import AttendTensors

/// A trained model with all that is needed to use it, wherever it was made.
public struct LoadedModel: Sendable {
    /// The model, with its weights.
    public internal(set) var model: AnyModel
    /// The family and the sizes of the model.
    public let configuration: AnyConfiguration
    /// Between text and ids; nil where the model came without.
    public let savedTokenizer: SavedTokenizer?
    /// Why there is no tokenizer though the model came with one.
    let tokenizerFault: CheckpointError?
    /// Which tokens begin and end a text.
    public let generation: GenerationDefaults
    /// How sentences become vectors, where those who made the model say so.
    public internal(set) var embedding: EmbeddingDefaults?
    /// The blocks in which the file keeps some of its weights.
    var blockFormats: Set<WeightFormat> = []
    /// How the model was trained, where it is Attend's own.
    public let training: TrainingRecord?
    /// The directory or file that it was loaded from.
    public let path: String
    /// Sentences for the user: snapshots that were passed over, weights that are no numbers.
    public let notices: [String]

    /// A model that was made here rather than loaded.
    ///
    /// - Parameter path: what errors call it.
    package init(model: AnyModel, configuration: AnyConfiguration, path: String) {
        self.init(
            model: model, configuration: configuration, savedTokenizer: nil, tokenizerFault: nil,
            generation: GenerationDefaults(), training: nil, path: path, notices: [])
    }

    init(
        model: AnyModel, configuration: AnyConfiguration, savedTokenizer: SavedTokenizer?,
        tokenizerFault: CheckpointError?, generation: GenerationDefaults,
        training: TrainingRecord?, path: String, notices: [String]
    ) {
        self.model = model
        self.configuration = configuration
        self.savedTokenizer = savedTokenizer
        self.tokenizerFault = tokenizerFault
        self.generation = generation
        self.training = training
        self.path = path
        self.notices = notices
    }

    /// What a run directory tells of the training.
    public struct TrainingRecord: Sendable {
        /// How the run was set up.
        public let configuration: RunConfiguration
        /// How many steps the model was trained for.
        public let step: Int
    }

    /// Between text and ids.
    ///
    /// - Throws: ``CheckpointError`` where the model came without a tokenizer.
    public var tokenizer: SavedTokenizer {
        get throws(CheckpointError) {
            if let savedTokenizer { return savedTokenizer }
            if let tokenizerFault { throw tokenizerFault }
            throw CheckpointError(
                .missing, path: path,
                "has no tokenizer, which is needed between text and ids; put its tokenizer.json there"
            )
        }
    }

    /// How the model was trained.
    ///
    /// - Throws: ``CheckpointError`` where it was made by another program, which left no record of that.
    public var record: TrainingRecord {
        get throws(CheckpointError) {
            if let training { return training }
            throw CheckpointError(
                .unsupported, path: path,
                "is not a run directory, so how it was trained is not known; give a directory that attend train made"
            )
        }
    }

    /// Loads a model.
    ///
    /// - Parameters:
    ///   - path: a directory that `attend train` wrote, or one in the form of Hugging Face or sentence-transformers, or a `.gguf` file.
    ///   - choice: which of a run's snapshots; where it is damaged or missing, the next best with a notice.
    ///   - checksTensors: whether weights that are infinite or not numbers are an error rather than a notice.
    /// - Throws: ``CheckpointError`` where there is no model, or its files are damaged or do not fit together.
    public static func load(
        _ path: String, choice: SnapshotStore.Choice = .best, checksTensors: Bool = false
    ) throws -> LoadedModel {
        switch try ModelForm(of: path) {
        case .run: try loadRun(path, choice: choice, checksTensors: checksTensors)
        case .huggingFace: try HuggingFaceDirectory(path).load(checksTensors: checksTensors)
        case .sentences: try SentenceDirectory(path).load(checksTensors: checksTensors)
        case .gguf: try loadGGUF(path, checksTensors: checksTensors)
        }
    }

    private static func loadRun(
        _ path: String, choice: SnapshotStore.Choice, checksTensors: Bool
    ) throws -> LoadedModel {
        let run = try RunDirectory.open(at: path)
        let configuration = try run.validatedConfiguration()
        let tokenizer = try run.tokenizer()
        // There is one byte tokenizer; a model of a published size may have more tokens than it.
        let isByte = if case .byte = tokenizer { true } else { false }
        if let size = configuration.model.vocabularySizes.first(where: {
            isByte ? $0 < tokenizer.vocabularySize : $0 != tokenizer.vocabularySize
        }) {
            throw CheckpointError(
                .malformed, path: run.tokenizerPath,
                "has \(tokenizer.vocabularySize) tokens where config.json says that the model's vocabulary has "
                    + "\(size); restore the files as they were written")
        }
        guard let found = try run.snapshots.find(choice) else {
            throw CheckpointError(
                .missing, path: path,
                "has no checkpoint yet; let attend train get as far as its first evaluation")
        }
        let (model, notices) = try model(
            configuration.model, from: found.snapshot, checksTensors: checksTensors)
        return LoadedModel(
            model: model, configuration: configuration.model, savedTokenizer: tokenizer,
            tokenizerFault: nil,
            generation: GenerationDefaults(of: tokenizer, for: configuration.data.kind),
            training: TrainingRecord(configuration: configuration, step: found.snapshot.step),
            path: path, notices: found.notices + notices)
    }

    private static func model(
        _ configuration: AnyConfiguration, from snapshot: Snapshot, checksTensors: Bool
    ) throws -> (AnyModel, notices: [String]) {
        let file = try snapshot.model()
        // A small file must not make a program allocate the large model that its configuration asks for.
        let held = file.entries.reduce(0) { $0 + $1.elementCount }
        if held != configuration.sizes.parameterCount {
            throw CheckpointError(
                .malformed, path: file.path,
                "holds \(held) numbers where a model of this config.json has "
                    + "\(configuration.sizes.parameterCount); restore the files as they were written"
            )
        }
        return try ModelReader.read(
            configuration, from: file, layouts: nil, checksTensors: checksTensors)
    }
}

/// A model of another family than a command is for.
public struct FamilyError: Error, Hashable, CustomStringConvertible {
    /// Where the model is.
    public let path: String
    /// Its family.
    public let architecture: Architecture
    /// What was asked of it, and what would do.
    public let explanation: String

    /// One sentence.
    public var description: String {
        "\(path.legible) is a model of the family \(architecture.rawValue), \(explanation)"
    }
}

extension LoadedModel {
    /// The model as one that continues texts.
    ///
    /// - Throws: ``FamilyError`` where it is of another kind.
    public func causal() throws(FamilyError) -> any CausalLanguageModel {
        guard case .causal(let model) = model else {
            throw familyError(
                "which does not continue texts; use a gpt, llama, gpt-oss or ladder model, or attend translate for"
                    + " an encoder-decoder")
        }
        return model
    }

    /// The model as one that makes a sequence of another.
    ///
    /// - Throws: ``FamilyError`` where it is of another kind.
    public func encoderDecoder() throws(FamilyError) -> EncoderDecoder {
        guard case .encoderDecoder(let model) = model else {
            throw familyError("which does not translate; train one with --model encoder-decoder")
        }
        return model
    }

    /// The error that this model is of a family that does not fit.
    public func familyError(_ explanation: String) -> FamilyError {
        FamilyError(
            path: path, architecture: configuration.architecture, explanation: explanation)
    }
}
