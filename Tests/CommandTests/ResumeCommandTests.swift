import Foundation
import Testing

/// `attend train --resume` where data or files of the run are no longer where they were.
@Suite("attend train --resume")
final class ResumeCommandTests {
    private let files: ExampleFiles

    init() throws {
        files = try ExampleFiles()
        try files.write("long.txt", (0..<300).map { "line \($0 * 37 % 101) " }.joined())
    }

    private func flags(_ name: String, steps: Int) -> [String] {
        [
            "train", "--data", files.path("long.txt"), "--layers", "1", "--heads", "2", "--width",
            "8", "--context", "8", "--batch", "2", "--threads", "1", "--out", files.path(name),
            "--steps", "\(steps)", "--evaluation-interval", "3", "--json",
        ]
    }

    /// Starts a training, and stops it after some steps.
    private func stopped(
        _ name: String, steps: Int = 1_000_000, by number: Int32 = SIGINT
    ) throws -> String {
        let process = try Executable.process(flags(name, steps: steps))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var seen = ""
        while seen.components(separatedBy: "\"event\":\"step\"").count < 5 {
            seen += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        kill(process.processIdentifier, number)
        _ = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return files.path(name)
    }

    private func move(_ name: String, _ other: String) throws {
        try FileManager.default.moveItem(atPath: files.path(name), toPath: files.path(other))
    }

    @Test("Data that have moved: the sentence says from where, and --data to where")
    func movedData() throws {
        // As many steps as take longer than it does to be stopped, and no more than end soon.
        let run = try stopped("run", steps: 60_000)
        let step = try latest(run)
        try move("long.txt", "moved.txt")
        let resume = ["train", "--resume", run]
        try Executable.expectRefusal(
            resume, status: 65,
            mentioning: [files.path("long.txt"), "no longer there", "--data FILE", "--resume"])
        try Executable.expectRefusal(
            resume + ["--data", files.path("none.txt")], status: 65, mentioning: ["none.txt"])
        // Another text, with the same letters and with others.
        try files.write("other.txt", (0..<300).map { "line \($0 * 41 % 103) " }.joined())
        try Executable.expectRefusal(
            resume + ["--data", files.path("other.txt")], status: 65,
            mentioning: ["other.txt", "is not what the run began with", "SHA-256", "long.txt"])
        try files.write("foreign.txt", String(repeating: "what?! ", count: 300))
        try Executable.expectRefusal(
            resume + ["--data", files.path("foreign.txt")], status: 65,
            mentioning: ["foreign.txt", "is not what the run began with", "line 1", "long.txt"])
        // Nothing else may come with it.
        try Executable.expectRefusal(
            resume + ["--data", files.path("moved.txt"), "--batch", "4"], status: 64,
            mentioning: ["--batch cannot be given"])
        let process = try Executable.process(
            resume + ["--data", files.path("moved.txt"), "--json", "--threads", "1"])
        let (output, messages) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = messages
        try process.run()
        var seen = ""
        while process.isRunning, seen.components(separatedBy: "\"event\":\"step\"").count < 3 {
            seen += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGINT)
        _ = try output.fileHandleForReading.readToEnd()
        let said = String(
            decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect([0, 130].contains(process.terminationStatus), "\(said)")
        #expect(try latest(run) > step)
    }

    private func latest(_ run: String) throws -> Int {
        let name = try String(contentsOfFile: run + "/checkpoints/latest", encoding: .utf8)
        return try #require(Int(name.drop { !$0.isNumber }.prefix { $0.isNumber }))
    }

    @Test(
        "Ctrl-C, SIGTERM and a terminal that is closed save and stop",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(number: Int32) throws {
        // Where these tests run in the background, a process would go on after this one.
        _ = signal(SIGHUP, SIG_DFL)
        #expect(try latest(stopped("signal-\(number)", by: number)) > 1)
    }

    @Test("With closed standard streams nothing is written into the files of the run")
    func closedStreams() throws {
        for (name, streams, last) in [
            ("none", ">&- 2>&- <&-", [String]()), ("messages", "2>&-", []),
            ("output", ">&-", ["--json"]),
        ] {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let command = flags(name, steps: 6).filter { $0 != "--json" } + last
            process.arguments =
                [
                    "-c", "exec \"$0\" \"$@\" \(streams)", try Executable.url.path,
                ] + command
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            // Lines that nobody reads are an error; messages that nobody reads are none.
            #expect(process.terminationStatus == (last.isEmpty ? 0 : 65), "\(name)")
            let run = files.path(name)
            #expect(try Data(contentsOf: URL(fileURLWithPath: run + "/lock")).count < 100)
            let log = try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8)
            #expect(log.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"event\":") })
        }
    }

    @Test("A log that is gone is told of")
    func goneLog() throws {
        let run = try stopped("bare")
        try FileManager.default.removeItem(atPath: run + "/metrics.jsonl")
        let process = try Executable.process(["train", "--resume", run, "--threads", "1"])
        let messages = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = messages
        try process.run()
        var said = ""
        while process.isRunning, !said.contains("metrics.jsonl") {
            said += String(decoding: messages.fileHandleForReading.availableData, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGINT)
        said += String(
            decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(
            said.contains("metrics.jsonl: is gone and begun anew, while the checkpoint is of step"))
    }
}
