internal import AttendCheckpoints
internal import AttendModels
internal import AttendFigures
internal import AttendTensors
internal import Foundation

/// The report of a run, from its configuration and what it logged.
struct RunReport {
    let configuration: RunConfiguration
    let run: String
    let commandLine: String

    /// Writes `report.html` and `samples.txt`, each whole or not at all.
    func write(_ events: [MetricEvent], to directory: RunDirectory) throws {
        let summary = summary()
        try AtomicFile.write(Report(events, summary: summary).html, to: directory.reportPath)
        try AtomicFile.write(
            SamplesText.text(of: events, title: summary.title), to: directory.samplesPath)
    }

    private func summary() -> ReportSummary {
        let (model, training, data) = (
            configuration.model, configuration.training, configuration.data
        )
        return ReportSummary(
            title: "\(configuration.preset) on \(Self.title(of: data))",
            modelName: model.architecture.rawValue, parameterCount: model.sizes.parameterCount,
            configuration: model.sizes.facts + training.facts(for: data.kind) + [
                ("tokens", data.tokenizer), ("version", configuration.attendVersion),
            ] + Self.hashes(of: data),
            dataDescription: Self.description(of: data), tokenName: Self.tokenName(of: data),
            seed: configuration.seed, command: commandLine, run: run, plannedSteps: training.steps,
            comparison: RunList.comparison(of: run), prediction: configuration.prediction)
    }

    private static func description(of data: DataDescription) -> String {
        guard let training = data.trainingExampleCount, let validation = data.validationExampleCount
        else {
            return
                "\(sources(of: data)), \(Numeral.count(data.trainingCharacterCount)) characters to train on and"
                + " \(Numeral.count(data.validationCharacterCount)) to validate"
                + (data.mixture == nil ? "" : ", all together")
        }
        let languages = data.sourceName.flatMap { source in
            data.targetName.map { " from \(source) to \($0)" }
        }
        return
            "\(data.source)\(languages ?? ""), \(Numeral.count(training)) examples to train on and"
            + " \(Numeral.count(validation)) to validate"
    }

    /// What is learnt from, in short.
    private static func title(of data: DataDescription) -> String {
        let others = data.mixture?.count ?? 0
        return data.source
            + (others == 0 ? "" : " and \(others) other \(others == 1 ? "text" : "texts")")
    }

    /// The one text, or each of several with its share of rows.
    private static func sources(of data: DataDescription) -> String {
        guard let mixture = data.mixture else { return data.source }
        func share(_ first: Double, _ last: Double) -> String {
            let ends = first == last ? [first] : [first, last]
            return ends.map { "\(Numeral.brief(max($0, 0) * 100, digits: 3)) %" }
                .joined(separator: " → ")
        }
        let rest = (
            1 - mixture.reduce(0) { $0 + $1.share }, 1 - mixture.reduce(0) { $0 + $1.finalShare }
        )
        return
            (["\(data.source) (\(share(rest.0, rest.1)))"]
            + mixture.map { "\($0.source) (\(share($0.share, $0.finalShare)))" })
            .joined(separator: ", ")
    }

    private static func hashes(of data: DataDescription) -> [(String, String)] {
        [("data SHA-256", data.sha256)]
            + (data.mixture ?? []).map { ("SHA-256 of \($0.source)", $0.sha256) }
    }

    private static func tokenName(of data: DataDescription) -> String {
        switch data.kind {
        case .text where data.trainingShare != nil: "equation"
        case .labelled: "text"
        case .masked: "masked token"
        case .text, .pairs: "token"
        }
    }
}
