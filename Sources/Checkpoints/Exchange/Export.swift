internal import AttendModels

/// The forms in which a model is written for other programs.
public enum ExportForm: String, Sendable, CaseIterable {
    /// A directory for Hugging Face transformers.
    case huggingFace = "huggingface"
    /// One file of arrays for NumPy, without configuration and tokenizer.
    case npz
    /// One file for llama.cpp.
    case gguf

    /// What weights can be rounded to in this form.
    public var precisions: [ExportPrecision] {
        switch self {
        case .huggingFace: [.float32, .float16, .bfloat16]
        case .npz: [.float32, .float16]
        case .gguf: ExportPrecision.allCases
        }
    }

    /// Whether the weights may be divided among several files.
    public var hasShards: Bool { self == .huggingFace }
}

/// What the weights are rounded to in the files of other programs.
public enum ExportPrecision: String, Sendable, CaseIterable {
    /// As they are.
    case float32
    /// IEEE 754 half precision.
    case float16
    /// The upper halves of float32.
    case bfloat16
    /// Blocks of 32 with 8 bits for each; in GGUF files.
    case eightBits = "q8_0"
    /// Blocks of 32 with 4 bits for each; in GGUF files.
    case fourBits = "q4_0"
}

/// How a model is written.
public struct ExportOptions: Hashable, Sendable {
    /// What the weights are rounded to.
    public var precision: ExportPrecision
    /// How many bytes of tensors a file has at most, unless a single tensor is larger; where a form allows several files.
    public var shardSize: Int

    /// How large a shard may be.
    public static let shardSizes = 1...1 << 50

    /// As they are, in files of about five gigabytes.
    public init(precision: ExportPrecision = .float32, shardSize: Int = 5_000_000_000) {
        self.precision = precision
        self.shardSize = shardSize
    }
}

/// What was written.
public struct ExportReport: Hashable, Sendable, Encodable {
    /// The directory or file.
    public let path: String
    /// How many tensors it holds.
    public let tensors: Int
    /// How many bytes all its files have.
    public let bytes: Int
    /// What will be otherwise in programs that read it, as sentences.
    public var notices: [String] = []
}

extension LoadedModel {
    /// Writes the model for another program; what is there afterwards is whole, or nothing.
    ///
    /// - Parameters:
    ///   - form: which program's form.
    ///   - path: where; nothing may be there yet but an empty directory.
    /// - Throws: ``CheckpointError`` where the form has no place for such a model, something is there already, or the
    ///   disk refuses.
    public func export(
        to form: ExportForm, at path: String, options: ExportOptions = ExportOptions()
    ) throws -> ExportReport {
        try export(to: form, at: path, options: options, in: DiskFileSystem())
    }

    package func export(
        to form: ExportForm, at path: String, options: ExportOptions = ExportOptions(),
        in fileSystem: any FileSystem
    ) throws -> ExportReport {
        switch form {
        case .huggingFace:
            try HuggingFaceWriter(self, options: options, fileSystem: fileSystem).write(to: path)
        case .npz: try exportNPZ(to: path, precision: options.precision)
        case .gguf:
            try GGUFExport(self, precision: options.precision, fileSystem: fileSystem).write(
                to: path)
        }
    }
}
