import Foundation
import Testing

/// Rows of what must hold under the heading "Training" that need processes: signals, locks, disks that are full.
///
/// Thirty kills at random moments under load: `Scripts/kill-and-resume.py`.
@Suite("SAFETY: Training", .serialized)
final class TrainingSafetyTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "attend-safety-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("text.txt", String(repeating: "a small text to learn from. ", count: 60))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    private func flags(_ name: String, steps: Int, interval: Int = 1, data: String = "text.txt")
        -> [String]
    {
        [
            "train", "--data", path(data), "--layers", "1", "--heads", "2", "--width", "8",
            "--context", "8", "--batch", "2", "--threads", "1", "--steps", "\(steps)",
            "--evaluation-interval", "\(interval)", "--out", path(name),
        ]
    }

    private func bytes(_ run: String, step: Int, _ file: String = "model") throws -> Data {
        try Data(
            contentsOf: URL(
                fileURLWithPath: path("\(run)/checkpoints/step-\(step)/\(file).safetensors")))
    }

    /// Starts a training and waits until it has logged so many steps.
    private func started(_ arguments: [String], steps: Int, at name: String) throws -> Process {
        let process = try Executable.process(arguments)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            let log = (try? String(contentsOfFile: path("\(name)/metrics.jsonl"), encoding: .utf8))
            if (log ?? "").components(separatedBy: "\"event\":\"step\"").count > steps { break }
            usleep(1000)
        }
        return process
    }

    @Test(
        "kill -9 at any moment: the run resumes, and ends as one that was left alone",
        arguments: [0, 3, 9])
    func kill(steps: Int) throws {
        let whole = try Executable.run(flags("whole", steps: 12))
        #expect(whole.status == 0, "\(whole.messages)")
        let process = try started(flags("killed", steps: 12), steps: steps, at: "killed")
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let isRun = FileManager.default.fileExists(atPath: path("killed/config.json"))
        let resumed = try Executable.run(
            isRun ? ["train", "--resume", path("killed")] : flags("killed", steps: 12))
        // It may have come to its end before the signal.
        #expect(
            resumed.status == 0 || resumed.messages.contains("has taken all"),
            "\(resumed.messages)")
        for file in ["model", "optimizer"] {
            #expect(
                try bytes("killed", step: 12, file) == bytes("whole", step: 12, file), "\(file)")
        }
    }

    @Test("SIGINT during save: the checkpoint is whole, and the run goes on from it")
    func interruptedSave() throws {
        let process = try started(flags("saving", steps: 1_000_000), steps: 2, at: "saving")
        let checkpoints = path("saving/checkpoints")
        var wasSaving = false
        for _ in 0..<100_000 where !wasSaving && process.isRunning {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
            wasSaving = names.contains { $0.hasSuffix(".partial") }
        }
        Foundation.kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(wasSaving)
        #expect(process.terminationReason == .exit && process.terminationStatus == 130)
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints)
        #expect(names.contains("latest") && !names.contains { $0.hasSuffix(".partial") })
        let used = try Executable.run(["inspect", path("saving")])
        #expect(used.status == 0 && !used.messages.contains("checkpoint"), "\(used.messages)")
    }

    @Test("Two processes, one run directory: second refused")
    func twoProcesses() throws {
        let arguments = flags("busy", steps: 1_000_000, interval: 1000)
        let process = try started(arguments, steps: 1, at: "busy")
        defer {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try Executable.expectRefusal(
            ["train", "--resume", path("busy")], status: 65,
            mentioning: ["in use by process \(process.processIdentifier)"])
        try Executable.expectRefusal(arguments, status: 65, mentioning: ["holds a run already"])
    }

    @Test("Newer format, changed configuration or data: clear refusal")
    func changed() throws {
        let process = try started(flags("changed", steps: 1_000_000), steps: 4, at: "changed")
        Foundation.kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        func refuses(_ file: String, _ old: String, _ new: String, _ words: String...) throws {
            let text = try String(contentsOfFile: path(file), encoding: .utf8)
            try #require(text.contains(old), "\(text)")
            try write(file, text.replacingOccurrences(of: old, with: new))
            try Executable.expectRefusal(
                ["train", "--resume", path("changed")], status: 65, mentioning: words)
            try write(file, text)
        }
        try refuses(
            "changed/config.json", "\"formatVersion\" : 2", "\"formatVersion\" : 3",
            "formatVersion 3", "use the version that wrote it")
        try refuses(
            "changed/config.json", "\"batch\" : 2", "\"batch\" : 3", "has been edited",
            "begin a new run with --config")
        try refuses("text.txt", "small", "samll", "text.txt", "is not what the run began with")
        let latest = try String(contentsOfFile: path("changed/checkpoints/latest"), encoding: .utf8)
        let manifest = "changed/checkpoints/\(latest.dropLast())/manifest.json"
        try refuses(
            manifest, "\"formatVersion\" : 1", "\"formatVersion\" : 2, \"new\" : []",
            "format version 2")
        try refuses(
            "changed/metrics.jsonl", "{\"event\":\"step\",\"step\":2,", "{\"event\":\"step\",",
            "metrics.jsonl", "line ")
    }

    @Test("Empty data, shorter than context: error, and nothing is left behind")
    func badData() throws {
        try write("empty.txt", "\u{FEFF}")
        try write("short.txt", "abc")
        for (name, words) in [
            ("empty.txt", ["empty.txt", "empty"]), ("short.txt", ["has 2 tokens", "context of 8"]),
        ] {
            try Executable.expectRefusal(
                flags("refused", steps: 1, data: name), status: 65, mentioning: words)
            #expect(!FileManager.default.fileExists(atPath: path("refused")))
        }
    }

    @Test("CRLF/BOM: the same training as of the text without")
    func lineEnds() throws {
        let text = (0..<300).map { "line \($0 % 17)\n" }.joined()
        try write("plain.txt", text)
        try write("other.txt", "\u{FEFF}" + text.replacingOccurrences(of: "\n", with: "\r\n"))
        for name in ["plain", "other"] {
            let result = try Executable.run(flags(name, steps: 3, interval: 3, data: name + ".txt"))
            #expect(result.status == 0, "\(result.messages)")
        }
        #expect(try bytes("other", step: 3) == bytes("plain", step: 3))
    }

    @Test("/dev/full as --out, and a read-only place: refused by name")
    func badPlaces() throws {
        var arguments = flags("x", steps: 1)
        for (place, word) in [("/dev/full", "is a file"), ("/proc/attend", "/proc")] {
            arguments[arguments.count - 1] = place
            try Executable.expectRefusal(arguments, status: 65, mentioning: [place, word])
        }
    }

    #if os(Linux)
        /// The limit on the size of files makes a write fail half way, as a full disk does, also for a superuser.
        @Test(
            "ENOSPC: a disk that is full while training is a sentence, and the checkpoint before it loads",
            arguments: [8, 12, 40])
        func fullDisk(kilobytes: Int) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            let command = try ([Executable.url.path] + flags("full", steps: 4000, interval: 3)).map
            {
                "'\($0)'"
            }.joined(separator: " ")
            process.arguments = [
                "-c", "trap '' XFSZ; ulimit -f \(kilobytes); exec \(command)",
            ]
            let messages = Pipe()
            process.standardError = messages
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            let said = String(
                decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 65, "\(said)")
            let sentence = said.split(separator: "\n").last { $0.hasPrefix("attend: ") } ?? ""
            #expect(sentence.contains(path("full/")) && sentence.contains("cannot"), "\(said)")
            let checkpoints = path("full/checkpoints/latest")
            if FileManager.default.fileExists(atPath: checkpoints) {
                let used = try Executable.run(["inspect", path("full")])
                #expect(used.status == 0, "\(used.messages)")
                let resumed = try Executable.run(
                    ["generate", path("full"), "--max-tokens", "3", "--threads", "1"])
                #expect(resumed.status == 0, "\(resumed.messages)")
            }
        }
    #endif

    @Test("Flags that guard a training are refused out of range, and kept by --resume")
    func guards() throws {
        for (flag, value) in [
            ("--keep", "0"), ("--keep", "1001"), ("--spike-skip", "0"), ("--spike-skip", "nan"),
            ("--patience", "0"), ("--patience", "x"),
        ] {
            try Executable.expectRefusal(
                flags("refused", steps: 1) + [flag, value], status: 64, mentioning: [flag])
        }
        try Executable.expectRefusal(
            flags("refused", steps: 1) + ["--patience", "3", "--overfit-one-batch"], status: 64,
            mentioning: ["patience", "overfitsOneBatch"])
        try Executable.expectRefusal(
            ["train", "--resume", path("x"), "--keep", "3"], status: 64,
            mentioning: ["--keep cannot be given"])
        #expect(!FileManager.default.fileExists(atPath: path("refused")))
    }
}
