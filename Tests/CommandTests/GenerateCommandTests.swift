import Attend
import Foundation
import Testing

@Suite("attend generate")
struct GenerateCommandTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func generate(_ arguments: String..., input: String = "") throws -> Executable.Result {
        try Executable.run(
            ["generate", run.path, "--threads", "1"] + arguments, input: Array(input.utf8))
    }

    @Test("streams the text, then says what to type next")
    func text() throws {
        let result = try generate("--prompt", "abc", "--max-tokens", "20", "--seed", "4")
        #expect(result.status == 0)
        #expect(result.output.unicodeScalars.count == 21)
        #expect(result.messages.contains("20 tokens"))
        #expect(result.messages.contains("seed 4"))
        #expect(result.lines.last?.hasPrefix("Next: attend evaluate ") == true)
    }

    @Test("JSON has the agreed fields, and its text is the streamed one")
    func json() throws {
        let arguments = ["--prompt", "abc", "--max-tokens", "20", "--seed", "4"]
        let streamed = try Executable.run(["generate", run.path] + arguments)
        let result = try Executable.run(["generate", run.path, "--json"] + arguments)
        #expect(result.status == 0)
        #expect(result.messages.isEmpty)
        #expect(result.output.split(separator: "\n").count == 1)
        let json = try result.json()
        let text = try #require(json["text"] as? String)
        #expect(text + "\n" == streamed.output)
        #expect(json["tokens"] as? Int == 20)
        #expect(json["promptTokens"] as? Int == 3)
        #expect(json["finishReason"] as? String == "length")
        #expect((json["tokensPerSecond"] as? Double ?? 0) > 0)
    }

    @Test("the same seed writes the same text with any number of threads")
    func seeds() throws {
        let one = try generate("--seed", "1", "--max-tokens", "40")
        let two = try Executable.run(
            ["generate", run.path, "--threads", "2", "--seed", "1", "--max-tokens", "40"])
        let other = try generate("--seed", "2", "--max-tokens", "40")
        #expect(one.output == two.output)
        #expect(one.output != other.output)
        let greedy = try generate("--temperature", "0", "--seed", "1")
        #expect(try greedy.output == generate("--temperature", "0", "--seed", "2").output)
    }

    @Test("lines of a file, several at once, each as it would be alone")
    func promptsOfAFile() throws {
        let lines = ["abc", "", " a b c d ", "abc", "hgfedcbahgfedcbahgfedcba"]
        let file = run.path + "/prompts.txt"
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let common = ["--max-tokens", "30", "--seed", "7", "--json"]
        let all = try Executable.run(
            ["generate", run.path, "--prompts", file, "--concurrent", "3"] + common)
        #expect(all.status == 0)
        let texts = try all.output.split(separator: "\n").map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(texts.count == lines.count)
        for (place, (line, text)) in zip(lines, texts).enumerated() {
            let alone = try Executable.run(
                ["generate", run.path, "--prompt", line, "--json", "--max-tokens", "30", "--seed"]
                    + ["\(7 + place)"]
            ).json()
            #expect(text["text"] as? String == alone["text"] as? String, "line \(place + 1)")
            #expect(text["tokens"] as? Int == alone["tokens"] as? Int)
            #expect(text["promptTokens"] as? Int == alone["promptTokens"] as? Int)
            #expect(text["seed"] as? Int == 7 + place)
            #expect((text["tokensPerSecond"] as? Double ?? 0) > 0)
        }
        let plain = try generate("--prompts", file, "--seed", "7", "--max-tokens", "30")
        #expect(plain.messages.contains("5 texts of"))
        #expect(plain.messages.contains("prompts.txt, line 5: The prompt has 24 tokens and"))
    }

    @Test("lines that cannot be continued are told by their numbers")
    func badPrompts() throws {
        let file = run.path + "/bad.txt"
        try "abc\nXYZ\n".write(toFile: file, atomically: true, encoding: .utf8)
        try Executable.expectRefusal(
            ["generate", run.path, "--prompts", file + "x"], status: 65, mentioning: ["bad.txtx"])
        try Executable.expectRefusal(
            ["generate", run.path, "--prompts", file, "--prompt", "a"], status: 64,
            mentioning: ["--prompt"])
        try Executable.expectRefusal(
            ["generate", run.path, "--concurrent", "2"], status: 64, mentioning: ["--prompts"])
        let result = try generate("--prompts", file, "--max-tokens", "3")
        #expect(result.status == 65)
        #expect(result.messages.contains("bad.txt, line 2: "))
    }

    @Test("a prompt from standard input")
    func standardInput() throws {
        let flag = try generate("--prompt", "ab cd", "--seed", "1", "--json").json()
        let input = try generate("--prompt", "-", "--seed", "1", "--json", input: "ab cd").json()
        #expect(flag["text"] as? String == input["text"] as? String)
        let invalid = try Executable.run(
            ["generate", run.path, "--prompt", "-"], input: [0x61, 0xFF])
        #expect(invalid.status == 65)
        #expect(invalid.messages.contains("Standard input is not UTF-8"))
    }

    @Test("stops before a stop text")
    func stop() throws {
        let free = try generate("--seed", "3", "--max-tokens", "60", "--json").json()
        let text = try #require(free["text"] as? String)
        let stop = String(text.dropFirst(10).prefix(2))
        let result = try generate(
            "--seed", "3", "--max-tokens", "60", "--stop", stop, "--stop", "zz", "--json"
        ).json()
        #expect(result["finishReason"] as? String == "stop")
        let end = try #require(text.firstRange(of: stop)).lowerBound
        #expect(result["text"] as? String == String(text[..<end]))
    }

    @Test("steps of sampling: biases by id and by text, n-grams, and cut-offs of all kinds")
    func sampling() throws {
        let only = try generate(
            "--logit-bias", "\"a\"=100", "--max-tokens", "6", "--seed", "1", "--temperature", "0")
        #expect(only.output == "aaaaaa\n")
        let once = try generate(
            "--no-repeat-ngram", "1", "--prompt", "a", "--max-tokens", "5", "--seed", "1")
        #expect(once.status == 0)
        #expect(Set("a" + once.output.dropLast()).count == 6)
        let greedy = try generate("--temperature", "0", "--max-tokens", "9").output
        for flags in [
            ["--top-k", "1"], ["--top-p", "0"], ["--min-p", "1"], ["--epsilon-cutoff", "1"],
        ] {
            let cut = try Executable.run(["generate", run.path, "--max-tokens", "9"] + flags)
            #expect(cut.output == greedy, "\(flags)")
        }
        let many = try generate(
            "--typical-p", "0.9", "--eta-cutoff", "0.01", "--frequency-penalty", "-1.5",
            "--presence-penalty", "2", "--logit-bias", "1=-5", "--json", "--max-tokens", "9"
        ).json()
        #expect(many["tokens"] as? Int == 9)
    }

    @Test("biases that do not fit the model are refused")
    func wrongBiases() throws {
        for (values, said) in [
            (["9999=1"], ["9999", "one of the model's tokens, 0 to "]),
            (["\"ab\"=1"], ["“ab”", "2 tokens"]), (["1=1", "1=2"], ["the token 1 twice"]),
        ] {
            try Executable.expectRefusal(
                ["generate", run.path] + values.flatMap { ["--logit-bias", $0] }, status: 64,
                mentioning: ["--logit-bias"] + said)
        }
        try Executable.expectRefusal(
            ["generate", run.path, "--logit-bias", "\"X\"=1"], status: 64,
            mentioning: ["--logit-bias", "does not know “X”"])
    }

    @Test("the likeliest of several texts, which its seed gives again")
    func bestOf() throws {
        let best = try generate("--best-of", "4", "--seed", "7", "--max-tokens", "12", "--json")
            .json()
        let means = try #require(best["meanLogProbabilities"] as? [Double])
        let place = try #require(means.indices.max { means[$0] < means[$1] })
        #expect(means.count == 4)
        #expect(best["seed"] as? Int == 7 + place)
        let again = try generate("--seed", "\(7 + place)", "--max-tokens", "12")
        let text = try #require(best["text"] as? String)
        #expect(again.output == text + "\n")
        let shown = try generate("--best-of", "4", "--seed", "7", "--max-tokens", "12")
        #expect(shown.output == text + "\n")
        #expect(shown.messages.contains("The likeliest of 4 texts; seed \(7 + place)"))
        try Executable.expectRefusal(
            ["generate", run.path, "--best-of", "4", "--temperature", "0"], status: 64,
            mentioning: ["--best-of 4", "--temperature 0"])
    }

    @Test("beams find the likeliest texts, the best first, and the same ones each time")
    func beams() throws {
        let flags = ["--prompt", "abc", "--max-tokens", "8"]
        func found(_ more: [String]) throws -> Executable.Result {
            try Executable.run(["generate", run.path] + flags + more)
        }
        let one = try found(["--beams", "1"])
        #expect(try one.output == found(["--temperature", "0"]).output)
        let best = try found(["--beams", "4"])
        #expect(best.status == 0)
        #expect(best.messages.contains("8 tokens with 4 beams"))
        let json = try found(["--beams", "4", "--n-best", "3", "--json"])
        let hypotheses = try #require(try json.json()["hypotheses"] as? [[String: Any]])
        let scores = hypotheses.compactMap { $0["score"] as? Double }
        #expect(scores.count == 3 && scores == scores.sorted(by: >))
        #expect(hypotheses.first?["text"] as? String == String(best.output.dropLast()))
        let fields = try json.json()
        #expect(fields["text"] as? String == String(best.output.dropLast()))
        #expect(fields["tokens"] as? Int == 8 && fields["finishReason"] as? String == "length")
        #expect((fields["tokensPerSecond"] as? Double ?? 0) > 0)
        #expect(hypotheses.first?["finishReason"] as? String == "length")
        let several = try found(["--beams", "4", "--n-best", "3"])
        #expect(several.output == hypotheses.map { "\($0["text"] ?? "")\n" }.joined())
        let groups = try found([
            "--beams", "4", "--beam-groups", "4", "--diversity-penalty", "1e3", "--n-best", "4",
            "--json", "--length-penalty", "0", "--stop-early", "never",
        ]).json()
        let texts = try #require(groups["hypotheses"] as? [[String: Any]]).compactMap {
            ($0["text"] as? String)?.first
        }
        #expect(Set(texts).count == 4, "no group goes on with the token of another")
    }

    @Test("beams follow penalties, biases and n-grams that do not repeat")
    func scoredBeams() throws {
        let beams = ["--prompt", "abc", "--max-tokens", "8", "--beams", "3"]
        func text(_ more: [String]) throws -> String {
            let result = try Executable.run(["generate", run.path] + beams + more)
            #expect(result.status == 0, "\(result.messages)")
            return result.output
        }
        let free = try text([])
        let first = try #require(free.first)
        let biased = try text(["--logit-bias", "\"\(first)\"=-100"])
        #expect(!biased.contains(first))
        let varied = try text(["--no-repeat-ngram", "1"])
        #expect(Set(varied.dropLast()).count == varied.count - 1)
        #expect(Set(varied).isDisjoint(with: "abc"))
    }

    @Test("flags that beams do not follow are refused")
    func beamsWithOthers() throws {
        let beams = ["generate", run.path, "--beams", "2", "--max-tokens", "9"]
        try Executable.expectRefusal(
            beams + ["--when-full", "refuse"], status: 64, mentioning: ["--when-full", "--beams"])
        try Executable.expectRefusal(
            beams + ["--min-tokens", "10"], status: 64, mentioning: ["--min-tokens 10", "9"])
    }

    @Test("a stop text ends what beams find")
    func stoppedBeams() throws {
        let free = try generate("--beams", "2", "--max-tokens", "20", "--json").json()
        let text = try #require(
            (free["hypotheses"] as? [[String: Any]])?.first?["text"] as? String)
        let stops = Set(text).map(String.init)
        let result = try Executable.run(
            ["generate", run.path, "--beams", "2", "--max-tokens", "20", "--json", "--n-best", "2"]
                + ["--length-penalty", "0"] + stops.flatMap { ["--stop", $0] }
        ).json()
        let hypotheses = try #require(result["hypotheses"] as? [[String: Any]])
        #expect(hypotheses.contains { $0["finishReason"] as? String == "stop" })
        for hypothesis in hypotheses {
            let text = try #require(hypothesis["text"] as? String)
            #expect(!stops.contains { text.contains($0) })
            #expect(
                hypothesis["finishReason"] as? String == "stop"
                    || hypothesis["tokens"] as? Int == 20)
        }
    }

    @Test("texts vote on an answer")
    func votes() throws {
        let flags = ["--max-tokens", "12", "--seed", "3", "--self-consistency", "6"]
        let json = try Executable.run(
            ["generate", run.path, "--answer-after", "a", "--json"] + flags
        ).json()
        let votes = try #require(json["votes"] as? [[String: Any]])
        let counts = votes.compactMap { $0["count"] as? Int }
        #expect(counts == counts.sorted(by: >))
        #expect(counts.reduce(0, +) + (json["unanswered"] as? Int ?? 0) == 6)
        let answer = try #require(json["answer"] as? String)
        #expect(votes.first?["answer"] as? String == answer)
        #expect((json["texts"] as? [String])?.count == 6)
        let shown = try Executable.run(["generate", run.path, "--answer-after", "a"] + flags)
        #expect(shown.output == answer + "\n")
        #expect(shown.messages.contains("\(counts[0]) of 6: \(answer)"))
        try Executable.expectRefusal(
            ["generate", run.path, "--answer-after", "XYZ"] + flags, status: 65,
            mentioning: ["None of 6 texts has an answer"])
    }

    @Test("flags that do not go together are refused")
    func wrongCombinations() throws {
        for (flags, said) in [
            (["--beams", "4", "--top-k", "3"], ["--top-k", "--beams"]),
            (["--beams", "4", "--seed", "3"], ["--seed", "--beams"]),
            (["--beams", "4", "--best-of", "3"], ["--beams and --best-of"]),
            (["--self-consistency", "4", "--best-of", "3"], ["--best-of and --self-consistency"]),
            (["--answer-after", "a"], ["--answer-after", "--self-consistency"]),
            (["--answer-after", ""], ["--answer-after", "at least one character"]),
            (["--length-penalty", "1"], ["--length-penalty", "--beams"]),
            (["--beams", "0"], ["--beams", "1 to 64"]),
            (
                ["--beams", "4", "--beam-groups", "3", "--diversity-penalty", "1"],
                ["--beam-groups 3"]
            ),
            (["--beams", "4", "--beam-groups", "2"], ["--diversity-penalty"]),
            (["--beams", "4", "--n-best", "5"], ["--n-best 5", "--beams 4"]),
            (["--beams", "4", "--stop-early", "nevr"], ["--stop-early", "did you mean never"]),
            (
                ["--beams", "4", "--length-penalty", "wu:x"],
                ["--length-penalty", "from -10 to 10"]
            ),
            (["--self-consistency", "4", "--temperature", "0"], ["--self-consistency 4"]),
        ] {
            try Executable.expectRefusal(
                ["generate", run.path] + flags, status: 64, mentioning: said)
        }
    }

    @Test("a prompt beyond the context is cut with a notice; one with an unknown character refused")
    func prompts() throws {
        let long = try generate("--prompt", String(repeating: "ab ", count: 9), "--max-tokens", "3")
        #expect(long.status == 0)
        #expect(long.messages.contains("has 27 tokens"))
        try Executable.expectRefusal(
            ["generate", run.path, "--prompt", "aXb"], status: 65,
            mentioning: ["--prompt", "\"X\"", "U+0058"])
    }

    @Test("weights that are no numbers: a warning, then an error and no text")
    func notANumber() throws {
        let broken = try TinyRun { model in
            model.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        }
        let result = try Executable.run(["generate", broken.path])
        #expect(result.status == 65)
        #expect(result.output.isEmpty)
        #expect(result.messages.contains("ln_f.weight"))
        #expect(result.messages.contains("no token can be chosen"))
    }

    @Test(
        "Ctrl-C and SIGTERM end it with status 130", .timeLimit(.minutes(1)),
        arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) throws {
        let process = try Executable.process([
            "generate", run.path, "--threads", "1", "--max-tokens", "10000000",
        ])
        let (output, messages) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        #expect(try output.fileHandleForReading.read(upToCount: 1)?.count == 1)
        kill(process.processIdentifier, signal)
        _ = try output.fileHandleForReading.readToEnd()
        let said = try messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        #expect(String(decoding: said, as: UTF8.self) == "attend: Interrupted.\n")
    }

    @Test(
        "a full disk behind standard output",
        .enabled(if: FileHandle(forWritingAtPath: "/dev/full") != nil))
    func fullDisk() throws {
        let process = try Executable.process(["generate", run.path, "--threads", "1"])
        let messages = Pipe()
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        process.standardError = messages
        try process.run()
        let said = try messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 65)
        #expect(String(decoding: said, as: UTF8.self).contains("Standard output cannot be written"))
    }
}
