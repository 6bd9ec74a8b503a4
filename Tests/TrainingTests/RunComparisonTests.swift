import AttendCheckpoints
import AttendFigures
import AttendModels
import AttendText
import AttendTraining
import Foundation
import Testing

@Suite struct RunComparisonTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns() }

    private func train(
        _ name: String, _ kind: DataKind = .text,
        _ change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> String {
        var (configuration, data) = try runs.configured(kind)
        change(&configuration)
        let run = try TrainingRun.begin(
            configuration, data: data, at: runs.path(name), commandLine: "attend train")
        try runs.train(run)
        return runs.path(name)
    }

    @Test func whatDiffersIsNamedByItsPlaceInTheConfiguration() throws {
        let paths = [
            try train("a"),
            try train("b") {
                $0.training.learningRate = 0.02
                $0.seed = 7
            },
        ]
        let comparison = try RunComparison(of: paths)
        #expect(comparison.names == ["a", "b"])
        #expect(comparison.differences.map(\.field) == ["seed", "training.learningRate"])
        #expect(comparison.differences.map(\.values) == [["5", "7"], ["0.01", "0.02"]])
        #expect(try RunComparison(of: [paths[0], paths[0]]).differences.isEmpty)
    }

    @Test func aFieldThatOnlyOneHasIsMissingInTheOther() throws {
        let comparison = try RunComparison(of: [try train("a"), try train("b", .pairs)])
        let values = Dictionary(
            uniqueKeysWithValues: comparison.differences.map { ($0.field, $0.values) })
        #expect(values["architecture"] == ["gpt", "encoder-decoder"])
        #expect(values["model.layerCount"] == ["2", nil])
        #expect(values["training.steps"] == nil)
    }

    @Test func runsOfOneNameAreCalledByTheirPaths() throws {
        let paths = [try train("a/run"), try train("b/run")]
        #expect(try RunComparison(of: paths).names == paths)
    }

    @Test func theFigureHasEveryRunTwice() throws {
        let paths = [try train("a"), try train("b") { $0.seed = 7 }]
        let comparison = try RunComparison(of: paths)
        let figure = comparison.figure()
        #expect(figure.series.map(\.emphasis) == [.faint, .faint, .strong, .strong])
        #expect(figure.series.map(\.points.count) == [12, 12, 4, 4])
        #expect(figure.series.map(\.color) == [0, 1, 0, 1])
        #expect(figure.yAxis.title == "nats per token")
        for (run, series) in zip(comparison.runs, figure.series.suffix(2)) {
            #expect(series.points.map(\.y).min() == run.bestValidationLoss)
            #expect(series.name.hasPrefix(run.name + " "))
        }
        #expect(figure.subtitle.hasPrefix("on text;"))
        #expect(figure.svg().hasPrefix("<svg"))
    }

    @Test func differentTokensAreComparedInBitsPerByte() throws {
        let request = TrainingData.Request(
            source: runs.path("text"), kind: .text, seed: 5, tokenizer: .byte, lengthLimit: 24)
        let data = try TrainingData(request)
        var configuration = try runs.configured(.text).configuration
        configuration.data = data.description
        configuration.model = configuration.model.withVocabulary(data.tokenizer.vocabularySize)
        try runs.train(
            TrainingRun.begin(
                configuration, data: data, at: runs.path("bytes"), commandLine: "attend train"))
        let comparison = try RunComparison(of: [try train("a"), runs.path("bytes")])
        let figure = comparison.figure()
        #expect(figure.yAxis.title == "bits per byte")
        for (run, series) in zip(comparison.runs, figure.series.suffix(2)) {
            let (last, bits) = (try #require(series.points.last), try #require(run.bitsPerByte))
            #expect(abs(last.y - bits) < 1e-6)
        }
        // One that has not ended has no such figure, and then nothing compares.
        let log = runs.path("bytes/metrics.jsonl")
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: log, atomically: true, encoding: .utf8)
        let unfinished = try RunComparison(of: [runs.path("a"), runs.path("bytes")]).figure()
        #expect(unfinished.yAxis.title == "nats per token")
        #expect(unfinished.subtitle.contains("do not compare"))
    }

    @Test func differentDataAreSaidToBe() throws {
        let figure = try RunComparison(of: [try train("a"), try train("b", .pairs)]).figure()
        #expect(figure.subtitle.contains("different data"))
    }

    @Test func whatIsNoRunIsAnError() throws {
        let path = try train("a")
        #expect(throws: CheckpointError.self) { try RunComparison(of: [path, runs.path("text")]) }
    }
}
