import AttendCheckpoints
import Foundation
import Testing

/// Every way in which a save can be cut short: at each operation, by the machine's death or by an
/// error.
@Suite("SAFETY: Training")
struct SnapshotFaultTests {
    enum Scene: CaseIterable {
        case first, next, replacement, pruning
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func prepare(_ scene: Scene, at path: String) throws {
        let store = SnapshotStore(path: path, in: FaultyFileSystem(.death, at: 0))
        switch scene {
        case .first: break
        case .next, .replacement: try store.saveSample(step: 1)
        case .pruning: for step in 0...1 { try store.saveSample(step: step) }
        }
    }

    private func save(_ scene: Scene, _ store: SnapshotStore) throws -> [String] {
        let saved =
            switch scene {
            case .first, .next: try store.saveSample(step: 2, isBest: true)
            case .replacement: try store.saveSample(step: 1, size: 300_000)
            case .pruning: try store.saveSample(step: 2, isBest: true, keepingLast: 1)
            }
        return saved.notices
    }

    @Test(
        "kill -9 at every write, rename, fsync: the latest complete checkpoint loads",
        arguments: Scene.allCases)
    func deathAtAnyOperation(scene: Scene) throws {
        try check(scene, .death)
    }

    @Test(
        "ENOSPC at every operation: the checkpoint before loads, and the message says what failed",
        arguments: Scene.allCases)
    func aFullDiskAtAnyOperation(scene: Scene) throws {
        try check(scene, .failure(ENOSPC))
    }

    @Test(
        "Read-only directory at every operation: the checkpoint before loads, and the message says what failed",
        arguments: Scene.allCases)
    func missingPermissionAtAnyOperation(scene: Scene) throws {
        try check(scene, .failure(EACCES))
    }

    @Test("An fsync that fails (EIO) at every operation: the checkpoint before loads")
    func aBrokenDisk() throws {
        try check(.next, .failure(EIO))
    }

    /// What a save does to the disk, of which each is made to fail.
    private static func operations(of scene: Scene) -> Set<FileOperation> {
        var operations: Set<FileOperation> = [
            .createDirectory, .createFile, .write, .synchronize, .close, .rename,
            .synchronizeDirectory,
        ]
        if scene == .replacement || scene == .pruning {
            operations.formUnion([.removeFile, .removeDirectory])
        }
        return operations
    }

    private func check(_ scene: Scene, _ fault: FaultyFileSystem.Fault) throws {
        var failed: Set<FileOperation> = []
        for operation in 1... {
            let path = directory.path("\(operation)/checkpoints")
            try prepare(scene, at: path)
            let fileSystem = FaultyFileSystem(fault, at: operation)
            var isSaved = false
            var said = ""
            do {
                said = try save(scene, SnapshotStore(path: path, in: fileSystem)).joined()
                isSaved = true
            } catch {
                #expect(error is CheckpointError)
                said = "\(error)"
            }
            if case .failure(let code) = fault, let faulty = fileSystem.faulty {
                failed.insert(faulty)
                #expect(said.contains("cannot \(faulty.rawValue): "), "\(said)")
                #expect(said.contains(unsafe String(cString: strerror(code))), "\(said)")
                #expect(said.contains(directory.path), "\(said)")
            }
            let store = SnapshotStore(path: path)
            let found = try store.find(.latest)
            if let found {
                try expectSample(found.snapshot)
            } else {
                #expect(scene == .first && !isSaved, "operation \(operation)")
            }
            if isSaved { #expect(found?.snapshot.step == (scene == .replacement ? 1 : 2)) }
            for snapshot in try store.snapshots() { try snapshot.verify() }

            // The next save works, and tidies up.
            let healthy = FaultyFileSystem(.death, at: 0)
            try SnapshotStore(path: path, in: healthy).saveSample(step: 7)
            #expect(try store.find(.latest)?.snapshot.step == 7)
            let names = try directory.names("\(operation)/checkpoints")
            #expect(!names.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".previous") })
            if !fileSystem.isReached {
                #expect(isSaved && operation > 20)
                if case .failure = fault { #expect(failed == Self.operations(of: scene)) }
                break
            }
        }
    }
}
