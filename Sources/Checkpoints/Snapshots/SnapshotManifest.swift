internal import AttendText

/// The list of a snapshot's files with their sizes and hashes, which is written last.
struct SnapshotManifest: Codable {
    let formatVersion: Int
    let step: Int
    let files: [String: FileFingerprint]

    init(step: Int, files: [String: FileFingerprint]) {
        formatVersion = Snapshot.formatVersion
        self.step = step
        self.files = files
    }

    /// Reads the manifest of a snapshot and checks that it is one that this program understands.
    init(of snapshot: Snapshot) throws {
        let path = snapshot.manifestPath
        let file = try InputFile(path: path, followingLinks: false)
        let text = try file.bytes(atMost: StrictJSON.largestSize)
        // Before all else: a newer version may have fields that this one does not know.
        if let version = Self.version(in: text), version > Snapshot.formatVersion {
            throw CheckpointError(
                .unsupported, path: path,
                "the checkpoint has format version \(version) where this program reads up to "
                    + "\(Snapshot.formatVersion); use a newer version of attend")
        }
        self = try StrictJSON.decode(Self.self, from: text, file: path)
        guard formatVersion >= 1 else {
            throw CheckpointError(
                .malformed, path: path,
                "the field formatVersion holds \(formatVersion) where at least 1 is needed")
        }
        guard step == snapshot.step else {
            throw CheckpointError(
                .damaged, path: path,
                "the field step holds \(step) where the directory's name says \(snapshot.step)")
        }
        let needed: Set = [Snapshot.modelName, Snapshot.optimizerName, Snapshot.stateName]
        guard Set(files.keys) == needed else {
            let names = needed.sorted().joined(separator: ", ")
            throw CheckpointError(
                .damaged, path: path, "the field files does not list exactly \(names)")
        }
    }

    private static func version(in text: [UInt8]) -> Int? {
        guard case .object(let object)? = try? JSONValue(text),
            case .number(let version)? = object.members["formatVersion"]
        else { return nil }
        return Int(version)
    }
}
