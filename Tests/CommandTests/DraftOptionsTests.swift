import Attend
import Testing

@Suite("attend generate with proposals, and when the context is full")
struct DraftOptionsTests {
    private let run: TinyRun
    private let draft: TinyRun

    init() throws {
        run = try TinyRun()
        draft = try TinyRun { model in
            model.forEachParameter { _, parameter in
                let tensor = parameter.tensor
                parameter.tensor = Tensor(tensor.elements.map { $0 * 3 }, shape: tensor.shape)
            }
        }
    }

    private func generate(_ arguments: String...) throws -> Executable.Result {
        try Executable.run(["generate", run.path, "--threads", "1", "--seed", "2"] + arguments)
    }

    @Test("the text is the same, and how many proposals were kept is told")
    func greedy() throws {
        let arguments = ["--temperature", "0", "--max-tokens", "40"]
        let plain = try Executable.run(["generate", run.path] + arguments)
        #expect(!plain.messages.contains("proposed"))
        for flags in [["--draft", draft.path], ["--draft", run.path], ["--look-up"]] {
            for count in [[], ["--draft-tokens", "7"]] {
                let fast = try Executable.run(["generate", run.path] + arguments + flags + count)
                #expect(fast.output == plain.output)
                #expect(
                    fast.messages.contains("\(flags.count == 1 ? "look-up" : "draft") proposed "))
                #expect(fast.messages.contains("%) were kept."))
            }
        }
    }

    @Test("a model's own file of another kind proposes to it")
    func otherKinds() throws {
        for (kind, name) in [("gguf", "own.gguf"), ("huggingface", "own")] {
            let exported = try Executable.run([
                "export", run.path, "--to", kind, "--out", run.file(name),
            ])
            #expect(exported.status == 0, "\(exported.messages)")
            let json = try generate(
                "--json", "--max-tokens", "20", "--temperature", "0", "--draft", run.file(name)
            ).json()
            let (proposed, kept) = (json["proposedTokens"] as? Int, json["keptTokens"] as? Int)
            #expect(kept == proposed && kept != nil)
        }
    }

    @Test("JSON has the numbers of proposals, only where there are some")
    func json() throws {
        let plain = try generate("--json", "--max-tokens", "30").json()
        #expect(plain["proposedTokens"] == nil && plain["keptTokens"] == nil)
        let fast = try generate("--json", "--max-tokens", "30", "--draft", run.path).json()
        let (proposed, kept) = (fast["proposedTokens"] as? Int, fast["keptTokens"] as? Int)
        #expect(try #require(proposed) > 15)
        #expect(kept == proposed, "a model never disagrees with itself")
        let best = try generate(
            "--json", "--max-tokens", "30", "--draft", draft.path, "--best-of", "3"
        ).json()
        #expect(best["proposedTokens"] is Int)
    }

    @Test("flags that do not go together, and drafts that do not fit, are refused")
    func refusals() throws {
        let generate = ["generate", run.path]
        try Executable.expectRefusal(
            generate + ["--draft", draft.path, "--look-up"], status: 64,
            mentioning: ["--draft and --look-up"])
        try Executable.expectRefusal(
            generate + ["--draft-tokens", "3"], status: 64, mentioning: ["--draft MODEL"])
        for count in ["0", "65", "-1", "x"] {
            try Executable.expectRefusal(
                generate + ["--look-up", "--draft-tokens", count], status: 64,
                mentioning: ["--draft-tokens", "1 to 64"])
        }
        try Executable.expectRefusal(
            generate + ["--draft", run.file("nowhere")], status: 65, mentioning: ["nowhere"])
        try draft.edit("tokenizer.json", "\"g\"", "\"G\"")
        try Executable.expectRefusal(
            generate + ["--draft", draft.path], status: 65,
            mentioning: ["The draft's token", "“G”", "“g”"])
    }

    @Test("when the context is full: slide, keep the first tokens, or end")
    func whenFull() throws {
        let slide = try generate("--max-tokens", "40", "--prompt", "abc")
        #expect(
            try generate(
                "--max-tokens", "40", "--prompt", "abc", "--when-full", "slide"
            ).output == slide.output)
        let sinks = try generate(
            "--max-tokens", "40", "--prompt", "abc", "--when-full", "sinks")
        #expect(sinks.status == 0)
        #expect(sinks.output.prefix(14) == slide.output.prefix(14))
        let ended = try generate(
            "--max-tokens", "40", "--prompt", "abc", "--when-full", "refuse")
        #expect(ended.output == slide.output.prefix(14) + "\n")
        #expect(ended.messages.contains("the model's context is full"))
        #expect(!slide.messages.contains("context is full"))
        try Executable.expectRefusal(
            ["generate", run.path, "--prompt", "abcdabcdabcdabcda", "--when-full", "refuse"],
            status: 65, mentioning: ["17 tokens", "holds 16"])
        try Executable.expectRefusal(
            ["generate", run.path, "--when-full", "never"], status: 64,
            mentioning: ["--when-full", "slide, sinks or refuse"])
    }
}
