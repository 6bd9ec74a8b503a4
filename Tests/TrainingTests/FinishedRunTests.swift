import AttendCheckpoints
import AttendTraining
import Foundation
import Testing

@Suite struct FinishedRunTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func train(_ kind: DataKind, as name: String, seed: UInt64 = 5) throws {
        var (configuration, data) = try runs.configured(kind)
        configuration.seed = seed
        let run = try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
        _ = try run.run(
            sample: { _ in ModelSample(text: "") }, shouldStop: { false }, report: { _ in },
            notice: { _ in })
    }

    @Test func runsOnTheSameTextStandBesideEachOther() throws {
        try train(.text, as: "first")
        #expect(FinishedRun.comparison(of: runs.path("first")).isEmpty)
        try train(.text, as: "second", seed: 6)
        try train(.pairs, as: "other")
        let found = FinishedRun.comparison(of: runs.path("second"))
        #expect(Set(found.map(\.path)) == [runs.path("first"), runs.path("second")])
        #expect(found.map(\.bitsPerByte) == found.map(\.bitsPerByte).sorted())
        #expect(found.allSatisfy { $0.steps == 12 && $0.tokenizer == "character" })
        let page = try String(contentsOfFile: runs.path("second/report.html"), encoding: .utf8)
        #expect(page.contains("Beside other runs on this text"))
        #expect(page.contains("second (this run)"))
        for run in found {
            #expect(page.contains("<td>\(String(format: "%.4f", run.bitsPerByte))</td>"))
        }
    }

    @Test func whatIsNoFinishedRunIsPassedOver() throws {
        try train(.text, as: "first")
        try train(.text, as: "torn", seed: 6)
        try train(.text, as: "good", seed: 7)
        let log = runs.path("torn/metrics.jsonl")
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: log, atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(
            atPath: runs.path("empty"), withIntermediateDirectories: true)
        let found = FinishedRun.comparison(of: runs.path("first"))
        #expect(Set(found.map(\.path)) == [runs.path("first"), runs.path("good")])
    }
}
