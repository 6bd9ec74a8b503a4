import Attend
import Foundation
import Testing

@Suite("Directories that are no whole runs")
struct RunDirectoryFaultTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func expectRefusal(
        _ words: String..., path: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try Executable.expectRefusal(
            ["inspect", path ?? run.path], status: 65, mentioning: words,
            sourceLocation: sourceLocation)
    }

    private let model = "checkpoints/step-10/model.safetensors"

    @Test("no such directory, a file, an empty directory")
    func noRun() throws {
        try expectRefusal("/no/such/run", "does not exist", path: "/no/such/run")
        try expectRefusal("is a file", path: run.write("notes.txt", [1]))
        let empty = run.file("empty")
        try FileManager.default.createDirectory(
            atPath: empty, withIntermediateDirectories: false)
        try expectRefusal("has no file config.json", path: empty)
        try expectRefusal("path", path: "")
    }

    @Test("another program's directory")
    func foreign() throws {
        _ = try run.write("config.json", Array(#"{"model_type":"gpt2","n_layer":12}"#.utf8))
        try expectRefusal("has neither model.safetensors nor model.safetensors.index.json")
        _ = try run.write("config.json", Array(#"{"n_layer":12}"#.utf8))
        try expectRefusal("has neither a formatVersion, as runs have, nor a model_type")
    }

    @Test(
        "a configuration that was edited",
        arguments: [
            ("\"width\" : 16", "\"width\" : 15", "headCount 2 does not divide width 15"),
            ("\"width\" : 16", "\"width\" : -16", "width is -16"),
            ("\"width\" : 16", "\"widht\" : 16", "width"),
            ("\"layerCount\" : 2", "\"layerCount\" : 1000000000", "layerCount is 1000000000"),
            ("\"layerCount\" : 2", "\"layerCount\" : 3", "numbers where a model"),
            ("\"contextLength\" : 16", "\"contextLength\" : 1e400", "contextLength"),
            ("\"vocabularySize\" : 12", "\"vocabularySize\" : 13", "has 12 tokens"),
            ("\"architecture\" : \"gpt\"", "\"architecture\" : \"bert\"", "bert"),
            ("\"formatVersion\" : 2", "\"formatVersion\" : 3", "formatVersion 3"),
            ("\"formatVersion\" : 2", "\"formatVersion\" : 1", "formatVersion 1"),
            ("\"kind\" : \"text\"", "\"kind\" : \"pairs\"", "learns from “text”"),
            ("\"architecture\" : \"gpt\"", "\"architecture\" : \"llama\"", "model."),
            ("\"hasBias\" : true", "\"hasBias\" : false", "numbers where a model"),
            ("\"hasBias\" : true", "\"hasBias\" : 1", "hasBias"),
            ("{\n  \"architecture\"", "{{\n  \"architecture\"", "line 1"),
        ])
    func configuration(old: String, new: String, word: String) throws {
        try run.edit("config.json", old, new)
        try expectRefusal(word)
    }

    @Test("shapes that differ where the sum of sizes does not")
    func shapes() throws {
        // 12 × 16 and 16 × 16 become 16 × 16 and 12 × 16.
        try run.edit("config.json", "\"vocabularySize\" : 12", "\"vocabularySize\" : 16")
        try run.edit("config.json", "\"contextLength\" : 16", "\"contextLength\" : 12")
        _ = try run.write(
            "tokenizer.json",
            Array(
                #"{"type":"character","characters":["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p"]}"#
                    .utf8))
        try expectRefusal(
            "wte.weight has the shape [12, 16] where the configuration makes it [16, 16]")
    }

    @Test(
        "a tokenizer that was edited",
        arguments: [
            ("\"byte\"", "characters"), ("\"bpe\"", "expected one of character, byte"),
        ])
    func tokenizer(type: String, word: String) throws {
        try run.edit("tokenizer.json", "\"character\"", type)
        try expectRefusal("tokenizer.json", word)
    }

    @Test("missing files")
    func missing() throws {
        let manager = FileManager.default
        try manager.removeItem(atPath: run.file("tokenizer.json"))
        try expectRefusal("tokenizer.json")
        let other = try TinyRun()
        try manager.removeItem(atPath: other.file("checkpoints"))
        try expectRefusal("has no checkpoint yet", path: other.path)
    }

    @Test("one flipped bit, and a truncated file, of the only checkpoint")
    func damaged() throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: run.file(model))))
        bytes[bytes.count - 7] ^= 4
        _ = try run.write(model, bytes)
        try expectRefusal("model.safetensors", "SHA-256")
        _ = try run.write(model, Array(bytes.prefix(bytes.count / 2)))
        try expectRefusal("model.safetensors", "bytes where")
    }

    @Test("a damaged checkpoint is passed over with a notice where there is another")
    func fallback() throws {
        let store = try RunDirectory.open(at: run.path).snapshots
        try store.save(
            step: 20,
            model: run.model.namedTensors().map {
                SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor)
            }, optimizer: [], state: ["steps": 20], isBest: true)
        _ = try run.write("checkpoints/step-20/model.safetensors", [1, 2, 3])
        let result = try Executable.run(["inspect", run.path])
        #expect(result.status == 0)
        #expect(result.messages.contains("step-20/model.safetensors"))
        #expect(result.output.contains("10 steps"))
    }
}
