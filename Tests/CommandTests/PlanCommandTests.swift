import Foundation
import Testing

@Suite("attend plan")
struct PlanCommandTests {
    @Test(
        "refuses what cannot be planned, in a sentence",
        arguments: [
            (["--minutes", "0"], 64, "greater than 0"),
            (["--minutes", "1", "--memory-limit", "5"], 64, "800MB"),
            (["--minutes", "1", "--memory-limit", "-5GB"], 64, "800MB"),
            (["--minutes", "1", "--memory-limit", "nanGB"], 64, "800MB"),
            (["--minutes", "1", "--vocabulary", "300"], 64, "--tokenizer bpe"),
            (["--minutes", "1", "--data", "reverse"], 64, "not text"),
            (["--minutes", "1", "--data", "/nonexistent"], 65, "/nonexistent"),
            (["--minutes", "1", "--out", "/nonexistent/plan.json"], 64, "--out"),
        ])
    func refusals(arguments: [String], status: Int32, words: String) throws {
        let result = try Executable.run(["plan"] + arguments)
        #expect(result.status == status)
        #expect(result.output.isEmpty)
        #expect(result.messages.contains(words), "\(result.messages)")
    }

    @Test("--dashboard goes with a terminal and not with --json")
    func dashboard() throws {
        let result = try Executable.run(["train", "--dashboard", "--json"])
        #expect(result.status == 64)
        #expect(result.messages.contains("--dashboard"))
    }
}
