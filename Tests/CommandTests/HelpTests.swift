import Testing

@Suite("Help")
struct HelpTests {
    @Test(
        "every command explains itself with an example",
        arguments: ["generate", "evaluate", "logits", "inspect", "bench"])
    func help(command: String) throws {
        let result = try Executable.run([command, "--help"])
        #expect(result.status == 0)
        #expect(result.messages.isEmpty)
        #expect(result.output.contains("Example:\n  attend \(command) "))
        #expect(result.output.contains("--json"))
        #expect(result.output.contains("--threads"))
        // Every flag says what it is for.
        for line in result.output.split(separator: "\n") where line.hasPrefix("  --") {
            #expect(line.contains(">") || line.split(separator: " ").count > 2, "\(line)")
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
