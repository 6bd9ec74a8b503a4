import Foundation
import Testing

/// Training on equations, and what the other commands make of such a run.
@Suite("Runs on equations")
struct EquationCommandTests {
    private let files: ExampleFiles

    init() throws { files = try ExampleFiles() }

    private func train(_ out: String) throws -> [[String: Any]] {
        let result = try Executable.run([
            "train", "--data", "modular-addition-7", "--training-share", "0.5", "--width", "16",
            "--steps", "4", "--evaluation-interval", "2", "--out", out, "--json", "--threads", "1",
        ])
        #expect(result.status == 0, "\(result.messages)")
        return try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("train: events tell how many answers of both parts are right; evaluate agrees")
    func whole() throws {
        let out = files.path("sums")
        let lines = try train(out)
        let evaluations = lines.filter { $0["event"] as? String == "evaluation" }
        #expect(evaluations.count == 3)
        for evaluation in evaluations {
            for name in ["accuracy", "trainAccuracy"] {
                let share = try #require(evaluation[name] as? Double)
                #expect((0...1).contains(share))
            }
        }
        let sample = try #require(lines.first { $0["event"] as? String == "sample" })
        let shown = try #require(sample["text"] as? String)
        #expect(shown.split(separator: "\n").allSatisfy { $0.contains(" = ") })
        let configuration = try String(contentsOfFile: out + "/config.json", encoding: .utf8)
        #expect(configuration.contains("\"trainingShare\" : 0.5"))
        #expect(configuration.contains("\"batch\" : 24"))

        let measured = try Executable.run([
            "evaluate", out, "--data", "modular-addition-7", "--json", "--threads", "1",
        ])
        #expect(measured.status == 0, "\(measured.messages)")
        let json = try measured.json()
        let accuracies = try #require(json["accuracies"] as? [String: Double])
        #expect(json["tokens"] as? Int == 25)
        let matching = evaluations.contains { evaluation in
            let found = [evaluation["trainAccuracy"], evaluation["accuracy"]].map {
                $0 as? Double ?? -1
            }
            return zip(found, ["training", "validation"]).allSatisfy {
                abs($0 - (accuracies[$1] ?? -1)) < 1e-6
            }
        }
        #expect(matching, "the best checkpoint is one of those evaluated")
        for command in [
            ["generate", out, "--prompt", "5 6 =", "--max-tokens", "1"], ["inspect", out],
            ["inspect", out, "--trace"], ["logits", out, "--tokens", "5,6,7"],
        ] {
            let used = try Executable.run(command + ["--json", "--threads", "1"])
            #expect(used.status == 0, "\(command): \(used.messages)")
        }
    }

    @Test("What makes no sense with equations is refused in a sentence")
    func refusals() throws {
        let out = files.path("sums")
        _ = try train(out)
        for (arguments, status, words) in [
            (["evaluate", out, "--data", "modular-addition"], 65, ["modular-addition-7"]),
            (["evaluate", out, "--data", "tales"], 65, ["vocabulary"]),
            (["generate", out, "--prompt", "Once"], 65, ["Once"]),
            (["export", out, "--to", "huggingface", "--out", files.path("hf")], 65, ["norm"]),
            (["train", "--data", "modular-addition-600"], 65, ["from 2 to 512"]),
            (
                ["train", "--data", "modular-addition", "--tokenizer", "byte"], 64,
                ["--tokenizer", "leave it out"]
            ),
            (["train", "--data", "tales", "--training-share", "0.5"], 64, ["--training-share"]),
            (
                ["train", "--preset", "modular-addition", "--data", "tales"], 64,
                ["modular-addition-59"]
            ),
            (["train", "--model", "encoder", "--data", "modular-addition"], 64, ["encoder"]),
            (
                ["train", "--data", "modular-addition", "--context", "2", "--out", out + "2"], 64,
                ["3 tokens"]
            ),
        ] as [([String], Int32, [String])] {
            try Executable.expectRefusal(
                arguments + ["--threads", "1"], status: status, mentioning: words)
        }
    }
}
