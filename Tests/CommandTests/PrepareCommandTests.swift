import Foundation
import Testing

@Suite("attend prepare")
struct PrepareCommandTests {
    private let files: ExampleFiles

    init() throws { files = try ExampleFiles() }

    private static let tiny = [
        "--steps", "4", "--evaluation-interval", "2", "--layers", "1", "--heads", "2", "--width",
        "16", "--context", "16", "--threads", "1",
    ]

    @Test("A text is prepared, verified and learnt from, with JSON and with words")
    func journey() throws {
        let out = files.path("prepared")
        let result = try Executable.run([
            "prepare", "--data", files.path("text.txt"), "--separator", #"\n"#, "--deduplicate",
            "--out", out,
        ])
        #expect(result.status == 0)
        #expect(result.messages.hasSuffix("Next: attend train --data \(out)\n"))
        #expect(result.output.contains("duplicates  0, left out"))
        let verified = try Executable.run(["prepare", "--verify", out, "--json"])
        #expect(verified.status == 0 && verified.messages.isEmpty)
        let report = try verified.json()
        #expect(report["documents"] as? Int == 80)
        for packing in ["windows", "documents"] {
            let run = try Executable.run(
                [
                    "train", "--data", out, "--packing", packing, "--out",
                    files.path("run-\(packing)"), "--json",
                ] + Self.tiny)
            #expect(run.status == 0)
            #expect(run.output.contains(#""event":"done""#))
        }
    }

    @Test("Flags that do not go together, and files that are none, are refused in a sentence")
    func refusals() throws {
        let (text, out) = (files.path("text.txt"), files.path("prepared"))
        let cases: [([String], Int32, String)] = [
            (["--data", text], 64, "--out"),
            (["--data", text, "--out", out, "--vocabulary", "300"], 64, "--tokenizer bpe"),
            (["--data", text, "--out", out, "--separator", ""], 64, "--separator is empty"),
            (["--data", text, "--verify", out], 64, "--verify stands alone"),
            (["--data", files.path("none.txt"), "--out", out], 65, "none.txt"),
            (["--data", text, "--out", files.folder], 65, "is not empty"),
            (["--verify", files.folder], 65, "manifest.json"),
            (["--data", text, "--out", out, "--held-out", "2"], 64, "--held-out"),
        ]
        for (arguments, status, part) in cases {
            try Executable.expectRefusal(
                ["prepare"] + arguments, status: status, mentioning: [part])
        }
        #expect(!FileManager.default.fileExists(atPath: out))
        _ = try Executable.run(["prepare", "--data", text, "--out", out])
        try Executable.expectRefusal(
            ["train", "--data", out, "--tokenizer", "byte"], status: 64,
            mentioning: ["tokenizer of its own"])
        try Executable.expectRefusal(
            ["train", "--data", out, "--packing", "documents", "--out", files.path("r")]
                + Self.tiny, status: 65, mentioning: ["without documents"])
    }

    @Test(
        "Texts are mixed, rows grow and pairs get harder by flags, and what does not fit is refused"
    )
    func curricula() throws {
        try files.write("other.txt", String(repeating: "another line 7\n", count: 60))
        let mixed = try Executable.run(
            [
                "train", "--data", files.path("text.txt"), "--mix",
                files.path("other.txt") + "=0.2:0.6", "--context-schedule", "4:2,8:3", "--out",
                files.path("mixed"), "--json",
            ] + Self.tiny)
        #expect(mixed.status == 0)
        #expect(mixed.output.contains(#""validationLosses":{"other.txt":"#))
        let easy = try Executable.run(
            [
                "train", "--data", files.path("pairs.tsv"), "--curriculum", "easy-to-hard",
                "--batch-tokens", "128", "--out", files.path("easy"), "--json",
            ] + Self.tiny)
        #expect(easy.status == 0)
        let text = ["train", "--data", files.path("text.txt")]
        let cases: [([String], String)] = [
            (text + ["--curriculum", "easy-to-hard"], "--curriculum"),
            (text + ["--context-schedule", "4"], "64:500,128:1000"),
            (text + ["--context-schedule", "99999:5"], "99999 tokens"),
            (text + ["--context-schedule", "4:5,8:5"], "untilStep 5 after 5"),
            (text + ["--mix", "other.txt"], "FILE=SHARE"),
            (text + ["--mix", "a=0.6", "--mix", "b=0.6"], "more than 1"),
            (["train", "--data", files.path("pairs.tsv"), "--mix", "a=0.5"], "--mix"),
        ]
        for (arguments, part) in cases {
            try Executable.expectRefusal(arguments, status: 64, mentioning: [part])
        }
    }

    @Test("A YAML file says what differs from a preset, and flags come before it")
    func yaml() throws {
        try files.write(
            "mine.yaml",
            """
            data: \(files.path("text.txt"))   # a comment
            training: {steps: 3, batch: 2}
            model: {layerCount: 1, width: 16, headCount: 2, contextLength: 16}
            """)
        let run = try Executable.run([
            "train", "--config", files.path("mine.yaml"), "--steps", "2", "--out",
            files.path("run"), "--json", "--threads", "1",
        ])
        #expect(run.status == 0, "\(run.messages)")
        let saved = try String(contentsOfFile: files.path("run/config.json"), encoding: .utf8)
        #expect(saved.contains(#""steps" : 2"#) && saved.contains(#""batch" : 2"#))
        try files.write("bad.yaml", "seed: 1\ntrainin: {}\n")
        try Executable.expectRefusal(
            ["train", "--config", files.path("bad.yaml")], status: 65,
            mentioning: ["bad.yaml", "line 2", "did you mean training?"])
        let copied = try Executable.run(["presets", "copy", "default", files.path("d.yaml")])
        #expect(copied.status == 0)
        #expect(try String(contentsOfFile: files.path("d.yaml"), encoding: .utf8).hasPrefix("# "))
    }
}
