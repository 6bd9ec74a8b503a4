import AttendTraining
import Foundation
import Testing

@Suite("attend presets")
struct PresetsCommandTests {
    private let files: ExampleFiles

    init() throws { files = try ExampleFiles() }

    @Test("A line for each preset, and the same in JSON")
    func list() throws {
        for arguments in [["presets"], ["presets", "list"]] {
            let result = try Executable.run(arguments)
            #expect(result.status == 0)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == Preset.all.count + 1)
            let names = lines.dropFirst().compactMap { $0.split(separator: " ").first }
            #expect(names.map(String.init) == Preset.names)
        }
        let result = try Executable.run(["presets", "list", "--json"])
        #expect(result.status == 0 && result.messages.isEmpty)
        let presets = try #require(try result.json()["presets"] as? [[String: Any]])
        #expect(presets.compactMap { $0["name"] as? String } == Preset.names)
        let shakespeare = try #require(presets.first { $0["name"] as? String == "shakespeare" })
        #expect(shakespeare["parameters"] as? Int == 804_096 && shakespeare["data"] == nil)
        #expect(presets.first?["data"] as? String == "tales")
    }

    @Test("What is shown is what is copied, and nothing is overwritten")
    func copying() throws {
        let file = files.path("mine.json")
        let copied = try Executable.run(["presets", "copy", "reverse", file])
        #expect(copied.status == 0 && copied.output.isEmpty)
        #expect(copied.messages == "Next: attend train --config \(file)\n")
        let shown = try Executable.run(["presets", "show", "reverse"])
        #expect(shown.status == 0 && shown.messages.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == shown.output)
        try files.write("mine.json", "mine")
        try Executable.expectRefusal(
            ["presets", "copy", "reverse", file], status: 65, mentioning: ["exists already"])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        try Executable.expectRefusal(
            ["presets", "copy", "reverse", files.path("no/such.json")], status: 65,
            mentioning: ["no/such.json"])
        let needy = try Executable.run(["presets", "copy", "shakespeare", files.path("s.json")])
        #expect(needy.messages.hasSuffix("s.json --data FILE\n"))
        let report = try Executable.run(
            ["presets", "copy", "translation", files.path("t.json"), "--json"])
        #expect(report.messages.isEmpty)
        #expect(try report.json()["path"] as? String == files.path("t.json"))
    }

    @Test("A misspelt name is told the nearest")
    func misspelling() throws {
        for command in [["show", "defalt"], ["copy", "defalt", files.path("x.json")]] {
            try Executable.expectRefusal(
                ["presets"] + command, status: 64, mentioning: ["did you mean default?"])
        }
    }

    /// Characters, bytes with a vocabulary of the preset, pieces whose number differs from the model's, and data of the
    /// preset's own.
    @Test(
        "Training from a copy is training from the preset",
        arguments: [
            ("shakespeare", "text.txt"), ("stories260k", "text.txt"), ("classifier", "labels.tsv"),
            ("translation", "pairs.tsv"), ("reverse", ""),
        ])
    func training(name: String, data: String) throws {
        let file = files.path("preset.json")
        #expect(try Executable.run(["presets", "copy", name, file]).status == 0)
        func train(_ out: String, _ arguments: [String]) throws -> String {
            let result = try Executable.run(
                [
                    "train", "--out", files.path(out), "--steps", "1", "--layers", "1", "--context",
                    "16", "--threads", "1",
                ] + arguments + (data.isEmpty ? [] : ["--data", files.path(data)]))
            #expect(result.status == 0, "\(result.messages)")
            return try String(contentsOfFile: files.path(out) + "/config.json", encoding: .utf8)
        }
        #expect(
            try train("copied", ["--config", file]) == train("named", ["--preset", name]))
    }

    @Test("A copy of a preset without data says that data are missing")
    func placeholder() throws {
        let file = files.path("s.json")
        #expect(try Executable.run(["presets", "copy", "shakespeare", file]).status == 0)
        try Executable.expectRefusal(
            ["train", "--config", file, "--out", files.path("run")], status: 65,
            mentioning: ["FILE"])
        #expect(!FileManager.default.fileExists(atPath: files.path("run")))
    }
}
