import Attend
import Foundation
import Testing

/// Training on examples, and what the other commands make of such runs.
@Suite("Runs on examples")
struct ExampleCommandTests {
    private let files: ExampleFiles

    init() throws { files = try ExampleFiles() }

    @Test("train --data copy: its events say how many answers are right")
    func copy() throws {
        let out = files.path("copy")
        let result = try Executable.run(
            ["train", "--data", "copy", "--out", out, "--steps", "4", "--json"]
                + ["--evaluation-interval", "2"] + ExampleFiles.tiny)
        #expect(result.status == 0, "\(result.messages)")
        let lines = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let kinds = lines.compactMap { $0["event"] as? String }
        #expect(kinds.first == "start" && kinds.last == "done")
        #expect(kinds.count { $0 == "step" } == 4)
        let evaluations = lines.filter { $0["event"] as? String == "evaluation" }
        #expect(evaluations.count == 3)
        for evaluation in evaluations {
            let accuracy = try #require(evaluation["accuracy"] as? Double)
            #expect((0...1).contains(accuracy))
        }
        let sample = try #require(lines.first { $0["event"] as? String == "sample" })
        #expect((sample["text"] as? String)?.split(separator: "\n").count == 4)

        let configuration = try String(contentsOfFile: out + "/config.json", encoding: .utf8)
        #expect(configuration.contains("\"architecture\" : \"encoder-decoder\""))
        #expect(configuration.contains("\"kind\" : \"pairs\""))
        for command in [
            ["evaluate", out, "--data", "copy"], ["inspect", out], ["inspect", out, "--trace"],
            ["logits", out, "--tokens", "1,5", "--source-tokens", "5,6,2"],
        ] {
            let used = try Executable.run(command + ["--json", "--threads", "1"])
            #expect(used.status == 0, "\(command): \(used.messages)")
            let json = try used.json()
            switch command[0] {
            case "evaluate":
                #expect(json["loss"] is Double && json["tokens"] is Int)
                #expect(json["perplexity"] is Double && json["bitsPerByte"] is Double)
                #expect((json["accuracies"] as? [String: Double])?.keys.sorted() == ["answers"])
            case "logits":
                #expect(json["shape"] as? [Int] == [2, 40])
                #expect((json["logits"] as? [[Double]])?.map(\.count) == [40, 40])
            default: #expect(json["architecture"] as? String == "encoder-decoder")
            }
        }
        let told = try Executable.run(["evaluate", out, "--data", "copy", "--threads", "1"])
        #expect(told.output.contains("answers        ") && told.output.contains("of 1,000 right"))
        #expect(told.lines.last?.hasPrefix("Next: attend translate ") == true)
    }

    @Test("logits: an encoder-decoder wants a source, the others want none")
    func sources() throws {
        let pairs = try files.train("pairs", ["--data", files.path("pairs.tsv")])
        try Executable.expectRefusal(
            ["logits", pairs, "--tokens", "1"], status: 64, mentioning: ["--source-tokens"])
        try Executable.expectRefusal(
            ["logits", pairs, "--tokens", "1", "--source-tokens", "999"], status: 64,
            mentioning: ["--source-tokens holds 999"])
        try Executable.expectRefusal(
            ["generate", pairs], status: 65,
            mentioning: ["family encoder-decoder", "attend translate"])
        let gpt = try TinyRun()
        try Executable.expectRefusal(
            ["logits", gpt.path, "--tokens", "1", "--source-tokens", "1"], status: 64,
            mentioning: ["--source-tokens", "family gpt"])
    }

