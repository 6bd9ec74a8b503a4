import AttendTraining
import Foundation
import Testing

@Suite("attend train")
final class TrainCommandTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "attend-train-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("text.txt", String(repeating: "a small text to learn from. ", count: 60))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private var tiny: [String] {
        [
            "train", "--data", folder + "/text.txt", "--layers", "1", "--heads", "2", "--width",
            "8", "--context", "8",
            "--batch", "2", "--threads", "1",
        ]
    }

    @Test("JSON lines are those of the contract; the run can then be used by every command")
    func json() throws {
        let out = folder + "/run"
        let result = try Executable.run(
            tiny + [
                "--steps", "6", "--evaluation-interval", "3", "--out", out, "--seed", "3", "--json",
            ])
        #expect(result.status == 0, "\(result.messages)")
        let lines = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let kinds = lines.compactMap { $0["event"] as? String }
        #expect(kinds.first == "start" && kinds.last == "done")
        #expect(kinds.count { $0 == "step" } == 6 && kinds.count { $0 == "evaluation" } == 3)
        #expect(kinds.count { $0 == "sample" } == 3)
        let fields: [String: Set<String>] = [
            "start": ["parameters", "run"],
            "step": ["step", "loss", "learningRate", "gradientNorm", "tokensPerSecond"],
            "evaluation": ["step", "trainLoss", "validationLoss"], "sample": ["step", "text"],
            "layers": ["step", "layers"],
            "done": [
                "run", "steps", "validationLoss", "seconds", "totalSeconds", "peakMemoryBytes",
            ],
        ]
        for line in lines {
            let kind = try #require(line["event"] as? String)
            #expect(try #require(fields[kind]).isSubset(of: line.keys))
        }
        for command in [
            ["generate", out, "--max-tokens", "5"],
            ["evaluate", out, "--data", folder + "/text.txt"],
            ["logits", out, "--tokens", "1,2"], ["inspect", out],
        ] {
            let used = try Executable.run(command + ["--json", "--threads", "1"])
            #expect(used.status == 0, "\(command): \(used.messages)")
        }
        try Executable.expectRefusal(
            tiny + ["--out", out], status: 65, mentioning: ["holds a run already"])
        try Executable.expectRefusal(
            ["train", "--resume", out], status: 64, mentioning: ["has taken all of its 6 steps"])
    }

    @Test("The end says where the report is and what to type next")
    func messages() throws {
        let result = try Executable.run(tiny + ["--steps", "2", "--out", folder + "/told"])
        #expect(result.status == 0 && result.output.isEmpty)
        #expect(result.messages.contains("told/report.html"))
        #expect(result.lines.last?.hasPrefix("Next: attend generate ") == true)
    }

    @Test("TensorBoard gets files where it is asked for, also when the run goes on")
    func tensorBoard() throws {
        let (plain, drawn) = (folder + "/plain", folder + "/drawn")
        for (out, flags) in [(plain, []), (drawn, ["--tensorboard"])] {
            let result = try Executable.run(tiny + ["--steps", "2", "--out", out] + flags)
            #expect(result.status == 0, "\(result.messages)")
        }
        #expect(!FileManager.default.fileExists(atPath: plain + "/tensorboard"))
        let names = try FileManager.default.contentsOfDirectory(atPath: drawn + "/tensorboard")
        #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
        // It is no setting of the run, so that it may come with --resume.
        try Executable.expectRefusal(
            ["train", "--resume", plain, "--tensorboard"], status: 64,
            mentioning: ["has taken all of its 2 steps"])
    }

    @Test("evaluate on the validation part as a file gives the run's own figure")
    func agreement() throws {
        let text = (0..<3000).map { "\($0 % 97) and \($0 % 13). " }.joined()
        try write("long.txt", text)
        let scalars = Array(text.unicodeScalars)
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: scalars[Int(Double(scalars.count) * 0.9)...])
        try write("rest.txt", String(rest))
        var arguments = tiny + ["--steps", "30", "--out", folder + "/long", "--json"]
        arguments[2] = folder + "/long.txt"
        let trained = try Executable.run(arguments)
        let done = try #require(
            trained.lines.isEmpty ? trained.output.split(separator: "\n").last : nil)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(done.utf8)) as? [String: Any])
        let evaluated = try Executable.run(
            [
                "evaluate", folder + "/long", "--data", folder + "/rest.txt", "--json", "--threads",
                "1",
            ]
        ).json()
        let own = try #require(object["validationLoss"] as? Double)
        let found = try #require(evaluated["loss"] as? Double)
        #expect(abs(own - found) < 1e-5)
    }

    static let wrong: [([String], [String])] = [
        (["--steps", "0"], ["--steps", "from 1"]), (["--batch", "-1"], ["--batch", "from 1"]),
        (["--context", "x"], ["--context"]), (["--width", "99999999999"], ["--width", "65,536"]),
        (["--heads", "3"], ["--heads 3 does not divide --width 8"]),
        (["--layers", "1e3"], ["--layers"]),
        (["--dropout", "1"], ["--dropout", "from 0 to"]), (["--dropout", "nan"], ["--dropout"]),
        (["--learning-rate", "0"], ["--learning-rate"]),
        (["--learning-rate", "inf"], ["--learning-rate"]),
        (["--preset", "shakespear"], ["--preset", "did you mean shakespeare"]),
        (["--model", "gtp"], ["--model", "did you mean gpt"]),
        (["--precision", "float16"], ["--precision", "did you mean"]),
        (["--tokenizer", "chars"], ["--tokenizer", "character"]),
        (["--step", "3"], ["--step", "--steps"]),
        (["--resume", "x"], ["--resume", "cannot be given"]),
        (["--batch", "65536", "--context", "8192"], ["--batch", "lower one"]),
        (["--batch", "65536", "--context", "1024", "--width", "4096"], ["of memory"]),
    ]

    @Test("Wrong flags are refused with status 64 and leave nothing behind", arguments: wrong)
    func usage(flags: [String], words: [String]) throws {
        try Executable.expectRefusal(
            tiny + ["--out", folder + "/refused"] + flags, status: 64, mentioning: words)
        #expect(!FileManager.default.fileExists(atPath: folder + "/refused"))
    }

    @Test("Data that cannot be used is refused with status 65 and leaves nothing behind")
    func data() throws {
        try write("empty.txt", "")
        try write("short.txt", "abc")
        try Data([0x61, 0xff, 0x62]).write(to: URL(fileURLWithPath: folder + "/broken.txt"))
        try Data([0x61, 0, 0x62]).write(to: URL(fileURLWithPath: folder + "/binary.txt"))
        for (name, word) in [
            ("empty.txt", "empty"), ("short.txt", "context of 8"), ("broken.txt", "UTF-8"),
            ("binary.txt", "binary"),
            ("missing.txt", "missing.txt"),
        ] {
            var arguments = tiny + ["--out", folder + "/refused"]
            arguments[2] = folder + "/" + name
            let result = try Executable.run(arguments)
            #expect(result.status == 65, "\(name): \(result.messages)")
            #expect(
                result.lines.count == 1 && result.messages.contains(word),
                "\(name): \(result.messages)")
            #expect(!FileManager.default.fileExists(atPath: folder + "/refused"))
        }
        // A directory may hold pairs; a model that learns from text wants a file.
        try Executable.expectRefusal(
            ["train", "--data", folder, "--model", "gpt", "--out", folder + "/refused"], status: 65,
            mentioning: [folder, "is a directory"])
        try Executable.expectRefusal(
            ["train", "--data", folder, "--out", folder + "/refused"], status: 65,
            mentioning: [folder, "has no file train."])
        try Executable.expectRefusal(
            ["train", "--data", "tale"], status: 65, mentioning: ["did you mean", "tales"])
        try Executable.expectRefusal(
            ["train", "--preset", "shakespeare"], status: 64, mentioning: ["--data FILE"])
        try Executable.expectRefusal(
            tiny + ["--out", folder + "/text.txt"], status: 65, mentioning: ["is a file"])
        try Executable.expectRefusal(
            tiny + ["--out", "/proc/attend-run"], status: 65, mentioning: ["/proc"])
        try Executable.expectRefusal(
            ["train", "--resume", folder], status: 65, mentioning: ["config.json"])
    }

    @Test("A run whose files were edited is refused on resuming, with status 65")
    func editedRun() throws {
        let out = folder + "/edited"
        let process = try Executable.process(
            tiny + ["--steps", "1000000", "--evaluation-interval", "3", "--out", out, "--json"])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var seen = Data()
        while seen.count(of: "\"step\"") < 9 { seen += output.fileHandleForReading.availableData }
        kill(process.processIdentifier, SIGINT)
        _ = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        func edit(_ name: String, _ old: String, _ new: String, mentioning words: [String]) throws {
            let path = out + "/" + name
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try #require(text.contains(old))
            try text.replacingOccurrences(of: old, with: new).write(
                toFile: path, atomically: true, encoding: .utf8)
            try Executable.expectRefusal(["train", "--resume", out], status: 65, mentioning: words)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        try edit(
            "config.json", "\"dropout\" : 0", "\"dropout\" : 0.5", mentioning: ["has been edited"])
        try edit("config.json", "\"seed\" : 1", "\"seed\" : 2", mentioning: ["has been edited"])
        try edit(
            "config.json", "\"seed\" : 1", "\"seeds\" : 1", mentioning: ["config.json", "seed"])
        try edit(
            "metrics.jsonl", "{\"event\":\"step\",\"step\":2,", "garbage",
            mentioning: ["metrics.jsonl", "line"])
        try edit("tokenizer.json", "\"character\"", "\"letter\"", mentioning: ["tokenizer"])
    }

    @Test("JSON that cannot be written stops the run with status 65, saved")
    func fullOutput() throws {
        let out = folder + "/full"
        let process = try Executable.process(
            tiny + ["--steps", "1000000", "--out", out, "--json"])
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        let messages = Pipe()
        process.standardError = messages
        try process.run()
        let said = String(
            decoding: try messages.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 65, "\(said)")
        #expect(said.contains("Standard output cannot be written"))
    }

    @Test("The first Ctrl-C saves, and the run goes on from there")
    func interruption() throws {
        let out = folder + "/stopped"
        let process = try Executable.process(tiny + ["--steps", "1000000", "--out", out, "--json"])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var seen = Data()
        while seen.count(of: "\"step\"") < 5 { seen += output.fileHandleForReading.availableData }
        kill(process.processIdentifier, SIGINT)
        _ = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let steps = try FileManager.default.contentsOfDirectory(atPath: out + "/checkpoints")
        #expect(steps.contains("latest") && steps.contains { $0.hasPrefix("step-") })
        let used = try Executable.run(["generate", out, "--max-tokens", "3", "--threads", "1"])
        #expect(used.status == 0, "\(used.messages)")
    }
}

extension Data {
    fileprivate func count(of text: String) -> Int {
        String(decoding: self, as: UTF8.self).components(separatedBy: text).count - 1
    }
}
