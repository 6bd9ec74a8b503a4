import Foundation
import Testing

@Suite("attend quantise")
struct QuantiseCommandTests {
    @Test(
        "The perplexity before and after, and which matrices stay as they are",
        arguments: ["int8", "int4"])
    func measures(format: String) throws {
        let run = try TinyRun()
        let text = (0..<60).map { "abcdefgh."[($0 * $0) % 9] }.joined()
        let data = try run.write("text.txt", Array(text.utf8))
        let arguments = ["quantise", run.path, "--to", format, "--data", data]
        let json = try Executable.run(arguments + ["--json"]).json()
        let before = try #require(json["perplexityBefore"] as? Double)
        let after = try #require(json["perplexityAfter"] as? Double)
        let evaluated = try Executable.run(["evaluate", run.path, "--data", data, "--json"]).json()
        #expect(abs(before - (evaluated["perplexity"] as? Double ?? 0)) < 1e-6 * before)
        let evaluation = try Executable.run([
            "evaluate", run.path, "--data", data, "--json", "--precision", format,
        ])
        let rounded = try evaluation.json()
        #expect(evaluation.messages.contains("no multiple of 32, and stay float32."))
        #expect(abs(after - (rounded["perplexity"] as? Double ?? 0)) < 1e-6 * after)
        #expect(before != after && abs(after / before - 1) < (format == "int8" ? 0.01 : 0.1))
        // Only the second map of each block's network has rows of a multiple of 32.
        let words = try Executable.run(arguments)
        #expect(words.status == 0 && words.output.contains("perplexity"), "\(words.messages)")
        #expect(words.messages.contains("matrices have rows whose length is no multiple of 32"))
    }

    @Test("A model that continues no texts is refused, with what does what was wanted")
    func translators() throws {
        let files = try ExampleFiles()
        let run = try files.train("run", ["--data", files.path("pairs.tsv")])
        for more in [["--out", files.path("x.gguf")], ["--data", files.path("pairs.tsv")]] {
            try Executable.expectRefusal(
                ["quantise", run, "--to", "int8"] + more, status: 64,
                mentioning: ["does not", "attend translate", "--precision int8", "attend evaluate"])
        }
        let measured = try Executable.run([
            "evaluate", run, "--data", files.path("pairs.tsv"), "--precision", "int8",
        ])
        #expect(measured.status == 0, "\(measured.messages)")
    }
}

extension String {
    fileprivate subscript(place: Int) -> String { String(self[index(startIndex, offsetBy: place)]) }
}
