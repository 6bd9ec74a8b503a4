import AttendCheckpoints
import AttendModels
import AttendTensors
import Foundation
import Testing

/// Loading stays in the directory that it is given.
@Suite("Symbolic links in Hugging Face directories")
struct HuggingFaceLinksTests {
    @Test("A shard, a model or a configuration that is a symbolic link out of the directory")
    func linksOut() throws {
        for (fixture, name) in [
            ("llama-shards", "model-00001-of-00004.safetensors"),
            ("llama-shards", "model.safetensors.index.json"),
            ("llama", "model.safetensors"), ("llama", "generation_config.json"),
            ("llama", "config.json"),
        ] {
            let directory = try ForeignDirectory(fixture)
            let outside = directory.directory.path("outside")
            try FileManager.default.moveItem(atPath: directory.path(name), toPath: outside)
            try FileManager.default.createSymbolicLink(
                atPath: directory.path(name), withDestinationPath: "../outside")
            let failure = directory.failure()
            #expect(failure.contains("symbolic link that leads out of the directory"), "\(failure)")
        }
    }

    @Test("A snapshot of the Hub's cache links to the blobs beside it, and to nothing else")
    func hubCache() throws {
        let directory = try ForeignDirectory("llama")
        let cache = directory.directory.path("models--own--tiny")
        let (snapshot, blobs) = ("\(cache)/snapshots/0123abcd", "\(cache)/blobs")
        let files = FileManager.default
        try files.createDirectory(atPath: snapshot, withIntermediateDirectories: true)
        try files.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        for (number, name) in try files.contentsOfDirectory(atPath: directory.path).enumerated() {
            try files.copyItem(atPath: directory.path(name), toPath: "\(blobs)/\(number)")
            try files.createSymbolicLink(
                atPath: "\(snapshot)/\(name)", withDestinationPath: "../../blobs/\(number)")
        }
        let recorded = try RecordedLogits("llama")
        let logits = try LoadedModel.load(snapshot).causal().logits(recorded.ids)
        #expect(recorded.difference(from: logits.elements) < 1e-4)
        // Not from blobs that are another model's, nor from deeper down.
        let weights = "\(snapshot)/model.safetensors"
        for place in ["../../../outside", "../../blobs/deeper/outside"] {
            let outside = "\(snapshot)/\(place)"
            try files.createDirectory(
                atPath: URL(fileURLWithPath: outside).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            try files.copyItem(atPath: directory.path("model.safetensors"), toPath: outside)
            try files.removeItem(atPath: weights)
            try files.createSymbolicLink(atPath: weights, withDestinationPath: place)
            let error = #expect(throws: CheckpointError.self) { try LoadedModel.load(snapshot) }
            #expect(error?.kind == .refused, "\(place)")
        }
    }

    @Test("A symbolic link that stays in the directory is followed")
    func linksWithin() throws {
        let directory = try ForeignDirectory("llama")
        try FileManager.default.moveItem(
            atPath: directory.path("model.safetensors"), toPath: directory.path("blob"))
        try FileManager.default.createSymbolicLink(
            atPath: directory.path("model.safetensors"), withDestinationPath: "blob")
        let recorded = try RecordedLogits("llama")
        let logits = try directory.load().causal().logits(recorded.ids)
        #expect(recorded.difference(from: logits.elements) < 1e-4)
    }
}
