import Foundation
import Testing

@Suite("attend runs")
struct RunsCommandTests {
    private let files: ExampleFiles

    init() throws {
        files = try ExampleFiles()
        for (name, rate, date) in [("old", "1e-3", 0.0), ("new", "1e-2", 100)] {
            let run = files.path("runs/\(name)")
            let result = try Executable.run([
                "train", "--data", files.path("text.txt"), "--out", run, "--learning-rate", rate,
                "--steps", "4", "--evaluation-interval", "2", "--batch", "2", "--layers", "1",
                "--heads", "2", "--width", "16", "--context", "16", "--threads", "1",
            ])
            #expect(result.status == 0, "\(result.messages)")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: date - 1000)],
                ofItemAtPath: run + "/config.json")
        }
    }

    private var folder: String { files.path("runs") }

    @Test("A table of the runs, the newest first")
    func table() throws {
        for arguments in [["runs", folder], ["runs", "list", folder]] {
            let result = try Executable.run(arguments)
            #expect(result.status == 0, "\(result.messages)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[0].hasPrefix("name  model  data      state "))
            #expect(lines[1].hasPrefix("new   gpt    text.txt  finished "))
            #expect(lines[2].hasPrefix("old   gpt    text.txt  finished "))
            #expect(lines[1].contains(" 4/4 "))
            #expect(Set(lines.map(\.count)).count == 1)
            #expect(
                result.messages == "Next: attend runs compare \(folder)/new \(folder)/old\n")
        }
    }

    @Test("A run that was stopped is to be resumed")
    func stopped() throws {
        let log = folder + "/new/metrics.jsonl"
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: log, atomically: true, encoding: .utf8)
        let result = try Executable.run(["runs", folder])
        #expect(result.output.contains("stopped"))
        #expect(result.messages == "Next: attend train --resume \(folder)/new\n")
        let same = try Executable.run(["runs", "compare", folder + "/old", folder + "/old"])
        #expect(same.output.contains("The configurations are the same.\n\n"))
    }

    @Test("JSON has a run for each")
    func json() throws {
        let result = try Executable.run(["runs", folder, "--json"])
        #expect(result.status == 0 && result.messages.isEmpty)
        let runs = try #require(try result.json()["runs"] as? [[String: Any]])
        #expect(runs.compactMap { $0["name"] as? String } == ["new", "old"])
        for run in runs {
            #expect(run["model"] as? String == "gpt" && run["state"] as? String == "finished")
            #expect(run["data"] as? String == files.path("text.txt"))
            #expect(run["steps"] as? Int == 4 && run["plannedSteps"] as? Int == 4)
            #expect((run["parameters"] as? Int ?? 0) > 0)
            for name in ["bestValidationLoss", "bitsPerByte", "seconds"] {
                #expect((run[name] as? Double ?? 0) > 0, "\(name)")
            }
        }
    }

    @Test("What is no run is passed over with a notice, and an empty directory is no error")
    func passedOver() throws {
        try files.write("runs/foreign/config.json", "{}")
        let result = try Executable.run(["runs", folder, "--json"])
        #expect(result.status == 0)
        #expect((try result.json()["runs"] as? [Any])?.count == 2)
        #expect(result.lines.count == 1 && result.messages.contains("runs/foreign/config.json"))
        try files.write("empty/file", "")
        let empty = try Executable.run(["runs", files.path("empty")])
        #expect(empty.status == 0 && empty.output.isEmpty)
        #expect(empty.messages.contains("There are no runs in"))
        try Executable.expectRefusal(
            ["runs", files.path("nothing")], status: 65, mentioning: ["does not exist"])
    }

    @Test("Two runs side by side, with a figure")
    func comparison() throws {
        let figure = files.path("comparison.svg")
        let runs = [folder + "/old", folder + "/new"]
        let result = try Executable.run(["runs", "compare"] + runs + ["--out", figure])
        #expect(result.status == 0, "\(result.messages)")
        let rows = result.output.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(rows[0] == ["old", "new"])
        #expect(rows.contains(["training.learningRate", "0.001", "0.01"]))
        #expect(rows.contains(["state", "finished", "finished"]))
        #expect(!rows.contains { $0.first == "training.steps" })
        #expect(try String(contentsOfFile: figure, encoding: .utf8).hasPrefix("<svg"))
        #expect(result.messages == "Figure: \(figure)\n")
        // A figure makes way for a figure, and nothing else does.
        let again = try Executable.run(["runs", "compare"] + runs + ["--out", figure])
        #expect(again.status == 0, "\(again.messages)")
        try Data("notes".utf8).write(to: URL(fileURLWithPath: figure))
        try Executable.expectRefusal(
            ["runs", "compare"] + runs + ["--out", figure], status: 65,
            mentioning: [figure, "is not a figure"])

        let plain = try Executable.run(["runs", "compare"] + runs + ["--json"])
        #expect(plain.status == 0 && plain.messages.isEmpty)
        let report = try plain.json()
        #expect(
            (report["runs"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == [
                "old", "new",
            ])
        let differences = try #require(report["differences"] as? [[String: Any]])
        let rate = try #require(
            differences.first { $0["field"] as? String == "training.learningRate" })
        #expect(rate["values"] as? [String] == ["0.001", "0.01"])
    }

    @Test("Runs that are none, or too few or many, are refused")
    func refusals() throws {
        let run = folder + "/old"
        try Executable.expectRefusal(
            ["runs", "compare", run], status: 64, mentioning: ["expected 2 to 12", "found 1"])
        try Executable.expectRefusal(
            ["runs", "compare"] + Array(repeating: run, count: 13), status: 64,
            mentioning: ["found 13"])
        try Executable.expectRefusal(
            ["runs", "compare", run, files.path("text.txt")], status: 65,
            mentioning: ["text.txt", "give the directory of a run"])
        try Executable.expectRefusal(
            ["runs", "compare", run, run, "--out", files.path("no/such.svg")], status: 65,
            mentioning: ["no/such.svg"])
    }
}
