internal import AttendText

/// The directory `checkpoints` of a run: some snapshots, and the names of the latest and of the
/// best.
///
/// A snapshot is written into `step-N.partial` and renamed when all of it is on the disk, so
/// whatever is called `step-N` is whole. `latest` and `best` are text files with the name of a
/// snapshot, not symbolic links: they are replaced at one instant, they survive copying to any
/// disk, and they cannot lead out of the directory.
///
/// One process at a time may write (see ``RunLock``); any number may read.
public struct SnapshotStore: Sendable {
    /// Which snapshot is wanted.
    public enum Choice: Hashable, Sendable {
        /// The one that was saved last, or failing that the newest that is intact.
        case latest
        /// The one with the lowest validation loss, or failing that the latest.
        case best
        /// The one of this step and no other.
        case step(Int)
    }

    /// A snapshot whose hashes were checked, and what was odd on the way to it.
    public struct Found: Sendable {
        /// The snapshot to load from.
        public let snapshot: Snapshot
        /// Sentences for the user: which snapshots were passed over, and why.
        public let notices: [String]
    }

    /// The directory.
    public let path: String
    let fileSystem: any FileSystem

    /// The snapshots in the directory at `path`, which need not exist yet.
    public init(path: String) {
        self.init(path: path, in: DiskFileSystem())
    }

    package init(path: String, in fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    static let previousSuffix = ".previous"

    /// The snapshots by ascending step, without a look at their contents.
    public func snapshots() throws -> [Snapshot] {
        guard try exists() else { return [] }
        var found: [Int: Snapshot] = [:]
        for name in try DirectoryListing.names(in: path) {
            let isPrevious = name.hasSuffix(Self.previousSuffix)
            let plainName = isPrevious ? String(name.dropLast(Self.previousSuffix.count)) : name
            guard let step = Snapshot.step(ofName: plainName) else { continue }
            let snapshot = Snapshot(step: step, path: path.appending(component: name))
            guard FileKind.of(snapshot.path) == .directory else { continue }
            // A process that died while it replaced a snapshot may have left only the one set
            // aside.
            if isPrevious, found[step] != nil { continue }
            found[step] = snapshot
        }
        return found.values.sorted { $0.step < $1.step }
    }

    /// Whether the directory is there; what is there must be a directory and no link to one.
    func exists() throws -> Bool {
        guard let kind = FileKind.of(path) else { return false }
        guard kind == .directory else {
            throw CheckpointError(
                .refused, path: path,
                "is a file or symbolic link where the directory of the checkpoints is needed")
        }
        return true
    }

    /// The step that `latest` or `best` names, nil where the file is missing or names none.
    public func step(named choice: Choice) -> Int? {
        switch choice {
        case .latest: pointer("latest")
        case .best: pointer("best")
        case .step(let step): step
        }
    }

    private func pointer(_ name: String) -> Int? {
        guard
            let file = try? InputFile(
                path: path.appending(component: name), followingLinks: false),
            let bytes = try? file.bytes(atMost: 64),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        // Editors and other programs may leave the line end out.
        return Snapshot.step(ofName: text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// The snapshot to load, with its contents checked against their hashes.
    ///
    /// Where ``Choice/latest`` or ``Choice/best`` is damaged or gone, the next one that is intact
    /// comes in its place, with a notice. A snapshot of a newer format is never passed over.
    ///
    /// - Returns: nil where there are no snapshots at all.
    /// - Throws: ``CheckpointError`` where there are snapshots, but none that can be loaded.
    public func find(_ choice: Choice) throws -> Found? {
        let all = try snapshots()
        if case .step(let step) = choice {
            guard let snapshot = all.first(where: { $0.step == step }) else {
                let steps = all.map { "\($0.step)" }.joined(separator: ", ")
                throw CheckpointError(
                    .missing, path: path,
                    "has no checkpoint of step \(step); it has "
                        + (steps.isEmpty ? "none" : "those of steps \(steps)"))
            }
            try snapshot.verify()
            return Found(snapshot: snapshot, notices: [])
        }
        if all.isEmpty { try checkThatNoneIsLost() }
        var notices: [String] = []
        var firstFault: (any Error)?
        for snapshot in candidates(choice, among: all, &notices) {
            do {
                try snapshot.verify()
                if firstFault != nil {
                    notices.append(
                        "\(path.legible): using the checkpoint of step \(snapshot.step).")
                }
                return Found(snapshot: snapshot, notices: notices)
            } catch let error as CheckpointError where error.kind != .unsupported {
                notices.append("\(error)")
                firstFault = firstFault ?? error
            }
        }
        if let firstFault { throw firstFault }
        return nil
    }

    /// Refuses to take for a beginning what had snapshots: links in their place, or names of some that are gone.
    private func checkThatNoneIsLost() throws {
        guard try exists() else { return }
        let remedy = "or remove \(path.legible) if the run is to begin again"
        for name in try DirectoryListing.names(in: path) where Snapshot.step(ofName: name) != nil {
            throw CheckpointError(
                .refused, path: path.appending(component: name),
                "is a file or symbolic link where the directory of a checkpoint is needed; put that in its place, "
                    + remedy)
        }
        for name in ["latest", "best"] {
            guard let step = pointer(name) else { continue }
            throw CheckpointError(
                .missing, path: path.appending(component: name),
                "names the checkpoint of step \(step), which is not there; put it back, " + remedy)
        }
    }

    /// The snapshots in the order in which they are to be tried.
    private func candidates(
        _ choice: Choice, among all: [Snapshot], _ notices: inout [String]
    ) -> [Snapshot] {
        var names = ["latest"]
        if choice == .best { names.insert("best", at: 0) }
        var first: [Snapshot] = []
        for name in names where !all.isEmpty {
            if let step = pointer(name), let snapshot = all.first(where: { $0.step == step }) {
                if !first.contains(snapshot) { first.append(snapshot) }
            } else {
                notices.append(
                    "\(path.appending(component: name).legible): does not name a checkpoint that is "
                        + "there, so the next best is used.")
            }
        }
        return first + all.reversed().filter { !first.contains($0) }
    }
}
