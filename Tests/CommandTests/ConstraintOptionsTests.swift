import Attend
import Foundation
import Testing

@Suite("attend generate --grammar and --json-schema")
struct ConstraintOptionsTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func file(_ text: String) throws -> String {
        try run.write("constraint.txt", Array(text.utf8))
    }

    @Test("the text is one of the grammar, streamed and as JSON")
    func grammar() throws {
        let path = try file("root ::= (\"a\" | \"🦊\"){3} \".\" # nothing else\n")
        let arguments = ["generate", run.path, "--threads", "1", "--seed", "1", "--grammar", path]
        let result = try Executable.run(arguments)
        #expect(result.status == 0, "\(result.messages)")
        #expect(result.output.wholeMatch(of: /[a🦊]{3}\.\n/) != nil, "\(result.output)")
        let json = try Executable.run(arguments + ["--json"]).json()
        #expect(json["finishReason"] as? String == "stop")
        #expect(json["text"] as? String == String(result.output.dropLast()))
        #expect(json["tokens"] as? Int == 4)
    }

    @Test("a search finds texts of the grammar")
    func beams() throws {
        let path = try file("root ::= (\"a\" | \"🦊\"){3} \".\"")
        let report = try Executable.run([
            "generate", run.path, "--beams", "4", "--n-best", "4", "--grammar", path, "--json",
        ]).json()
        let texts = try #require(report["hypotheses"] as? [[String: Any]])
        #expect(texts.count == 4)
        for text in texts {
            let text = try #require(text["text"] as? String)
            #expect(text.wholeMatch(of: /[a🦊]{3}\./) != nil, "\(text)")
        }
        try Executable.expectRefusal(
            ["generate", run.path, "--contrastive-penalty", "0.5", "--grammar", path], status: 64,
            mentioning: ["--grammar", "--contrastive-penalty"])
    }

    @Test("a schema that the tokenizer cannot spell, and one that it can")
    func schema() throws {
        let path = try file(#"{"type":"object"}"#)
        try Executable.expectRefusal(
            ["generate", run.path, "--json-schema", path], status: 65,
            mentioning: ["vocabulary", "grammar"])
    }

    @Test("what is wrong with a file is told with the file and the place")
    func faults() throws {
        try Executable.expectRefusal(
            ["generate", run.path, "--grammar", file("root ::= \"a\"\n  | b")], status: 65,
            mentioning: ["--grammar", "constraint.txt", "line 2, column 5", "“b”"])
        try Executable.expectRefusal(
            ["generate", run.path, "--json-schema", file(#"{"type":"array","contains":{}}"#)],
            status: 65, mentioning: ["--json-schema", "constraint.txt", "“contains”"])
        try Executable.expectRefusal(
            ["generate", run.path, "--grammar", run.path + "/nothing"], status: 65,
            mentioning: ["nothing"])
        try Executable.expectRefusal(
            ["generate", run.path, "--grammar", file(""), "--json-schema", file("")], status: 64,
            mentioning: ["--grammar and --json-schema"])
    }
}
