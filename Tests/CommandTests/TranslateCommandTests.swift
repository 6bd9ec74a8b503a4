import Attend
import Foundation
import Testing

@Suite("attend translate")
struct TranslateCommandTests {
    private let files: ExampleFiles
    private let run: String

    init() throws {
        files = try ExampleFiles()
        run = try files.train("run", ["--data", files.path("pairs.tsv")])
    }

    private func translate(_ input: String, _ flags: String...) throws -> Executable.Result {
        try Executable.run(["translate", run, "--threads", "1"] + flags, input: Array(input.utf8))
    }

    @Test("A line for each line, an empty one for an empty one")
    func lines() throws {
        let result = try translate("12 a\n\n7 a\n")
        #expect(result.status == 0, "\(result.messages)")
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4 && lines[1].isEmpty && lines[3].isEmpty)
        #expect(!lines[0].isEmpty && !lines[2].isEmpty)
        #expect(result.messages.contains("3 lines in"))
        #expect(result.lines.last?.hasPrefix("Next: attend evaluate ") == true)
        #expect(try translate("12 a\n\n7 a").output == result.output, "without a last line end")
        #expect(try translate("").output.isEmpty)
        #expect(try translate("\n").output == "\n")
    }

    @Test("Line ends of other systems, a byte order mark and space around a sentence do not count")
    func space() throws {
        let plain = try translate("12 a\n\n7 a\n").output
        #expect(try translate("12 a\r\n\r\n7 a\r\n").output == plain)
        #expect(try translate("\u{FEFF}12 a\n\n7 a\n").output == plain)
        #expect(try translate("  12 a \n \t\n7 a\t\n").output == plain)
    }

    @Test("JSON has a source, a target and a score a line")
    func json() throws {
        let plain = try translate("12 a\n\n7 a\n").output.split(
            separator: "\n", omittingEmptySubsequences: false)
        let result = try translate("12 a\n\n7 a\n", "--json")
        #expect(result.status == 0 && result.messages.isEmpty)
        let objects = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["source"] as? String } == ["12 a", "", "7 a"])
        #expect(objects.map { $0["target"] as? String } == plain.prefix(3).map(String.init))
        for object in objects { #expect(object["score"] is Double) }
        #expect(objects[1]["score"] as? Double == 0)
        #expect(try #require(objects[0]["score"] as? Double) < 0)
    }

    @Test("Beams and the penalty are those of the translator")
    func settings() throws {
        let loaded = try LoadedModel.load(run)
        for (beams, penalty) in [(1, 0.6), (3, 0), (4, 2), (2, -1)] {
            var settings = BeamSettings.translation(beams)
            settings.lengthPenalty = .power(penalty)
            let translator = try TextTranslator(loaded, beams: settings)
            let expected = try translator.translate(["12 a", "44 a"], source: "")
            let found = try translate(
                "12 a\n44 a\n", "--beams", "\(beams)", "--length-penalty", "\(penalty)")
            #expect(found.output == expected.map { $0.target + "\n" }.joined())
        }
    }

    @Test("Several translations of a line, and groups that differ")
    func several() throws {
        let result = try translate(
            "12 a\n\n7 a\n", "--n-best", "3", "--json", "--stop-early", "always", "--min-tokens",
            "2")
        let objects = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(
            objects.map { $0["source"] as? String }
                == ["12 a", "12 a", "12 a", "", "7 a", "7 a", "7 a"])
        let grouped = try translate(
            "12 a\n", "--beams", "2", "--beam-groups", "2", "--diversity-penalty", "1000",
            "--n-best", "2", "--min-tokens", "1")
        let lines = grouped.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3 && lines[0] != lines[1])
        try Executable.expectRefusal(
            ["translate", run, "--n-best", "5"], status: 64,
            mentioning: ["--n-best 5", "--beams 4"])
    }

    @Test("Lengths and penalties")
    func lengths() throws {
        let short = try translate("12 a\n", "--max-tokens", "2", "--min-tokens", "2")
        #expect(short.output.dropLast().count <= 2)
        let varied = try translate("12 a\n", "--no-repeat-ngram", "1", "--min-tokens", "4")
        let text = varied.output.dropLast()
        #expect(text.count >= 4 && Set(text).count == text.count)
        try Executable.expectRefusal(
            ["translate", run, "--min-tokens", "5", "--max-tokens", "4"], status: 64,
            mentioning: ["--min-tokens 5", "--max-tokens 4"])
        try Executable.expectRefusal(
            ["translate", run, "--logit-bias", "999=1"], status: 64,
            mentioning: ["--logit-bias", "999"])
    }

    @Test("What cannot be translated is named by its line")
    func refusals() throws {
        for (input, words) in [
            ("12 a\n\n12 X\n", ["Standard input", "Line 3", "\"X\""]),
            (
                "12 a\n" + String(repeating: "1", count: 16) + "\n",
                ["Standard input", "line 2", "17 tokens", "at most 16"]
            ),
        ] {
            let result = try translate(input)
            #expect(result.status == 65 && result.output.isEmpty && result.lines.count == 1)
            for word in words { #expect(result.messages.contains(word), "\(result.messages)") }
        }
        let invalid = try Executable.run(["translate", run], input: [0x61, 0xFF, 0x0A])
        #expect(invalid.status == 65 && invalid.output.isEmpty)
        #expect(invalid.messages.contains("Standard input") && invalid.messages.contains("UTF-8"))
    }

    @Test("A model that does not translate, and none at all")
    func families() throws {
        let gpt = try TinyRun()
        try Executable.expectRefusal(
            ["translate", gpt.path], status: 65,
            mentioning: [gpt.path, "family gpt", "does not translate", "encoder-decoder"])
        try Executable.expectRefusal(
            ["translate", "/no/such/run"], status: 65, mentioning: ["/no/such/run"])
        try Executable.expectRefusal(
            ["translate", run, "--length-penalty", "-11"], status: 64,
            mentioning: ["--length-penalty", "from -10 to 10", "wu:"])
    }
}
