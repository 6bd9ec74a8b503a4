import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite struct RunListTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func train(_ kind: DataKind, as name: String, seed: UInt64 = 5) throws {
        var (configuration, data) = try runs.configured(kind)
        configuration.seed = seed
        let run = try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
        try runs.train(run)
    }

    private func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: runs.path(name), withIntermediateDirectories: true)
    }

    @Test func theNewestComesFirst() throws {
        for (name, age) in [("b/middle", 200.0), ("b/old", 300), ("b/new", 100)] {
            try train(.text, as: name)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)],
                ofItemAtPath: runs.path("\(name)/config.json"))
        }
        let list = try RunList(in: runs.path("b"))
        #expect(list.runs.map(\.name) == ["new", "middle", "old"] && list.notices.isEmpty)
        #expect(list.runs.map(\.path) == ["new", "middle", "old"].map { runs.path("b/\($0)") })
        // A run itself is a list of one.
        #expect(try RunList(in: runs.path("b/old")).runs.map(\.name) == ["old"])
    }

    @Test func whatIsNoRunIsPassedOverWithANotice() throws {
        try train(.text, as: "b/good")
        try train(.text, as: "b/torn")
        try makeDirectory("b/foreign")
        try makeDirectory("b/broken")
        try Data("{".utf8).write(to: URL(fileURLWithPath: runs.path("b/broken/config.json")))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: runs.path("b/file")))
        try Data("x\ny\n".utf8).write(
            to: URL(fileURLWithPath: runs.path("b/torn/metrics.jsonl")))
        let list = try RunList(in: runs.path("b"))
        #expect(list.runs.map(\.name) == ["good"])
        #expect(list.notices.count == 3)
        for name in ["foreign", "broken", "torn"] {
            #expect(list.notices.contains { $0.contains("b/\(name)") }, "\(list.notices)")
        }
        #expect(list.notices.allSatisfy { $0.hasPrefix("Passed over: ") })
        for number in 0..<40 { try makeDirectory("b/empty-\(number)") }
        let many = try RunList(in: runs.path("b"))
        #expect(many.runs.map(\.name) == ["good"])
        #expect(many.notices.count == RunList.noticeLimit + 1)
        #expect(many.notices.last == "Passed over: 23 more of them.")
    }

    @Test func ofVeryManyDirectoriesTheNewestAreLookedAt() throws {
        for number in 0..<RunList.directoryLimit + 5 { try makeDirectory("b/d\(number)") }
        try train(.text, as: "b/a")
        let list = try RunList(in: runs.path("b"))
        #expect(list.runs.map(\.name) == ["a"])
        #expect(list.notices.last?.contains("1006 directories") == true, "\(list.notices)")
    }

    @Test func aDirectoryThatIsMissingOrAFileIsAnError() throws {
        let missing = try #require(throws: CheckpointError.self) {
            try RunList(in: runs.path("nothing"))
        }
        #expect(missing.kind == .missing)
        #expect(throws: CheckpointError.self) { try RunList(in: runs.path("text")) }
        try makeDirectory("none")
        #expect(try RunList(in: runs.path("none")).runs.isEmpty)
    }

    @Test func runsOnTheSameTextStandBesideEachOther() throws {
        try train(.text, as: "first")
        #expect(RunList.comparison(of: runs.path("first")).isEmpty)
        try train(.text, as: "second", seed: 6)
        try train(.pairs, as: "other")
        let found = RunList.comparison(of: runs.path("second"))
        #expect(Set(found.map(\.path)) == [runs.path("first"), runs.path("second")])
        let bits = found.compactMap(\.bitsPerByte)
        #expect(bits.count == 2 && bits == bits.sorted())
        #expect(found.allSatisfy { $0.steps == 12 && $0.tokenizer == "character" })
        let page = try String(contentsOfFile: runs.path("second/report.html"), encoding: .utf8)
        #expect(page.contains("Beside other runs on this text"))
        #expect(page.contains("second (this run)"))
        for value in bits {
            #expect(page.contains("<td>\(String(format: "%.4f", value))</td>"))
        }
    }

    @Test func whatIsNoFinishedRunHasNoPlaceBesideOne() throws {
        try train(.text, as: "first")
        try train(.text, as: "torn", seed: 6)
        try train(.text, as: "good", seed: 7)
        let log = runs.path("torn/metrics.jsonl")
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: log, atomically: true, encoding: .utf8)
        try makeDirectory("empty")
        let found = RunList.comparison(of: runs.path("first"))
        #expect(Set(found.map(\.path)) == [runs.path("first"), runs.path("good")])
    }
}
