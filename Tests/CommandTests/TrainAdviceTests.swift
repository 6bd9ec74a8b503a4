import Foundation
import Testing

/// Flags and files of `attend train` that were once taken without a word.
@Suite("attend train: what it warns of, and what it refuses")
struct TrainAdviceTests {
    private let files: ExampleFiles

    init() throws {
        files = try ExampleFiles()
        try files.write("long.txt", (0..<300).map { "line \($0 * 37 % 101) " }.joined())
    }

    private func flags(_ data: String = "long.txt") -> [String] {
        [
            "train", "--data", files.path(data), "--layers", "1", "--heads", "2", "--width", "8",
            "--context", "8", "--threads", "1", "--out", files.path("run"), "--steps", "4",
            "--evaluation-interval", "4",
        ]
    }

    private func expectNoRun() {
        #expect(!FileManager.default.fileExists(atPath: files.path("run")))
    }

    @Test("More parts than rows are refused, from a flag and from a file")
    func accumulation() throws {
        let words = ["--accumulation 100", "a batch of 4 rows", "at most 4", "--batch"]
        try Executable.expectRefusal(
            flags() + ["--batch", "4", "--accumulation", "100"], status: 64, mentioning: words)
        try files.write(
            "mine.yaml",
            "training: {accumulation: 100, batch: 4}\ndata: \(files.path("long.txt"))\n")
        try Executable.expectRefusal(
            ["train", "--config", files.path("mine.yaml"), "--out", files.path("run")],
            status: 64, mentioning: words)
        expectNoRun()
        let run = try Executable.run(flags() + ["--batch", "4", "--accumulation", "4"])
        #expect(run.status == 0 && !run.messages.contains("--accumulation"), "\(run.messages)")
    }

    @Test("A batch of pairs that may have fewer rows than parts is told of")
    func accumulationOfPairs() throws {
        let run = try Executable.run(
            flags("pairs.tsv") + [
                "--batch-tokens", "64", "--accumulation", "20", "--tokenizer", "character",
            ])
        #expect(run.status == 0, "\(run.messages)")
        #expect(run.messages.contains("as few as 8 rows"), "\(run.messages)")
    }

    @Test("A warm-up as long as the run is told of")
    func warmup() throws {
        let run = try Executable.run(flags() + ["--batch", "2", "--warmup", "500"])
        #expect(run.status == 0, "\(run.messages)")
        #expect(run.messages.contains("rises over 500 steps (--warmup), and the run has 4"))
    }

    @Test("A learning rate of 0 is refused, from a flag and from a file")
    func learningRate() throws {
        try Executable.expectRefusal(
            flags() + ["--learning-rate", "0"], status: 64,
            mentioning: ["--learning-rate", "greater than 0, up to 100"])
        try files.write("still.yaml", "training: {learningRate: 0}\n")
        try Executable.expectRefusal(
            ["train", "--config", files.path("still.yaml"), "--out", files.path("run")],
            status: 65, mentioning: ["still.yaml", "learningRate", "greater than 0, up to 100"])
        expectNoRun()
    }

    @Test("Documents in JSON are not learnt as the text that they are written in")
    func documents() throws {
        try files.write(
            "web.jsonl", (0..<60).map { "{\"text\": \"document \($0 * 37 % 101)\"}\n" }.joined())
        let words = ["web.jsonl", "documents in JSON", "attend prepare --data "]
        try Executable.expectRefusal(flags("web.jsonl"), status: 65, mentioning: words)
        try Executable.expectRefusal(
            flags() + ["--mix", files.path("web.jsonl") + "=0.5"], status: 65, mentioning: words)
        try Executable.expectRefusal(
            ["ladder", "--data", files.path("web.jsonl"), "--out", files.path("x.svg")],
            status: 65, mentioning: words)
        try Executable.expectRefusal(
            [
                "plan", "--minutes", "1", "--data", files.path("web.jsonl"), "--out",
                files.path("p"),
            ],
            status: 65, mentioning: words)
        try Executable.expectRefusal(
            ["train", "--model", "encoder", "--data", files.path("web.jsonl")], status: 65,
            mentioning: ["web.jsonl", "documents in JSON"])
        expectNoRun()
        // What the sentence says works, and a bad line is named there.
        let out = files.path("prepared")
        let prepared = try Executable.run([
            "prepare", "--data", files.path("web.jsonl"), "--out", out,
        ])
        #expect(prepared.status == 0, "\(prepared.messages)")
        var arguments = flags()
        arguments[2] = out
        let run = try Executable.run(arguments + ["--batch", "2"])
        #expect(run.status == 0, "\(run.messages)")
        try files.write("bad.jsonl", "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n")
        try Executable.expectRefusal(
            ["prepare", "--data", files.path("bad.jsonl"), "--out", files.path("other")],
            status: 65, mentioning: ["bad.jsonl", "line 2", "\"text\""])
    }

    @Test("What is measured on text, or learns from it, refuses what is none by name")
    func notText() throws {
        for arguments in [
            ["ladder", "--data", "modular-addition", "--out", files.path("x.svg")],
            ["ladder", "--data", "modular-addition-59", "--out", files.path("x.svg")],
            ["plan", "--minutes", "1", "--data", "modular-addition-59", "--out", files.path("p")],
        ] {
            try Executable.expectRefusal(
                arguments, status: 64,
                mentioning: ["--data modular-addition", "is not text", "tales"])
        }
        let run = files.path("run")
        #expect(try Executable.run(flags() + ["--batch", "2"]).status == 0)
        let out = files.path("prepared")
        #expect(
            try Executable.run(["prepare", "--data", files.path("long.txt"), "--out", out]).status
                == 0)
        try files.write("web.jsonl", "{\"text\": \"a text\"}\n")
        for measure in [["evaluate", run], ["quantise", run, "--to", "int8"]] {
            try Executable.expectRefusal(
                measure + ["--data", out], status: 65,
                mentioning: ["prepared", "attend prepare", "give a text file", "report.html"])
            try Executable.expectRefusal(
                measure + ["--data", files.path("web.jsonl")], status: 65,
                mentioning: ["web.jsonl", "documents in JSON", "\"text\""])
        }
    }
}
