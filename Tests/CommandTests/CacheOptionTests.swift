import Attend
import Testing

@Suite("Keys and values in fewer bits, and contrastive search")
struct CacheOptionTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func loss(_ flags: String...) throws -> Double {
        let text = try run.write(
            "text.txt", Array(repeating: Array("abca ".utf8), count: 40).flatMap(\.self))
        let json = try Executable.run(["evaluate", run.path, "--data", text, "--json"] + flags)
            .json()
        return try #require(json["loss"] as? Double)
    }

    @Test("evaluate measures what they cost, which is little and not nothing")
    func evaluation() throws {
        let exact = try loss()
        #expect(try loss("--cache-precision", "float32") == exact)
        for name in ["bfloat16", "int8"] {
            let found = try loss("--cache-precision", name)
            #expect(found != exact && abs(found / exact - 1) < 0.02, "\(name)")
        }
    }

    @Test("generate writes with each, alone, among others and with a draft")
    func generation() throws {
        let lines = try run.write("prompts.txt", Array("ab\nca\n".utf8))
        for name in ["float32", "bfloat16", "int8"] {
            let flags = ["--cache-precision", name, "--max-tokens", "12", "--temperature", "0"]
            let alone = try Executable.run(["generate", run.path, "--prompt", "ab"] + flags)
            #expect(!alone.output.isEmpty)
            let drafted = try Executable.run(
                ["generate", run.path, "--prompt", "ab", "--draft", run.path] + flags)
            #expect(drafted.output == alone.output, "\(name)")
            let many = try Executable.run(["generate", run.path, "--prompts", lines] + flags)
            #expect(many.output.contains(alone.output), "\(name)")
        }
    }

    @Test("contrastive search writes the same text each time, and another one than greedily")
    func contrastive() throws {
        let generate = ["generate", run.path, "--prompt", "ab", "--max-tokens", "12", "--json"]
        let flags = ["--contrastive-penalty", "0.9", "--contrastive-candidates", "6"]
        let (first, second) = (
            try Executable.run(generate + flags).json(), try Executable.run(generate + flags).json()
        )
        let text = try #require(first["text"] as? String)
        #expect(second["text"] as? String == text)
        #expect(first["seed"] == nil)
        let greedy = try Executable.run(generate + ["--temperature", "0"]).json()
        #expect(greedy["text"] as? String != text)
        let plain = try Executable.run(generate + ["--contrastive-penalty", "0"]).json()
        #expect(plain["text"] as? String == greedy["text"] as? String)
    }

    @Test("flags that do not go together are refused")
    func refusals() throws {
        let generate = ["generate", run.path, "--contrastive-penalty", "0.6"]
        for other in [
            ["--top-k", "3"], ["--seed", "1"], ["--look-up"], ["--when-full", "sinks"],
        ] {
            try Executable.expectRefusal(
                generate + other, status: 64, mentioning: [other[0], "--contrastive-penalty"])
        }
        try Executable.expectRefusal(
            generate + ["--beams", "2"], status: 64,
            mentioning: ["--beams and --contrastive-penalty"])
        try Executable.expectRefusal(
            ["generate", run.path, "--contrastive-penalty", "1.5"], status: 64,
            mentioning: ["--contrastive-penalty"])
        try Executable.expectRefusal(
            ["generate", run.path, "--contrastive-candidates", "4"], status: 64,
            mentioning: ["--contrastive-penalty"])
        try Executable.expectRefusal(
            ["generate", run.path, "--cache-precision", "int4"], status: 64,
            mentioning: ["--cache-precision", "int8"])
        try Executable.expectRefusal(
            ["bench", "W1", "--cache-precision", "int8"], status: 64,
            mentioning: ["--cache-precision", "W5"])
    }
}
