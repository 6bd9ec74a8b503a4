import AttendCheckpoints
import Foundation
import Testing

struct SnapshotStoreTests {
    private let directory: TemporaryDirectory
    private let store: SnapshotStore

    init() throws {
        directory = try TemporaryDirectory()
        store = SnapshotStore(path: directory.path("run/checkpoints"))
    }

    private func names() throws -> [String] { try directory.names("run/checkpoints") }

    private func damage(_ name: String, at index: Int? = nil) throws {
        let path = "run/checkpoints/\(name)"
        var bytes = try directory.read(path)
        bytes[index ?? bytes.count / 2] ^= 1
        try directory.write(bytes, to: path)
    }

    @Test func aSnapshotIsFoundAgainAsItWasSaved() throws {
        #expect(try store.find(.latest) == nil)
        #expect(try store.snapshots().isEmpty)
        let saved = try store.saveSample(step: 100, isBest: true)
        #expect(saved.notices.isEmpty)
        #expect(try names() == ["best", "latest", "step-100"])
        #expect(
            try directory.names("run/checkpoints/step-100")
                == ["manifest.json", "model.safetensors", "optimizer.safetensors", "state.json"])
        for choice in [SnapshotStore.Choice.latest, .best, .step(100)] {
            let found = try #require(try store.find(choice))
            #expect(found.snapshot == saved.snapshot)
            #expect(found.notices.isEmpty)
            try expectSample(found.snapshot)
        }
    }

    @Test func latestAndBestAreTextFilesWithAName() throws {
        try store.saveSample(step: 0, isBest: true)
        try store.saveSample(step: 5)
        #expect(try directory.read("run/checkpoints/latest") == Array("step-5\n".utf8))
        #expect(try directory.read("run/checkpoints/best") == Array("step-0\n".utf8))
        #expect(store.step(named: .latest) == 5)
        #expect(store.step(named: .best) == 0)
        #expect(try store.find(.best)?.snapshot.step == 0)
    }

    @Test func snapshotsAreListedByStepAndNothingElseIs() throws {
        for step in [9, 100, 10] { try store.saveSample(step: step) }
        for name in ["step-1.partial", "step-01", "step--1", "step-x", "other", "step-7"] {
            let path = directory.path("run/checkpoints/\(name)")
            if name == "step-7" {
                try directory.write("a file", to: "run/checkpoints/step-7")
            } else {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: false)
            }
        }
        #expect(try store.snapshots().map(\.step) == [9, 10, 100])
    }

    @Test func theSameStepIsReplaced() throws {
        try store.saveSample(step: 3, size: 10)
        try store.saveSample(step: 3, size: 20)
        #expect(try store.find(.latest)?.snapshot.model().floats("w").count == 20)
        #expect(try names() == ["latest", "step-3"])
    }

    @Test(
        "SAFETY: Training. One flipped bit: checksum error, falls back with a notice",
        arguments: [
            "step-2/model.safetensors", "step-2/optimizer.safetensors", "step-2/state.json",
            "step-2/manifest.json",
        ])
    func aFlippedBitFallsBackToTheOneBeforeWithANotice(name: String) throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        try damage(name)
        let found = try #require(try store.find(.latest))
        #expect(found.snapshot.step == 1)
        try expectSample(found.snapshot)
        #expect(found.notices.count == 2)
        #expect(found.notices.first?.contains(directory.path("run/checkpoints/step-2")) == true)
        #expect(found.notices.last?.contains("using the checkpoint of step 1") == true)
        #expect(throws: CheckpointError.self) { try store.find(.step(2)) }
    }

    @Test func aFlippedBitAnywhereIsNoticed() throws {
        let snapshot = try store.saveSample(step: 1, size: 3).snapshot
        for name in try directory.names("run/checkpoints/step-1") {
            let path = "run/checkpoints/step-1/\(name)"
            let bytes = try directory.read(path)
            for index in bytes.indices {
                try damage("step-1/\(name)", at: index)
                let isAccepted = (try? snapshot.verify()) != nil
                // White space between the words of the manifest is the one thing that says nothing.
                if name != "manifest.json" || bytes[index] != UInt8(ascii: " ") {
                    #expect(!isAccepted, "\(name) byte \(index)")
                }
                try directory.write(bytes, to: path)
            }
        }
        try snapshot.verify()
    }

    @Test(arguments: ["model.safetensors", "state.json", "manifest.json"])
    func aCutOrMissingFileIsNoticed(name: String) throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        let path = "run/checkpoints/step-2/\(name)"
        try directory.write(Array(try directory.read(path).dropLast(3)), to: path)
        #expect(try store.find(.latest)?.snapshot.step == 1)
        try FileManager.default.removeItem(atPath: directory.path(path))
        #expect(try store.find(.latest)?.snapshot.step == 1)
    }

    @Test func whereNoneIsIntactTheFirstFaultIsThrown() throws {
        try store.saveSample(step: 1)
        try damage("step-1/model.safetensors")
        let error = #expect(throws: CheckpointError.self) { try store.find(.latest) }
        #expect(error?.kind == .damaged)
        #expect(error?.explanation.contains("SHA-256") == true)
    }

    @Test("SAFETY: Training. Newer format: clear refusal")
    func aNewerFormatIsNeverPassedOver() throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        let path = "run/checkpoints/step-2/manifest.json"
        let text = String(decoding: try directory.read(path), as: UTF8.self)
            .replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 2, \"new\" : []")
        try directory.write(text, to: path)
        let error = #expect(throws: CheckpointError.self) { try store.find(.latest) }
        #expect(error?.kind == .unsupported)
        #expect(error?.explanation.contains("format version 2") == true)
    }

    @Test(arguments: [
        "../../etc\n", "/etc\n", "step-2 ", "step-02\n", "step-2\n\n", "", "step-99\n", "latest\n",
        String(repeating: "x", count: 1000),
    ])
    func aPointerThatNamesNothingGivesTheNewestWithANotice(text: String) throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        try directory.write(text, to: "run/checkpoints/latest")
        let found = try #require(try store.find(.latest))
        #expect(found.snapshot.step == 2)
        #expect(found.notices.count == 1)
    }

    @Test func anOlderSnapshotThatLatestNamesIsTaken() throws {
        for step in 1...3 { try store.saveSample(step: step) }
        for text in ["step-2\n", "step-2"] {
            try directory.write(text, to: "run/checkpoints/latest")
            let found = try #require(try store.find(.latest))
            #expect(found.snapshot.step == 2 && found.notices.isEmpty)
        }
    }

    @Test func whatHadSnapshotsIsNoBeginning() throws {
        func problem() -> String {
            do {
                return try store.find(.latest) == nil ? "a beginning" : "a snapshot"
            } catch { return "\(error)" }
        }
        #expect(problem() == "a beginning")
        try store.saveSample(step: 4)
        let snapshot = directory.path("run/checkpoints/step-4")
        let files = FileManager.default
        try files.moveItem(atPath: snapshot, toPath: directory.path("elsewhere"))
        #expect(problem().contains("latest: names the checkpoint of step 4, which is not there"))
        try files.createSymbolicLink(
            atPath: snapshot, withDestinationPath: directory.path("elsewhere"))
        #expect(problem().contains("step-4: is a file or symbolic link where the directory"))
        try files.removeItem(atPath: directory.path("run/checkpoints"))
        #expect(problem() == "a beginning")
    }

    @Test func symbolicLinksAreNotFollowed() throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        let files = FileManager.default
        let model = directory.path("run/checkpoints/step-2/model.safetensors")
        try files.moveItem(atPath: model, toPath: directory.path("elsewhere"))
        try files.createSymbolicLink(
            atPath: model, withDestinationPath: directory.path("elsewhere"))
        #expect(try store.find(.latest)?.snapshot.step == 1)
        try files.createSymbolicLink(
            atPath: directory.path("run/checkpoints/step-3"),
            withDestinationPath: directory.path("run/checkpoints/step-1"))
        #expect(try store.snapshots().map(\.step) == [1, 2])
        try files.createSymbolicLink(
            atPath: directory.path("link"), withDestinationPath: directory.path("run/checkpoints"))
        let linked = SnapshotStore(path: directory.path("link"))
        #expect(throws: CheckpointError.self) { try linked.find(.latest) }
        #expect(throws: CheckpointError.self) { try linked.saveSample(step: 4) }
    }

    @Test func anUnknownStepGetsTheKnownOnes() throws {
        try store.saveSample(step: 1)
        try store.saveSample(step: 2)
        let error = #expect(throws: CheckpointError.self) { try store.find(.step(3)) }
        #expect(
            error?.explanation == "has no checkpoint of step 3; it has those of steps 1, 2")
        #expect(throws: CheckpointError.self) { try store.saveSample(step: -1) }
    }

    @Test func aSnapshotCanBeOpenedByItsPath() throws {
        let saved = try store.saveSample(step: 4).snapshot
        #expect(try Snapshot(path: saved.path) == saved)
        #expect(throws: CheckpointError.self) { try Snapshot(path: directory.path("run")) }
        #expect(throws: CheckpointError.self) { try Snapshot(path: directory.path("step-9")) }
    }

    @Test func theLastKTheBestAndTheLatestAreKept() throws {
        for step in 1...6 { try store.saveSample(step: step, isBest: step == 2, keepingLast: 2) }
        #expect(try store.snapshots().map(\.step) == [2, 5, 6])
        try directory.write("step-5\n", to: "run/checkpoints/latest")
        try store.prune(keepingLast: 0)
        #expect(try store.snapshots().map(\.step) == [2, 5])
    }

    @Test func theOnlyIntactSnapshotIsNotRemoved() throws {
        for step in 1...4 { try store.saveSample(step: step) }
        try damage("step-3/model.safetensors")
        try damage("step-4/model.safetensors")
        try store.prune(keepingLast: 1)
        #expect(try store.snapshots().map(\.step) == [2, 4])
        #expect(try store.find(.latest)?.snapshot.step == 2)
        try damage("step-2/model.safetensors")
        try store.prune(keepingLast: 0)
        #expect(try store.snapshots().map(\.step) == [2, 4])
    }

    @Test func leftoversGoAndWhatOthersPutThereStays() throws {
        try store.saveSample(step: 1)
        let files = FileManager.default
        let base = directory.path("run/checkpoints")
        try files.createDirectory(
            atPath: "\(base)/step-2.partial", withIntermediateDirectories: false)
        try directory.write("x", to: "run/checkpoints/step-2.partial/model.safetensors")
        try directory.write("x", to: "run/checkpoints/latest.12ab.partial")
        try directory.write("x", to: "run/checkpoints/notes.partial")
        // The moment between the two renames of a replacement.
        try files.moveItem(atPath: "\(base)/step-1", toPath: "\(base)/step-1.previous")
        let found = try #require(try store.find(.latest))
        #expect(found.snapshot.step == 1 && found.notices.isEmpty)
        try expectSample(found.snapshot)
        try store.saveSample(step: 2)
        #expect(try names() == ["latest", "notes.partial", "step-1", "step-2"])
    }
}