    @Test("An encoder restores masked tokens, and a classifier can begin with it")
    func encoder() throws {
        let encoder = try files.train(
            "encoder", ["--model", "encoder", "--data", files.path("text.txt")])
        let json = try Executable.run(
            ["evaluate", encoder, "--data", files.path("text.txt"), "--json", "--threads", "1"]
        ).json()
        let accuracies = try #require(json["accuracies"] as? [String: Double])
        #expect(accuracies["masked tokens"] != nil)
        #expect((json["tokens"] as? Int ?? 0) > 0 && json["bitsPerByte"] is NSNull)
        let logits = try Executable.run(["logits", encoder, "--tokens", "1,5,2"])
        #expect(logits.output.hasPrefix("at 1: "))
        try Executable.expectRefusal(
            ["generate", encoder], status: 65, mentioning: ["family encoder,"])

        // The labels' characters must be among those that the encoder knows.
        try files.write(
            "lines.tsv", (0..<80).map { "\($0 % 2 == 0 ? "even" : "odd")\tline \($0)\n" }.joined())
        let run = files.path("classifier")
        let trained = try Executable.run([
            "train", "--encoder", encoder, "--data", files.path("lines.tsv"), "--out", run,
            "--steps", "2", "--batch-tokens", "128", "--threads", "1",
        ])
        #expect(trained.status == 0, "\(trained.messages)")
        let configuration = try String(contentsOfFile: run + "/config.json", encoding: .utf8)
        #expect(configuration.contains("\"startedFrom\""))
        #expect(configuration.contains("\"architecture\" : \"classifier\""))
        try Executable.expectRefusal(
            ["train", "--encoder", encoder, "--data", "copy"], status: 64,
            mentioning: ["--encoder", "encoder-decoder", "--model classifier"])
        try Executable.expectRefusal(
            ["train", "--encoder", encoder, "--data", "grammars", "--width", "8"], status: 64,
            mentioning: ["--encoder", "--width"])
    }

    @Test("A classifier is evaluated by the names of its labels")
    func classifier() throws {
        let run = try files.train(
            "classifier", ["--model", "classifier", "--data", files.path("labels.tsv")])
        for flags in [["--json"], []] {
            let result = try Executable.run(
                ["evaluate", run, "--data", files.path("labels.tsv"), "--threads", "1"] + flags)
            #expect(result.status == 0, "\(result.messages)")
            if flags.isEmpty {
                #expect(result.output.contains("nats per text"))
            } else {
                #expect((try result.json()["accuracies"] as? [String: Double])?["texts"] != nil)
            }
        }
        // The same labels under other names are no labels of this model.
        try files.write(
            "foreign.tsv",
            (0..<20).map { "\($0 % 2 == 0 ? "third" : "fifth")\tnumber \($0)\n" }.joined())
        try Executable.expectRefusal(
            ["evaluate", run, "--data", files.path("foreign.tsv")], status: 65,
            mentioning: ["foreign.tsv", "\"fifth\"", "\"third\""])
        let logits = try Executable.run(["logits", run, "--tokens", "1", "--json"])
        #expect(try logits.json()["shape"] as? [Int] == [1, 2])
        try Executable.expectRefusal(
            ["translate", run], status: 65, mentioning: ["family classifier", "does not translate"])
    }

    @Test("Pairs that cannot be used are refused by file and line, and leave nothing behind")
    func badPairs() throws {
        let few = (0..<30).map { "line \($0)\n" }.joined()
        try files.write("uneven/train.de", few + "more\n")
        try files.write("uneven/train.en", few)
        try files.write("empty/train.de", few)
        try files.write("empty/train.en", few.replacing("line 7\n", with: "\n"))
        try files.write("long/train.de", few)
        try files.write("long/train.en", few)
        try files.write("no-tab.tsv", "a\tb\nc d\n")
        try files.write("two-tabs.tsv", "a\tb\nc\td\te\n")
        try files.write("one.tsv", "a\tb\n")
        let out = files.path("refused")
        for (flags, words) in [
            (["--data", "uneven"], ["train.de", "31 lines", "train.en", "30"]),
            (["--data", "empty"], ["Line 8", "train.en", "is empty"]),
            (["--data", "long", "--context", "4"], ["long", "29 examples", "more than 4 tokens"]),
            (["--data", "long", "--source", "xx"], ["long", "no other file train.xx", "de, en"]),
            (["--data", "long", "--source", "en", "--target", "en"], ["train.en", "different"]),
            (["--data", "no-tab.tsv"], ["Line 2", "no-tab.tsv", "no tab"]),
            (["--data", "two-tabs.tsv"], ["Line 2", "two-tabs.tsv", "2 tabs"]),
            (["--data", "one.tsv"], ["one.tsv", "1 different example"]),
        ] {
            var flags = flags
            flags[1] = files.path(flags[1])
            try Executable.expectRefusal(
                ["train", "--tokenizer", "character", "--out", out] + flags, status: 65,
                mentioning: words)
            #expect(!FileManager.default.fileExists(atPath: out))
        }
    }

