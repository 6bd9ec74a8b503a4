import AttendCheckpoints
import Foundation
import Testing

@Suite("Export for Hugging Face transformers")
struct HuggingFaceWriterTests {
    private func llama() throws -> LoadedModel {
        try LoadedModel.load(fixture("huggingface/llama"))
    }

    @Test("Shards hold as much as asked for, and the index tells the truth")
    func shards() throws {
        let directory = try TemporaryDirectory()
        let loaded = try llama()
        let path = directory.path("exported")
        var options = ExportOptions()
        options.shardSize = 5000
        _ = try loaded.export(to: .huggingFace, at: path, options: options)
        let names = try directory.names("exported")
        let shards = names.filter { $0.hasSuffix(".safetensors") }
        #expect(shards.count > 2)
        #expect(shards.first == "model-00001-of-0000\(shards.count).safetensors")
        #expect(!names.contains("model.safetensors"))
        for shard in shards {
            let file = try SafetensorsFile(path: "\(path)/\(shard)")
            let size = file.entries.reduce(0) { $0 + $1.byteRange.count }
            #expect(size <= 5000 || file.entries.count == 1)
            #expect(file.metadata == ["format": "pt"])
        }
        let recorded = try RecordedLogits("llama")
        let logits = try LoadedModel.load(path).causal().logits(recorded.ids)
        #expect(recorded.difference(from: logits.elements) < 1e-4)
    }

    @Test(
        "Weights are rounded as asked for",
        arguments: [
            (ExportPrecision.float16, ElementType.float16, Float(0x1p-11)),
            (.bfloat16, .bfloat16, 0x1p-8),
        ])
    func precision(precision: ExportPrecision, type: ElementType, error: Float) throws {
        let directory = try TemporaryDirectory()
        let loaded = try llama()
        let path = directory.path("exported")
        _ = try loaded.export(
            to: .huggingFace, at: path, options: ExportOptions(precision: precision))
        let file = try SafetensorsFile(path: "\(path)/model.safetensors")
        #expect(file.entries.allSatisfy { $0.type == type })
        let again = try LoadedModel.load(path)
        for (before, after) in zip(
            loaded.model.module.namedTensors(), again.model.module.namedTensors())
        {
            for (exact, rounded) in zip(before.tensor.elements, after.tensor.elements) {
                #expect(abs(exact - rounded) <= max(abs(exact) * error, 0x1p-25))
            }
        }
        let configuration = try String(
            decoding: directory.read("exported/config.json"), as: UTF8.self)
        #expect(configuration.contains("\"dtype\": \"\(precision.rawValue)\""))
    }

    @Test("Nothing that is there already is touched")
    func occupied() throws {
        let directory = try TemporaryDirectory()
        let loaded = try llama()
        try directory.write("mine", to: "file")
        try FileManager.default.createDirectory(
            atPath: directory.path("full"), withIntermediateDirectories: false)
        try directory.write("mine", to: "full/notes")
        for name in ["file", "full"] {
            let error = #expect(throws: CheckpointError.self) {
                try loaded.export(to: .huggingFace, at: directory.path(name))
            }
            #expect(error?.kind == .refused)
        }
        #expect(try directory.names() == ["file", "full"])
        #expect(try directory.names("full") == ["notes"])
        // An empty directory is as good as none, and so is a path that ends in a slash.
        try FileManager.default.createDirectory(
            atPath: directory.path("empty"), withIntermediateDirectories: false)
        _ = try loaded.export(to: .huggingFace, at: directory.path("empty/"))
        _ = try loaded.export(to: .huggingFace, at: directory.path("deep/er"))
        #expect(try directory.names() == ["deep", "empty", "file", "full"])
        #expect(try directory.names("empty") == directory.names("deep/er"))
    }

    @Test("An export that fails or dies at any operation leaves nothing that looks whole")
    func faults() throws {
        let loaded = try llama()
        for isDeath in [false, true] {
            var operation = 1
            while true {
                let directory = try TemporaryDirectory()
                let path = directory.path("exported")
                let disk = FaultyFileSystem(isDeath ? .death : .failure(ENOSPC), at: operation)
                let result = Result {
                    try loaded.export(to: .huggingFace, at: path, in: disk)
                }
                if !disk.isReached { break }
                if case .success = result {
                    Issue.record("operation \(operation) failed, and the export did not")
                }
                // Only the directory's own synchronisation comes after its name.
                if FileManager.default.fileExists(atPath: path) {
                    _ = try LoadedModel.load(path)
                }
                let left = try directory.names().filter { $0 != "exported" }
                #expect(isDeath ? left.allSatisfy { $0.hasSuffix(".partial") } : left == [])
                operation += 1
            }
            #expect(operation > 10)
        }
    }
}
