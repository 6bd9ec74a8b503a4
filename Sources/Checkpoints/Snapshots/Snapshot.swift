/// One saved state of a training run: the directory `step-N` with the model, the optimizer and the
/// rest.
///
/// | file | holds |
/// |---|---|
/// | `model.safetensors` | the parameters |
/// | `optimizer.safetensors` | the optimizer's moments |
/// | `state.json` | whatever else a resumed run needs, as its writer defines it |
/// | `manifest.json` | the format's version, and size and SHA-256 of the other three |
public struct Snapshot: Hashable, Sendable {
    /// The number of training steps that led to it.
    public let step: Int
    /// The directory.
    public let path: String

    /// The version of the directory's format that this program writes, and the newest that it
    /// reads.
    public static let formatVersion = 1

    static let modelName = "model.safetensors"
    static let optimizerName = "optimizer.safetensors"
    static let stateName = "state.json"
    static let manifestName = "manifest.json"

    init(step: Int, path: String) {
        self.step = step
        self.path = path
    }

    /// The snapshot in a directory named `step-N`.
    ///
    /// - Throws: ``CheckpointError`` where the path is no such directory; the contents are checked
    ///   by ``verify()``.
    public init(path: String) throws {
        guard let step = Self.step(ofName: path.lastComponent) else {
            throw CheckpointError(
                .refused, path: path, "is not a checkpoint; give a directory named like step-100")
        }
        guard FileKind.of(path) == .directory else {
            throw CheckpointError(
                .missing, path: path, "is not a directory; give a checkpoint that attend wrote")
        }
        self.init(step: step, path: path)
    }

    /// The path of the model's file.
    public var modelPath: String { path.appending(component: Self.modelName) }
    /// The path of the optimizer's file.
    public var optimizerPath: String { path.appending(component: Self.optimizerName) }
    /// The path of the state's file.
    public var statePath: String { path.appending(component: Self.stateName) }
    /// The path of the list of sizes and hashes.
    public var manifestPath: String { path.appending(component: Self.manifestName) }

    /// The model's tensors.
    public func model() throws -> SafetensorsFile {
        try SafetensorsFile(InputFile(path: modelPath, followingLinks: false))
    }

    /// The optimizer's tensors.
    public func optimizer() throws -> SafetensorsFile {
        try SafetensorsFile(InputFile(path: optimizerPath, followingLinks: false))
    }

    /// The state, which is of the type that was saved.
    public func state<State: Decodable>(as type: State.Type) throws -> State {
        let file = try InputFile(path: statePath, followingLinks: false)
        return try StrictJSON.decode(
            type, from: file.bytes(atMost: StrictJSON.largestSize), file: statePath)
    }

    /// Checks that every file is there with the size and hash that it was written with.
    ///
    /// - Complexity: reads every byte once, at a few hundred megabytes a second.
    /// - Throws: ``CheckpointError`` that names the first file that is not as it was written.
    public func verify() throws {
        let manifest = try SnapshotManifest(of: self)
        for (name, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
            let file = try InputFile(path: path.appending(component: name), followingLinks: false)
            guard file.size == expected.byteCount else {
                throw CheckpointError(
                    .damaged, path: file.path,
                    "has \(file.size) bytes where \(expected.byteCount) were written; "
                        + "use another checkpoint")
            }
            if try file.fingerprint() != expected {
                throw CheckpointError(
                    .damaged, path: file.path,
                    "does not have the SHA-256 that it was written with; use another checkpoint")
            }
        }
    }

    /// The name of the directory for a step.
    static func name(ofStep step: Int) -> String { "step-\(step)" }

    /// The step in a directory's name, nil where it is not exactly such a name.
    static func step(ofName name: String) -> Int? {
        let digits = name.dropFirst("step-".count)
        guard let step = Int(digits), step >= 0, self.name(ofStep: step) == name else { return nil }
        return step
    }
}
