import Foundation
import Testing

@Suite("attend ladder")
struct LadderCommandTests {
    private let files: ExampleFiles

    init() throws {
        files = try ExampleFiles()
        try files.write("long.txt", (0..<400).map { "line \($0 * 37 % 101) " }.joined())
    }

    private var figure: String { files.path("ladder.svg") }

    private func ladder(_ flags: String...) throws -> Executable.Result {
        try Executable.run(
            [
                "ladder", "--data", files.path("long.txt"), "--steps", "3", "--out", figure,
                "--threads", "1",
            ] + flags)
    }

    @Test("Five models in a table and a figure")
    func table() throws {
        let result = try ladder()
        #expect(result.status == 0, "\(result.messages)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 6)
        let names = lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names == ["bigram", "single-head", "multi-head", "block", "gpt"])
        #expect(try String(contentsOfFile: figure, encoding: .utf8).hasPrefix("<svg"))
        #expect(result.messages.contains("Figure: \(figure)"))
        #expect(result.lines.last?.hasPrefix("Next: attend train ") == true)
    }

    @Test("JSON has the agreed fields")
    func json() throws {
        let result = try ladder("--json", "--seed", "2")
        #expect(result.status == 0 && result.messages.isEmpty)
        let rungs = try #require(try result.json()["rungs"] as? [[String: Any]])
        #expect(rungs.count == 5)
        for rung in rungs {
            #expect(rung["model"] is String && rung["parameters"] is Int)
            #expect((rung["validationLoss"] as? Double ?? 0) > 0)
            #expect((rung["seconds"] as? Double ?? 0) > 0)
        }
        let again = try #require(
            try ladder("--json", "--seed", "2").json()["rungs"] as? [[String: Any]])
        #expect(
            again.map { $0["validationLoss"] as? Double }
                == rungs.map { $0["validationLoss"] as? Double })
    }

    @Test("A climb that is refused leaves an existing figure as it is, and no empty one")
    func refusals() throws {
        try files.write("short.txt", "abcabcabc")
        let short = ["ladder", "--data", files.path("short.txt"), "--out", figure]
        try Executable.expectRefusal(short, status: 65, mentioning: ["context of 64"])
        #expect(!FileManager.default.fileExists(atPath: figure))
        try files.write("ladder.svg", "mine")
        try Executable.expectRefusal(short, status: 65, mentioning: ["context of 64"])
        #expect(try String(contentsOfFile: figure, encoding: .utf8) == "mine")
        try Executable.expectRefusal(
            ["ladder", "--data", "tale", "--out", figure], status: 65,
            mentioning: ["did you mean \"tales\"?"])
        for out in [files.folder, files.path("no/such/ladder.svg")] {
            try Executable.expectRefusal(
                ["ladder", "--data", files.path("long.txt"), "--out", out], status: 64,
                mentioning: ["--out", "cannot be written"])
        }
    }

    @Test("Ctrl-C leaves an existing figure as it is")
    func interruption() throws {
        try files.write("ladder.svg", "mine")
        let process = try Executable.process([
            "ladder", "--data", files.path("long.txt"), "--steps", "1000000", "--out", figure,
            "--threads", "1",
        ])
        let messages = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = messages
        try process.run()
        // It says nothing before the first rung is done, so there is nothing to wait for.
        Thread.sleep(forTimeInterval: 0.5)
        kill(process.processIdentifier, SIGINT)
        let said = try messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130 || process.terminationReason == .uncaughtSignal)
        #expect(try String(contentsOfFile: figure, encoding: .utf8) == "mine", "\(said)")
    }
}
