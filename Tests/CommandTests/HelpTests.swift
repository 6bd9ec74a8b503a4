import Foundation
import Testing

@Suite("Help")
struct HelpTests {
    @Test(
        "every command explains itself with an example",
        arguments: [
            "train", "generate", "evaluate", "logits", "inspect", "translate", "embed", "ladder",
            "bench", "tokenize", "detokenize", "export", "runs list", "runs compare",
            "presets list",
            "presets show", "presets copy", "plan",
        ])
    func help(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let result = try Executable.run(words + ["--help"])
        #expect(result.status == 0)
        #expect(result.messages.isEmpty)
        let example = "Example:\n  attend \(command)"
        #expect(
            result.output.contains(example + " ") || result.output.contains(example + "\n"))
        #expect(result.output.contains("--json"))
        #expect(result.output.contains("--threads"))
        // Every flag says what it is for.
        let dump = try Executable.run(words + ["--experimental-dump-help"]).json()
        let described = try #require(dump["command"] as? [String: Any])
        let flags = try #require(described["arguments"] as? [[String: Any]])
        #expect(flags.count >= 3)
        for flag in flags where flag["shouldDisplay"] as? Bool == true {
            let abstract = flag["abstract"] as? String ?? ""
            #expect(!abstract.isEmpty, "\(flag["valueName"] ?? flag) has no help")
        }
    }

    @Test("without a command, and for the whole")
    func overview() throws {
        for arguments in [[], ["--help"], ["help"]] {
            let result = try Executable.run(arguments)
            #expect(result.status == 0)
            #expect(result.output.contains("SUBCOMMANDS"))
            #expect(result.output.contains("Exit status"))
        }
        let version = try Executable.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.contains("."))
    }
}
