public import AttendText

/// The directory of one training run, laid out as the command line promises.
///
/// | name | holds |
/// |---|---|
/// | `config.json` | the resolved configuration |
/// | `metrics.jsonl` | one JSON object a line: what the training reported |
/// | `tokenizer.json` | the tokenizer |
/// | `report.html` | curves and samples |
/// | `samples.txt` | the samples in order |
/// | `checkpoints/` | the snapshots, see ``SnapshotStore`` |
/// | `tensorboard/` | the curves for TensorBoard, where they were asked for |
public struct RunDirectory: Sendable {
    /// The directory.
    public let path: String
    let fileSystem: any FileSystem

    private init(path: String, in fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Makes the directory of a new run, and the directories above it that are missing.
    ///
    /// It counts as a run once ``writeConfiguration(_:)`` has been called.
    ///
    /// - Throws: ``CheckpointError`` where something other than an empty directory is there
    ///   already, or the operating system refuses.
    public static func create(at path: String) throws -> RunDirectory {
        try create(at: path, in: DiskFileSystem())
    }

    package static func create(
        at path: String, in fileSystem: any FileSystem
    ) throws -> RunDirectory {
        try CheckpointError.checkPath(path)
        switch FileKind.of(path, followingLinks: true) {
        case nil: try fileSystem.createDirectories(path)
        case .directory:
            let all = try DirectoryListing.names(in: path)
            // A process that died at its very start leaves what is as good as nothing.
            if isUnfinishedStart(all, at: path) { break }
            let names = all.filter { $0 != lockName }
            if names.contains(configurationName) {
                throw CheckpointError(
                    .refused, path: path,
                    "holds a run already; resume it with --resume, or give a new directory")
            }
            if let name = names.first {
                throw CheckpointError(
                    .refused, path: path,
                    "is not empty (it has \(name.quoted)); give a new or an empty directory")
            }
        default:
            throw CheckpointError(
                .refused, path: path, "is a file; give a new or an empty directory")
        }
        return RunDirectory(path: path, in: fileSystem)
    }

    /// Opens the directory of a run that exists.
    ///
    /// - Throws: ``CheckpointError`` where there is no such directory or no `config.json` in it.
    public static func open(at path: String) throws -> RunDirectory {
        try CheckpointError.checkPath(path)
        switch FileKind.of(path, followingLinks: true) {
        case nil:
            throw CheckpointError(
                .missing, path: path,
                "does not exist; give the directory of a run, such as attend train makes")
        case .directory: break
        default:
            throw CheckpointError(
                .refused, path: path, "is a file; give the directory of a run")
        }
        let run = RunDirectory(path: path, in: DiskFileSystem())
        guard FileKind.of(run.configurationPath) == .file else {
            throw CheckpointError(
                .missing, path: path,
                "has no file config.json; give the directory of a run, such as attend train makes")
        }
        return run
    }

    static let configurationName = "config.json"
    static let lockName = "lock"
    static let metricsName = "metrics.jsonl"
    static let tokenizerName = "tokenizer.json"
    static let reportName = "report.html"
    static let samplesName = "samples.txt"

    /// The path of the resolved configuration.
    public var configurationPath: String { path.appending(component: Self.configurationName) }
    /// The path of the metrics, one JSON object a line.
    public var metricsPath: String { path.appending(component: Self.metricsName) }
    /// The path of the tokenizer.
    public var tokenizerPath: String { path.appending(component: Self.tokenizerName) }
    /// The path of the report.
    public var reportPath: String { path.appending(component: Self.reportName) }
    /// The path of the directory for TensorBoard.
    public var tensorBoardPath: String { path.appending(component: "tensorboard") }
    /// The path of the samples.
    public var samplesPath: String { path.appending(component: Self.samplesName) }

    /// The run's snapshots.
    public var snapshots: SnapshotStore {
        SnapshotStore(path: path.appending(component: "checkpoints"), in: fileSystem)
    }

    /// Takes the right to write into the directory, for as long as the result lives.
    ///
    /// - Throws: ``CheckpointError`` that names the process which has it.
    public func lock() throws -> RunLock {
        try RunLock(path: path.appending(component: Self.lockName))
    }

    /// Whether a process has the right to write into the directory, so that a training goes on there.
    public var isInUse: Bool { RunLock.isHeld(path: path.appending(component: Self.lockName)) }

    /// Writes `config.json`, whole or not at all.
    public func writeConfiguration(_ configuration: some Encodable) throws {
        try writeJSON(configuration, to: configurationPath)
    }

    /// Reads `config.json`.
    ///
    /// - Throws: ``CheckpointError`` that names the field which is missing, unknown or of the wrong
    ///   type.
    public func configuration<Configuration: Decodable>(
        as type: Configuration.Type
    ) throws -> Configuration {
        try readJSON(type, from: configurationPath)
    }

    /// Writes `tokenizer.json`, whole or not at all.
    public func writeTokenizer(_ tokenizer: SavedTokenizer) throws {
        try AtomicFile.write([UInt8](tokenizer.json), to: tokenizerPath, in: fileSystem)
    }

    /// Reads `tokenizer.json`.
    ///
    /// - Throws: ``CheckpointError`` that names the file and its fault.
    public func tokenizer() throws -> SavedTokenizer {
        try TokenizerFile.readJSON(at: tokenizerPath, followingLinks: false)
    }

    private func writeJSON(_ value: some Encodable, to path: String) throws {
        try AtomicFile.write(StrictJSON.encode(value, file: path), to: path, in: fileSystem)
    }

    private func readJSON<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
        // A link could lead out of the directory.
        let file = try InputFile(path: path, followingLinks: false)
        return try StrictJSON.decode(
            type, from: file.bytes(atMost: StrictJSON.largestSize), file: path)
    }
}
