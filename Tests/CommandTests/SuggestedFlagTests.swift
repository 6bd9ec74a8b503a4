import Foundation
import Testing

@Suite("What a model's files suggest")
struct SuggestedFlagTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    @Test("what a model's files suggest is followed and told, unless a flag says otherwise")
    func suggestions() throws {
        let path = run.file("exported")
        _ = try Executable.run(["export", run.path, "--to", "huggingface", "--out", path])
        func suggest(_ fields: String) throws {
            try Data(fields.utf8).write(
                to: URL(fileURLWithPath: path + "/generation_config.json"))
        }
        func generate(_ flags: String...) throws -> Executable.Result {
            try Executable.run(
                ["generate", path, "--prompt", "ab", "--max-tokens", "30", "--seed", "4"] + flags)
        }
        let usual = try generate()
        #expect(!usual.messages.contains("suggest"))
        try suggest(
            #"{"do_sample":true,"temperature":1.5,"top_k":3,"top_p":1.0,"repetition_penalty":1.2}"#)
        let suggested = try generate()
        #expect(
            suggested.messages.contains(
                "As the model's files suggest: --repetition-penalty 1.2 --temperature 1.5 --top-k 3."
            ))
        let asked = try generate(
            "--temperature", "1.5", "--top-k", "3", "--repetition-penalty", "1.2")
        #expect(!asked.messages.contains("suggest"))
        #expect(asked.output == suggested.output && asked.output != usual.output)
        let beams = try Executable.run(
            ["generate", path, "--prompt", "ab", "--max-tokens", "9", "--beams", "2"])
        #expect(beams.messages.contains("suggest: --repetition-penalty 1.2.\n"))
        try suggest(#"{"temperature":1000}"#)
        try Executable.expectRefusal(
            ["generate", path], status: 65,
            mentioning: [
                path, "generation_config.json suggests --temperature 1000", "0 to 100",
            ])
        #expect(try generate("--temperature", "0").status == 0)
        try suggest(#"{"do_sample":false,"top_p":0.5}"#)
        let greedy = try generate()
        #expect(greedy.messages.contains("As the model's files suggest: --temperature 0.0.\n"))
        #expect(greedy.output == (try generate("--temperature", "0")).output)
        let same = try Executable.run(["generate", path, "--best-of", "3"])
        #expect(same.status == 64 && same.output.isEmpty)
        #expect(
            same.messages.contains(
                "--best-of 3 chooses among different texts, and with --temperature 0, which the model's files suggest,"
            ))
    }
}
