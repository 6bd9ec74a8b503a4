import AttendCheckpoints
import AttendModels
import AttendTraining
import Foundation
import Testing

@Suite("Configurations in YAML, and parts of them in JSON")
struct YAMLConfigurationTests {
    private func read(_ text: String, as ending: String = "yaml") throws -> RunConfiguration {
        let path = NSTemporaryDirectory() + "attend-\(UUID().uuidString).\(ending)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Preset.configuration(fromFile: path, version: "test")
    }

    private func problem(_ text: String, as ending: String = "yaml") -> String {
        do {
            _ = try read(text, as: ending)
            return "nothing"
        } catch { return "\(error)" }
    }

    @Test("What is given takes the place of the preset's, and the rest stays")
    func overlay() throws {
        let read = try read(
            """
            # A comment, and a document mark.
            ---
            preset: llama
            seed: 7
            data: notes.txt
            training:
              steps: 1_000
              learningRate: 1e-3   # the highest
              schedule: "wsd"
              gradientValueClip: 0.5
              contextSchedule:
                - {context: 16, untilStep: 100}
                - context: 32
                  untilStep: 200
            model: {width: 64}
            """)
        var expected = try #require(Preset.named("llama")).configuration(version: "test")
        expected.seed = 7
        expected.data.source = "notes.txt"
        expected.training.steps = 1000
        expected.training.learningRate = 1e-3
        expected.training.schedule = .warmupStableDecay
        expected.training.gradientValueClip = 0.5
        expected.training.contextSchedule = [
            ContextStage(context: 16, untilStep: 100), ContextStage(context: 32, untilStep: 200),
        ]
        guard case .llama(var sizes) = expected.model else { return }
        sizes.width = 64
        expected.model = .llama(sizes)
        #expect(read == expected)
        #expect(try self.read("seed: 3").preset == "default")
    }

    @Test("JSON without a format version says what differs, as YAML does")
    func partsInJSON() throws {
        let text = #"{"preset": "llama", "data": "notes.txt", "training": {"steps": 12}}"#
        #expect(try read(text, as: "json") == read(text))
        #expect(try read(text, as: "json").training.steps == 12)
        #expect(
            problem(#"{"training": {"stepz": 5}}"#, as: "json").hasSuffix(
                "the field training.stepz is unknown; did you mean steps?"))
        #expect(
            problem(#"{"preset": "lama"}"#, as: "json").contains(
                ".json: names the preset “lama”, which does not exist; did you mean llama?"))
        #expect(problem("[1]", as: "json").contains(".json: "))
        // A whole one must be whole.
        #expect(problem(#"{"formatVersion": 2}"#, as: "json").contains("is missing"))
    }

    @Test("A field in the wrong place is told where it belongs")
    func places() {
        #expect(
            problem("seed: 1\nsteps: 10").hasSuffix(
                "line 2: the field steps stands alone, but belongs into training; put it there."))
        #expect(problem("width: 10").contains("belongs into model"))
        #expect(
            problem(#"{"steps": 3}"#, as: "json").hasSuffix(
                ".json: the field steps stands alone, but belongs into training; put it there."))
    }

    @Test("Every preset comes back from the YAML that it is copied to", arguments: Preset.names)
    func roundTrip(name: String) throws {
        let configuration = try #require(Preset.named(name)).configuration(version: "test")
        let bytes = try configuration.yaml(comment: ["One line", "and another"], file: "x.yaml")
        #expect(try read(String(decoding: bytes, as: UTF8.self)) == configuration)
    }

    @Test("What is wrong is named by file, line and field, with the nearest name")
    func sentences() {
        #expect(
            problem("seed: 1\ntraining:\n  stepz: 5").contains(
                "line 3: the field training.stepz is unknown"))
        #expect(problem("training:\n  stepz: 5").contains("did you mean steps?"))
        #expect(
            problem("training:\n  steps: many").contains(
                "line 2: the field training.steps holds “many”"))
        #expect(problem("preset: lama").contains("line 1 names the preset"))
        #expect(problem("preset: lama").contains("did you mean llama?"))
        #expect(problem("seed: 1\nseed: 2").contains("second time"))
        #expect(problem("a: [1,\nb: 2").contains("is no YAML"))
        #expect(problem("training:\n  optimizer: adamx").contains("one of sgd"))
        #expect(problem("training: {steps: 0}").contains("steps is 0"))
        #expect(problem("").contains("is empty"))
        #expect(problem("# nothing").contains("is empty"))
        #expect(problem("- 1\n- 2").contains("where fields are needed"))
        #expect(problem("seed: 1\n---\nseed: 2").contains("YAML"))
        #expect(problem("? [a, b]\n: 1").contains("whose name is no text"))
    }

    @Test("What could take time, memory or stack is refused before it is parsed")
    func bombs() {
        let laughs =
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
        #expect(problem(laughs).contains("line 1 has an anchor or alias"))
        #expect(problem("a: [1, *b]").contains("anchor or alias"))
        #expect(problem("a: !!binary abc").contains("nothing") == false)
        #expect(problem("a: " + String(repeating: "[", count: 100_000)).contains("brackets"))
        #expect(problem("a: " + String(repeating: "[\"]\", ", count: 10_000)).contains("brackets"))
        #expect(problem(String(repeating: "- ", count: 50_000)).contains("indented"))
        #expect(problem(String(repeating: "? ", count: 50_000)).contains("indented"))
        let deep = (0..<2000).map { String(repeating: " ", count: $0) + "a:" }
        #expect(problem(deep.joined(separator: "\n")).contains("bytes where at most"))
        #expect(problem(deep.prefix(100).joined(separator: "\n")).contains("indented"))
        // A product and a bold word are no aliases.
        #expect(problem("seed: 1 # 2 * 3 & more").contains("nothing"))
    }
}
