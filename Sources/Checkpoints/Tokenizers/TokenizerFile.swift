public import AttendText

/// Reads the files that describe a tokenizer.
///
/// | path | what is read |
/// |---|---|
/// | `tokenizer.json` | a tokenizer of ours, or of Hugging Face |
/// | `vocab.json` | with the `merges.txt` beside it: byte pairs as GPT-2's |
/// | `*.tiktoken` | byte pairs by rank |
/// | `vocab.txt` | WordPiece as BERT's, with the `tokenizer_config.json` beside it, where there is one |
/// | `*.gguf` | the tokenizer of a file of llama.cpp |
/// | a directory | the first of these that is in it: a run, a Hugging Face directory |
public enum TokenizerFile {
    /// The largest file that is read, in bytes: vocabularies of 250,000 tokens take about 20 MB.
    public static let largestSize = 128 << 20

    /// Reads a tokenizer of any kind.
    ///
    /// - Parameters:
    ///   - path: a file or a directory.
    ///   - pattern: how text is divided, for files that do not say it; nil for the usual way.
    /// - Throws: ``CheckpointError`` that names the file and its fault.
    public static func read(
        at path: String, pattern: WordPattern? = nil
    ) throws(CheckpointError) -> SavedTokenizer {
        if FileKind.of(path, followingLinks: true) == nil {
            throw CheckpointError(
                .missing, path: path, "does not exist; give a model, or the file of a tokenizer")
        }
        let path = try TextFile.isDirectory(path) ? file(in: path) : path
        let name = path.lastComponent
        if name.hasSuffix(".tiktoken") {
            let bytes = try bytes(of: path)
            return .pipeline(
                try reading(path) { () throws(TokenizerError) in
                    try TiktokenFile.read(bytes, pattern: pattern)
                })
        }
        if name.hasSuffix(".gguf") {
            guard pattern == nil else { throw hasItsOwnPattern(path) }
            return try readGGUF(at: path)
        }
        if name.hasSuffix("vocab.txt") {
            guard pattern == nil else { throw hasItsOwnPattern(path) }
            return try readWordPieces(at: path)
        }
        guard name.hasSuffix(".json") else {
            throw CheckpointError(
                .unsupported, path: path,
                "is not a tokenizer by its name; expected a directory, tokenizer.json, vocab.json with "
                    + "merges.txt beside it, vocab.txt, or a name that ends in .tiktoken or .gguf")
        }
        let merges = path.parentPath.appending(component: "merges.txt")
        if name == "vocab.json", FileKind.of(merges, followingLinks: true) == .file {
            let (vocabulary, merges) = (try bytes(of: path), try bytes(of: merges))
            return .pipeline(
                try reading(path) { () throws(TokenizerError) in
                    try MergesFile.read(
                        vocabulary: vocabulary, merges: merges, pattern: pattern ?? .gpt2)
                })
        }
        guard pattern == nil else { throw hasItsOwnPattern(path) }
        if name == "vocab.json" {
            throw CheckpointError(
                .missing, path: merges,
                "is needed beside vocab.json, and is not there; fetch both files")
        }
        return try readJSON(at: path)
    }

    /// Reads a `vocab.txt`, and how text is prepared for it from the file of settings beside it.
    private static func readWordPieces(at path: String) throws(CheckpointError) -> SavedTokenizer {
        var settings = WordPieceFile.Settings()
        let other = path.parentPath.appending(component: "tokenizer_config.json")
        if FileKind.of(other, followingLinks: true) == .file {
            let text = try bytes(of: other)
            settings = try reading(other) { () throws(TokenizerError) in
                do {
                    return try WordPieceFile.Settings(
                        ComponentFields(JSONValue(text), path: ""))
                } catch let fault as JSONScanner.Fault {
                    throw .invalid(
                        "The file is not valid JSON (byte \(fault.offset)): \(fault.message)")
                } catch let error as TokenizerError {
                    throw error
                } catch {
                    throw .invalid("\(error)")
                }
            }
        }
        let file = try bytes(of: path)
        return .pipeline(
            try reading(path) { () throws(TokenizerError) in
                try WordPieceFile.tokenizer(file, settings: settings)
            })
    }

