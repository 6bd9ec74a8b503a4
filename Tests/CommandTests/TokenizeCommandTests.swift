import Attend
import Foundation
import Testing

@Suite("attend tokenize, detokenize and tokenizer train")
struct TokenizeCommandTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    @Test("tokenize: ids, tokens, count and places; and back")
    func tokenize() throws {
        let ids = try CharacterTokenizer(text: TinyRun.characters).encode("abc 🦊").map(Int.init)
        let result = try Executable.run([
            "tokenize", run.path, "--text", "abc 🦊", "--offsets", "--json",
        ])
        #expect(result.status == 0 && result.messages.isEmpty)
        let json = try result.json()
        #expect(json["ids"] as? [Int] == ids)
        #expect(json["tokens"] as? [String] == ["a", "b", "c", " ", "🦊"])
        #expect(json["count"] as? Int == 5)
        #expect(json["offsets"] as? [[Int]] == [[0, 1], [1, 2], [2, 3], [3, 4], [4, 8]])
        let list = ids.map { "\($0)" }.joined(separator: ",")
        let back = try Executable.run(["detokenize", run.path, "--ids", list, "--json"])
        #expect(try back.json()["text"] as? String == "abc 🦊")
        let plain = try Executable.run(["tokenize", run.path, "--text", "ab"])
        #expect(plain.output == "[a \(ids[0])] [b \(ids[1])]\n")
        #expect(plain.lines.last?.hasPrefix("Next: attend detokenize ") == true)
    }

    @Test("tokenize: lines of a file, bytes that are not UTF-8 replaced, and standard input")
    func lines() throws {
        let folder = try run.write("text.txt", [0x61, 0xFF, 0x62, 0x0A, 0x0A, 0xE2, 0x82, 0, 0x0A])
        let out = run.path + "-bytes"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let data = try run.write("learn.txt", Array("aaaa bbbb aaaa bbbb".utf8))
        let trained = try Executable.run([
            "tokenizer", "train", "--data", data, "--vocabulary", "262", "--out", out, "--json",
        ])
        #expect(trained.status == 0)
        #expect(try trained.json()["vocabulary"] as? Int == 262)
        let result = try Executable.run(["tokenize", out, "--file", folder, "--lines", "--json"])
        let rows = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(rows.map { $0["count"] as? Int } == [5, 0, 4])
        let input = try Executable.run(
            ["tokenize", out, "--json"], input: Array("<s>aa".utf8))
        let tokens = try input.json()["tokens"] as? [String]
        #expect(tokens == ["<", "s", ">", "aa"])
        let parsed = try Executable.run([
            "tokenize", out, "--text", "<s>aa", "--parse-special", "--json",
        ])
        #expect(try parsed.json()["tokens"] as? [String] == ["<s>", "aa"])
        let kept = try Executable.run(["detokenize", out, "--ids", "1,2", "--keep-special"])
        #expect(kept.output == "<s></s>\n")
    }

    @Test("tokenizer train: what is there stays, and is told of before the work")
    func keepsWhatIsThere() throws {
        let data = try run.write("learn.txt", Array("aaaa bbbb aaaa bbbb".utf8))
        let own = run.path + "/tokenizer.json"
        let before = try Data(contentsOf: URL(fileURLWithPath: own))
        for out in [run.path, own] {
            let result = try Executable.run(["tokenizer", "train", "--data", data, "--out", out])
            #expect(result.status == 65)
            #expect(
                result.messages.contains("tokenizer.json: exists already"), "\(result.messages)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: own)) == before)
        let other = try Executable.run(["tokenizer", "train", "--data", data, "--out", data])
        #expect(other.messages.contains("is a file whose name does not end in .json"))
    }

    @Test(
        "tokenizer train: settings that no text can satisfy are refused with status 64",
        arguments: [
            ["--vocabulary", "259"], ["--type", "unigram", "--vocabulary", "5"],
            ["--special", "a", "--special", "a"], ["--special", ""],
        ])
    func impossibleSettings(arguments: [String]) throws {
        let data = try run.write("learn.txt", Array("aaaa bbbb aaaa bbbb".utf8))
        let out = run.file("refused.json")
        let result = try Executable.run(
            ["tokenizer", "train", "--data", data, "--out", out] + arguments)
        #expect(result.status == 64, "\(result.messages)")
        let flag = arguments.contains("--special") ? "--special" : "--vocabulary"
        #expect(result.messages.contains("\(flag) "), "\(result.messages)")
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    @Test("tokenize --chat: a template that refuses is bad input, and its file is named")
    func refusingTemplate() throws {
        let chat = try run.write("chat.json", Array(#"[{"role":"user","content":"a"}]"#.utf8))
        let settings = run.path + "/tokenizer_config.json"
        for (template, reason) in [
            ("{{ raise_exception('no such roles') }}", "no such roles"),
            ("{{ messages|slice(2)|list }}", "filter “slice”"), ("{% if %}", "line 1"),
        ] {
            let object = ["chat_template": template]
            try JSONSerialization.data(withJSONObject: object)
                .write(to: URL(fileURLWithPath: settings))
            let result = try Executable.run(["tokenize", run.path, "--chat", chat])
            #expect(result.status == 65, "\(result.messages)")
            #expect(result.messages.contains("tokenizer_config.json: "), "\(result.messages)")
            #expect(result.messages.lowercased().contains(reason), "\(result.messages)")
        }
    }

    @Test(
        "tokenize: Ctrl-C and SIGTERM end the work on one long text with status 130",
        .timeLimit(.minutes(1)), arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) throws {
        let data = try run.write("learn.txt", Array("aaaa bbbb aaaa bbbb".utf8))
        let out = run.file("learned.json")
        _ = try Executable.run([
            "tokenizer", "train", "--data", data, "--vocabulary", "262", "--out", out,
        ])
        // Far more than is encoded in the time that it is given: there are no borders between words.
        let long = try run.write("long.txt", [UInt8](repeating: 0x61, count: 20_000_000))
        let process = try Executable.process(["tokenize", out, "--file", long, "--json"])
        let (output, messages) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        Thread.sleep(forTimeInterval: 1)
        kill(process.processIdentifier, signal)
        #expect(try output.fileHandleForReading.readToEnd()?.isEmpty != false)
        let said = try messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        #expect(String(decoding: said, as: UTF8.self) == "attend: Interrupted.\n")
    }

    @Test("tokenize: a path where nothing is")
    func nothingThere() throws {
        let result = try Executable.run(["tokenize", run.file("nothing"), "--text", "a"])
        #expect(result.status == 65)
        #expect(result.messages.contains("does not exist"), "\(result.messages)")
    }

    @Test(
        "tokenizer train: every type, and its file is read again",
        arguments: ["bpe", "wordpiece", "unigram", "word", "character"])
    func types(type: String) throws {
        let data = try run.write(
            "learn.txt",
            Array(String(repeating: "the cat sat on the mat, the cats sat. ", count: 30).utf8))
        let out = run.path + "-\(type).json"
        defer { try? FileManager.default.removeItem(atPath: out) }
        var arguments = ["tokenizer", "train", "--type", type, "--data", data, "--out", out]
        if type != "character" { arguments += ["--vocabulary", type == "bpe" ? "270" : "40"] }
        let result = try Executable.run(arguments)
        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.contains("tokens from"))
        let encoded = try Executable.run(["tokenize", out, "--text", "the cat", "--json"]).json()
        #expect((encoded["count"] as? Int ?? 0) > 1)
        // What came before is not overwritten by halves: a second time gives the same file.
        let first = try Data(contentsOf: URL(fileURLWithPath: out))
        _ = try Executable.run(arguments)
        #expect(try Data(contentsOf: URL(fileURLWithPath: out)) == first)
    }

    @Test(
        "what does not go together is refused in a sentence",
        arguments: [
            (["tokenize", "RUN", "--text", "a", "--file", "b"], 64, "--text and --file"),
            (["tokenize", "RUN", "--text", "a", "--pattern", "gpt3"], 64, "did you mean gpt2?"),
            (["tokenize", "RUN", "--text", "a", "--pattern", "gpt2"], 65, "leave --pattern out"),
            (["tokenize", "RUN", "--text", "?"], 65, "the character \"?\""),
            (["tokenize", "/nowhere.tiktoken", "--text", "a"], 65, "/nowhere.tiktoken"),
            (["tokenize", "/etc", "--text", "a"], 65, "tokenizer.json"),
            (["tokenize", "/etc/passwd", "--text", "a"], 65, "is not a tokenizer by its name"),
            (["detokenize", "RUN", "--ids", "1,x"], 64, "“x”"),
            (["detokenize", "RUN", "--ids", "99999999999"], 64, "--ids"),
            (
                [
                    "tokenizer", "train", "--type", "character", "--vocabulary", "9", "--data", "x",
                    "--out", "y",
                ],
                64, "--vocabulary does not go"
            ),
            (["tokenizer", "train", "--data", "/nowhere", "--out", "y"], 65, "/nowhere"),
            (
                ["tokenizer", "train", "--data", "tales", "--vocabulary", "9", "--out", "y"], 64,
                "has at least 260 tokens"
            ),
        ] as [([String], Int32, String)])
    func refusals(arguments: [String], status: Int32, words: String) throws {
        let result = try Executable.run(arguments.map { $0 == "RUN" ? run.path : $0 })
        #expect(result.status == status, "\(result.messages)")
        #expect(result.output.isEmpty)
        #expect(result.messages.contains(words), "\(result.messages)")
        #expect(result.lines.count == 1)
    }

    @Test("train: the tokenizer may be a file, and the end tells bits per byte")
    func trainWithFile() throws {
        let text = String(repeating: "the cat sat on the mat, the cats sat. ", count: 200)
        let data = try run.write("learn.txt", Array(text.utf8))
        let tokenizer = run.path + "-train.json"
        let out = run.path + "-trained"
        defer {
            try? FileManager.default.removeItem(atPath: tokenizer)
            try? FileManager.default.removeItem(atPath: out)
        }
        _ = try Executable.run([
            "tokenizer", "train", "--type", "unigram", "--data", data, "--vocabulary", "40",
            "--out", tokenizer,
        ])
        for (name, folder) in [(tokenizer, out), ("bpe", out + "2"), ("character", out + "3")] {
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var arguments = [
                "train", "--data", data, "--tokenizer", name, "--steps", "2", "--batch", "2",
                "--context",
                "8", "--layers", "1", "--heads", "1", "--width", "8", "--out", folder, "--json",
            ]
            if name == "bpe" { arguments += ["--vocabulary", "270"] }
            let result = try Executable.run(arguments)
            #expect(result.status == 0, "\(result.messages)")
            let last = try #require(result.output.split(separator: "\n").last)
            let done = try #require(
                try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
            #expect(done["event"] as? String == "done")
            let bits = try #require(done["bitsPerByte"] as? Double)
            #expect(bits > 0.5 && bits < 12)
            let saved = try Executable.run(["tokenize", folder, "--text", "the cat", "--json"])
            #expect(saved.status == 0)
        }
    }
}
