internal import AttendText

/// The forms in which models come.
enum ModelForm {
    /// A directory that `attend train` wrote.
    case run
    /// A directory of Hugging Face transformers.
    case huggingFace
    /// A directory of sentence-transformers.
    case sentences
    /// One file of llama.cpp.
    case gguf

    /// The form of what is at a path.
    ///
    /// - Throws: ``CheckpointError`` where there is nothing, or nothing that may be a model.
    init(of path: String) throws {
        try CheckpointError.checkPath(path)
        switch FileKind.of(path, followingLinks: true) {
        case nil:
            throw CheckpointError(.missing, path: path, "does not exist; give \(Self.accepted)")
        case .directory: self = try Self(ofDirectory: path)
        default:
            let file = try InputFile(path: path)
            let isGGUF = try file.size >= 4 && file.bytes(0..<4) == Array("GGUF".utf8)
            guard isGGUF || path.hasSuffix(".gguf") else {
                throw CheckpointError(
                    .refused, path: path, "is a file; give \(Self.accepted)")
            }
            self = .gguf
        }
    }

    private init(ofDirectory path: String) throws {
        let steps = path.appending(component: SentenceDirectory.modulesName)
        if FileKind.of(steps, followingLinks: true) == .file {
            self = .sentences
            return
        }
        let name = HuggingFaceDirectory.configurationName
        // Tells of a link that leads out, and of a directory that may not be read.
        let place = try ContainedFiles(directory: path).path(of: name)
        guard let file = place.flatMap({ FileKind.of($0) }) else {
            _ = try DirectoryListing.names(in: path)
            throw CheckpointError(
                .missing, path: path, "has no file \(name); give \(Self.accepted)")
        }
        guard file == .file else {
            throw CheckpointError(.refused, path: path, "has a \(name) that is no file")
        }
        // A run's configuration is told apart by its version, another program's by the family's name. What has neither
        // is taken for a damaged run, whose reader says what is wrong with it.
        let object = try? ContainedFiles(directory: path).object(name)
        let isForeign = object.map { $0.members["formatVersion"] == nil } ?? false
        guard isForeign, let object else {
            self = .run
            return
        }
        guard object.members["model_type"] != nil else {
            throw CheckpointError(
                .unsupported, path: path,
                "is no model: its config.json has neither a formatVersion, as runs have, nor a model_type, as "
                    + "Hugging Face directories have; give \(Self.accepted)")
        }
        self = .huggingFace
    }

    private static let accepted =
        "the directory of a run, such as attend train makes, a Hugging Face directory, or a .gguf file"
}