    private static func hasItsOwnPattern(_ path: String) -> CheckpointError {
        CheckpointError(
            .refused, path: path, "says itself how text is divided; leave --pattern out")
    }

    /// Reads the tokenizer of a file of llama.cpp, whatever its tensors are.
    private static func readGGUF(at path: String) throws(CheckpointError) -> SavedTokenizer {
        let file = try GGUFFile(InputFile(path: path))
        guard let found = try GGUFTokenizer(file.metadata) else {
            throw CheckpointError(
                .missing, path: path, "has no tokenizer; give the one that belongs to it")
        }
        return found.tokenizer
    }

    /// Reads a `tokenizer.json`: one of our own, or one of Hugging Face tokenizers.
    ///
    /// - Throws: ``CheckpointError`` that names the file and its fault.
    public static func readJSON(
        at path: String, followingLinks: Bool = true
    ) throws(CheckpointError) -> SavedTokenizer {
        let bytes = try bytes(of: path, followingLinks: followingLinks)
        return try reading(path) { () throws(TokenizerError) in try SavedTokenizer(json: bytes) }
    }

    /// Writes `tokenizer.json`, whole or not at all; what is there already stays.
    ///
    /// - Parameter path: the file, where the name ends in `.json`; else the directory for it, which is made
    ///   where it is missing.
    /// - Returns: the path of the file.
    /// - Throws: ``CheckpointError`` as ``place(for:)`` does, or where the system refuses.
    public static func write(_ tokenizer: SavedTokenizer, to path: String) throws -> String {
        let file = try place(for: path)
        if file != path { try DiskFileSystem().createDirectories(path) }
        try AtomicFile.write([UInt8](tokenizer.json), to: file)
        return file
    }

    /// The path of the file that ``write(_:to:)`` would write.
    ///
    /// - Throws: ``CheckpointError`` where something is there already, since a model there may depend on it.
    public static func place(for path: String) throws(CheckpointError) -> String {
        try CheckpointError.checkPath(path)
        let kind = FileKind.of(path, followingLinks: true)
        let isFile = path.hasSuffix(".json") && kind != .directory
        if !isFile, kind != nil, kind != .directory {
            throw CheckpointError(
                .refused, path: path,
                "is a file whose name does not end in .json; give a new .json file, or a directory")
        }
        let file = isFile ? path : path.appending(component: "tokenizer.json")
        if FileKind.of(file) != nil {
            throw CheckpointError(
                .refused, path: file, "exists already; give another path, or remove it first")
        }
        return file
    }

    /// The file of a directory that describes its tokenizer.
    private static func file(in directory: String) throws(CheckpointError) -> String {
        let names = ["tokenizer.json", "vocab.json", "vocab.txt"]
        for name in names {
            let path = directory.appending(component: name)
            if FileKind.of(path, followingLinks: true) == .file { return path }
        }
        throw CheckpointError(
            .missing, path: directory,
            "has none of the files that describe a tokenizer: \(names.joined(separator: ", "))")
    }

    private static func bytes(
        of path: String, followingLinks: Bool = true
    ) throws(CheckpointError) -> [UInt8] {
        try InputFile(path: path, followingLinks: followingLinks).bytes(atMost: largestSize)
    }

    /// Turns what is wrong with a tokenizer into an error about its file.
    private static func reading<Result>(
        _ path: String, _ body: () throws(TokenizerError) -> Result
    ) throws(CheckpointError) -> Result {
        do {
            return try body()
        } catch {
            let sentence = "\(error)"
            throw CheckpointError(
                .malformed, path: path,
                sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)
        }
    }
}