    static let withoutEffect: [([String], [String])] = [
        (["--data", "copy", "--batch", "3"], ["--batch", "--batch-tokens"]),
        (["--model", "encoder", "--batch", "3"], ["--batch", "--batch-tokens"]),
        (["--data", "tales", "--batch-tokens", "3"], ["--batch-tokens", "--batch"]),
        (["--data", "tales", "--label-smoothing", "0.1"], ["--label-smoothing", "pairs"]),
        (["--model", "encoder", "--label-smoothing", "0.1"], ["--label-smoothing", "pairs"]),
        (["--data", "grammars", "--source", "de"], ["--source", "pairs"]),
        (["--data", "tales", "--target", "de"], ["--target", "pairs"]),
        (["--data", "copy", "--vocabulary", "300"], ["--vocabulary", "--tokenizer bpe"]),
        (["--data", "copy", "--tokenizer", "byte"], ["--tokenizer byte", "special tokens"]),
        (["--data", "copy", "--model", "gpt"], ["--data copy", "family gpt"]),
        (["--data", "tales", "--model", "encoder-decoder"], ["--data tales", "pairs"]),
        (["--data", "copy", "--encoder", "x"], ["--encoder"]),
        (["--model", "gpt-oss", "--dropout", "0.1"], ["--dropout", "gpt-oss"]),
        (["--model", "bigram", "--width", "8"], ["--width", "bigram"]),
        (["--model", "single-head", "--heads", "2"], ["--heads", "single-head"]),
        (["--model", "block", "--layers", "2"], ["--layers", "block"]),
        (["--preset", "copy", "--model", "gpt"], ["--model gpt", "--preset copy"]),
        (["--data", "copy", "--heads", "3"], ["--heads 3 does not divide --width 128"]),
        (["--preset", "translation"], ["translation", "train.SRC"]),
    ]

    @Test("Flags that would have no effect are refused with status 64", arguments: withoutEffect)
    func flags(flags: [String], words: [String]) throws {
        try Executable.expectRefusal(
            ["train", "--out", files.path("refused")] + flags, status: 64, mentioning: words)
        #expect(!FileManager.default.fileExists(atPath: files.path("refused")))
    }

    @Test("A model with more tokens than there are bytes can be used after its training")
    func fixedVocabulary() throws {
        let run = files.path("stories")
        let trained = try Executable.run([
            "train", "--preset", "stories260k", "--data", files.path("text.txt"), "--context", "8",
            "--layers", "1", "--batch", "2", "--steps", "1", "--out", run, "--threads", "1",
        ])
        #expect(trained.status == 0, "\(trained.messages)")
        let used = try Executable.run(["generate", run, "--max-tokens", "5", "--threads", "1"])
        #expect(used.status == 0, "\(used.messages)")
    }

    @Test("Every preset is named by --help, and every preset that the README names exists")
    func names() throws {
        let help = try Executable.run(["train", "--help"]).output
        let words = Set(help.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init))
        for name in Preset.names { #expect(words.contains(name), "\(name)") }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let readme = try String(
            contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let named = readme.split(separator: "--preset ").dropFirst().map { part in
            String(part.prefix { $0.isLetter || $0.isNumber || $0 == "-" })
        }
        #expect(named.count > 1)
        for name in named { #expect(Preset.named(name) != nil, "--preset \(name)") }
    }
}
