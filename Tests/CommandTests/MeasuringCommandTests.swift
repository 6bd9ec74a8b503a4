import Attend
import Foundation
import Testing

@Suite("attend evaluate, logits, inspect and bench")
struct MeasuringCommandTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private let text = "abc def. gh\nfed cba. 🦊 hg abcdefgh hgfedcba. a b c d e f g h\n"

    @Test("evaluate: the mean over every token but the first, by hand")
    func evaluate() throws {
        let file = try run.write("text.txt", Array(text.utf8))
        let result = try Executable.run(["evaluate", run.path, "--data", file, "--json"])
        #expect(result.status == 0)
        #expect(result.messages.isEmpty)
        let json = try result.json()
        let ids = try CharacterTokenizer(text: TinyRun.characters).encode(text)
        let vocabulary = run.model.configuration.vocabularySize
        var total = 0.0
        for start in stride(from: 0, to: ids.count - 1, by: 16) {
            let inputs = Array(ids[start..<min(start + 16, ids.count - 1)])
            let logits = run.model.logits(inputs).elements
            for place in inputs.indices {
                let row = logits[place * vocabulary..<(place + 1) * vocabulary].map(Double.init)
                let sum = row.reduce(0) { $0 + exp($1) }
                total += log(sum) - row[Int(ids[start + place + 1])]
            }
        }
        let tokens = ids.count - 1
        let loss = total / Double(tokens)
        #expect(json["tokens"] as? Int == tokens)
        #expect(abs(try #require(json["loss"] as? Double) - loss) < 1e-5)
        #expect(abs(try #require(json["perplexity"] as? Double) - exp(loss)) < 1e-3)
        let bits = total / log(2) / Double(text.utf8.count - 1)
        #expect(abs(try #require(json["bitsPerByte"] as? Double) - bits) < 1e-5)
    }

    @Test("evaluate: every token where the run learnt documents")
    func documents() throws {
        let stories = try TinyRun(separator: "\n")
        let file = try run.write("text.txt", Array(text.utf8))
        let json = try Executable.run(["evaluate", stories.path, "--data", file, "--json"]).json()
        #expect(json["tokens"] as? Int == text.unicodeScalars.count)
        let result = try Executable.run(["evaluate", stories.path, "--data", file])
        #expect(result.output.contains("nats per token"))
        #expect(result.lines.last?.hasPrefix("Next: attend generate ") == true)
    }

    @Test(
        "evaluate: data that cannot be measured",
        arguments: [
            ([], "is empty"), ([0x61], "has 1 token"), ([0x61, 0, 0x62], "is NUL"),
            ([0x61, 0xC3, 0x28], "is not UTF-8"), (Array("abc\nab?".utf8), "Line 2"),
        ] as [([UInt8], String)])
    func badData(bytes: [UInt8], word: String) throws {
        let file = try run.write("data.txt", bytes)
        try Executable.expectRefusal(
            ["evaluate", run.path, "--data", file], status: 65, mentioning: [file, word])
    }

    @Test("evaluate: no such file, a directory, a misspelt corpus")
    func noData() throws {
        for (data, words) in [
            ("/no/such/file", ["no file"]), (run.path, ["is a directory"]),
            ("talse", ["did you mean \"tales\"?"]), ("", ["built-in"]),
        ] {
            try Executable.expectRefusal(
                ["evaluate", run.path, "--data", data], status: 65, mentioning: words)
        }
    }

    @Test("logits: those of the model")
    func logits() throws {
        let result = try Executable.run(["logits", run.path, "--tokens", "1,2,3", "--json"])
        #expect(result.status == 0)
        let json = try result.json()
        #expect(json["shape"] as? [Int] == [3, 12])
        let rows = try #require(json["logits"] as? [[Double]])
        let expected = run.model.logits([1, 2, 3]).elements
        #expect(rows.count == 3)
        for (found, expected) in zip(rows.joined(), expected) {
            #expect(abs(found - Double(expected)) < 1e-6)
        }
        let table = try Executable.run(["logits", run.path, "--tokens", "1,2,3"])
        #expect(table.output.split(separator: "\n").count == 3)
    }

    @Test("logits: ids beyond the vocabulary, more than the context")
    func badLogits() throws {
        try Executable.expectRefusal(
            ["logits", run.path, "--tokens", "1,12"], status: 64,
            mentioning: ["--tokens", "12", "from 0 to 11"])
        let many = [String](repeating: "1", count: 17).joined(separator: ",")
        try Executable.expectRefusal(
            ["logits", run.path, "--tokens", many], status: 64, mentioning: ["17", "from 1 to 16"])
    }

    @Test("weights that are no numbers are refused with status 65")
    func notANumber() throws {
        let broken = try TinyRun { model in
            model.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        }
        let text = broken.path + "/text.txt"
        try TinyRun.characters.write(toFile: text, atomically: true, encoding: .utf8)
        for command in [
            ["logits", broken.path, "--tokens", "1"], ["evaluate", broken.path, "--data", text],
        ] {
            for flags in [[], ["--json"]] {
                let result = try Executable.run(command + flags)
                #expect(result.status == 65 && result.output.isEmpty, "\(result.messages)")
                #expect(result.messages.contains("ln_f.weight"))
                #expect(result.messages.contains("infinite or not numbers"))
            }
        }
    }

    @Test("inspect: parts that add up")
    func inspect() throws {
        let json = try Executable.run(["inspect", run.path, "--json"]).json()
        let count = TinyRun.configuration.parameterCount
        #expect(json["architecture"] as? String == "gpt")
        #expect(json["parameters"] as? Int == count)
        #expect(json["trainable"] as? Int == count)
        #expect(abs(try #require(json["megabytes"] as? Double) - Double(count) * 4e-6) < 1e-9)
        #expect(json["flopsPerToken"] as? Int == TinyRun.configuration.flopsPerToken)
        let parts = try #require(json["parts"] as? [[String: Any]])
        #expect(parts.reduce(0) { $0 + ($1["parameters"] as? Int ?? 0) } == count)
        #expect(parts[0]["name"] as? String == "wte.weight")
        #expect(parts[0]["shape"] as? [Int] == [12, 16])
        let table = try Executable.run(["inspect", run.path])
        #expect(table.output.contains("each of 2 layers"))
        #expect(table.output.contains("\(count / 1000),"))
        #expect(table.lines.last == "Next: attend inspect \(run.path) --trace")
    }

    @Test("inspect: GPT-2 has 124,439,808 parameters")
    func gpt2() throws {
        let result = try Executable.run(["inspect", "--preset", "gpt2-124m"])
        #expect(result.status == 0)
        #expect(result.output.contains("124,439,808 parameters"))
    }

    @Test("bench: the agreed fields")
    func bench() throws {
        let json = try Executable.run([
            "bench", "W1", "--seconds", "0.1", "--threads", "1", "--json",
        ]).json()
        #expect(json["workload"] as? String == "W1")
        #expect(json["precision"] as? String == "float32")
        #expect(json["threads"] as? Int == 1)
        for field in ["millisecondsPerStep", "tokensPerSecond", "gigaflops", "peakMegabytes"] {
            #expect((json[field] as? Double ?? 0) > 0, "\(field)")
        }
        #expect(abs((json["firstLoss"] as? Double ?? 0) - log(65)) < 0.3)
    }
}
