import Attend
import Foundation
import Testing

@Suite("attend export, and commands on what it wrote")
struct ExportCommandTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    /// The run's model as a Hugging Face directory.
    private func exported(_ arguments: [String] = []) throws -> (path: String, json: [String: Any])
    {
        let path = run.file("exported")
        let result = try Executable.run(
            ["export", run.path, "--to", "huggingface", "--out", path, "--json"] + arguments)
        #expect(result.status == 0, "\(result.messages)")
        return (path, try result.json())
    }

    @Test("What is exported gives the same logits")
    func logits() throws {
        let (path, json) = try exported()
        #expect(json["path"] as? String == path)
        #expect(json["tensors"] as? Int == 28)
        #expect((json["bytes"] as? Int ?? 0) > run.model.parameterCount * 4)
        let tokens = ["--tokens", "1,2,3,4,5", "--json"]
        let (ours, theirs) = (
            try Executable.run(["logits", run.path] + tokens),
            try Executable.run(["logits", path] + tokens)
        )
        #expect(ours.status == 0)
        #expect(ours.output == theirs.output)
    }

    @Test("inspect, generate and bench load take a Hugging Face directory")
    func commands() throws {
        let (path, _) = try exported()
        let inspection = try Executable.run(["inspect", path, "--json"]).json()
        #expect(inspection["architecture"] as? String == "gpt")
        #expect(inspection["parameters"] as? Int == run.model.parameterCount)
        let flags = ["--prompt", "abc", "--max-tokens", "12", "--seed", "3", "--json"]
        let (ours, theirs) = (
            try Executable.run(["generate", run.path] + flags).json(),
            try Executable.run(["generate", path] + flags).json()
        )
        #expect(ours["text"] as? String == theirs["text"] as? String)
        let bench = try Executable.run(["bench", "load", path, "--json"]).json()
        #expect(bench["parameters"] as? Int == run.model.parameterCount)
        #expect((bench["seconds"] as? Double ?? 0) > 0)
        let human = try Executable.run(["bench", "load", path])
        #expect(human.output.contains("parameters ready in"))
    }

    @Test(
        "Flags that do not go with the form are refused with status 64",
        arguments: [
            ["gguf", "--shard-size", "1000"], ["npz", "--shard-size", "1000"],
            ["npz", "--precision", "bfloat16"], ["npz", "--precision", "q8_0"],
            ["huggingface", "--precision", "q4_0"],
        ])
    func flagsThatDoNotGo(arguments: [String]) throws {
        let out = run.file("refused")
        let result = try Executable.run(["export", run.path, "--out", out, "--to"] + arguments)
        #expect(result.status == 64)
        #expect(result.messages.contains(arguments[1]), "\(result.messages)")
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    @Test(
        "A directory that is not there is named, and nothing unfinished",
        arguments: ["gguf", "npz"])
    func noDirectory(form: String) throws {
        let out = run.file("nowhere") + "/model"
        let result = try Executable.run(["export", run.path, "--out", out, "--to", form])
        #expect(result.status == 65)
        #expect(result.messages.contains("since there is no directory"), "\(result.messages)")
        #expect(!result.messages.contains("partial"), "\(result.messages)")
    }

    @Test("Shards and precision as flags")
    func flags() throws {
        let (path, _) = try exported(["--shard-size", "6000", "--precision", "bfloat16"])
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(names.contains("model.safetensors.index.json"))
        #expect(names.contains("model-00001-of-00005.safetensors") || names.count > 6)
        #expect(try Executable.run(["inspect", path, "--json"]).status == 0)
    }

    @Test("Flags that are wrong")
    func wrongFlags() throws {
        for (arguments, word) in [
            (["export", run.path, "--to", "pickle", "--out", "x"], "huggingface"),
            (
                ["export", run.path, "--to", "hugingface", "--out", "x"],
                "did you mean huggingface?"
            ),
            (["export", run.path, "--out", "x"], "--to"),
            (["export", run.path, "--to", "huggingface"], "--out"),
            (
                ["export", run.path, "--to", "huggingface", "--out", "x", "--precision", "int3"],
                "float16"
            ),
            (["export", run.path, "--to", "huggingface", "--out", "x", "--shard-size", "0"], "1"),
            (["bench", "load"], "MODEL"), (["bench", "W1", run.path], "does not go with W1"),
        ] {
            try Executable.expectRefusal(arguments, status: 64, mentioning: [word])
        }
    }

    @Test("An export that cannot be is refused with status 65")
    func refused() throws {
        _ = try exported()
        try Executable.expectRefusal(
            ["export", run.path, "--to", "huggingface", "--out", run.file("exported")], status: 65,
            mentioning: ["is not empty"])
    }

    @Test("NaN weights: a warning on standard error, and status 65 with --check-tensors")
    func checkTensors() throws {
        let broken = try TinyRun { model in
            model.stack.blocks[0].attention.output.weight.tensor.withFirstElement(.nan)
        }
        let inspection = try Executable.run(["inspect", broken.path, "--json"])
        #expect(inspection.status == 0)
        #expect(inspection.messages.contains("infinite or not numbers"))
        try Executable.expectRefusal(
            ["inspect", broken.path, "--check-tensors"], status: 65,
            mentioning: ["infinite or not numbers"])
        let sound = try Executable.run(["inspect", run.path, "--check-tensors", "--json"])
        #expect(sound.status == 0)
        #expect(sound.messages.isEmpty)
    }
}

extension Tensor {
    /// Sets the first element.
    fileprivate mutating func withFirstElement(_ value: Float) {
        var elements = elements
        elements[0] = value
        self = Tensor(elements, shape: shape)
    }
}
