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
            title: "\(configuration.preset) on \(data.source)",
            modelName: model.architecture.rawValue, parameterCount: model.sizes.parameterCount,
            configuration: model.sizes.facts + [
                ("steps", "\(training.steps)"),
                (
                    "batch",
                    data.kind == .text ? "\(training.batch)" : "\(training.batchTokens) tokens"
                ),
                (
                    "learning rate",
                    Self.course(of: training)
                ),
                ("warm-up", "\(training.warmupSteps) steps"),
                ("optimizer", training.optimizer.rawValue),
                ("β", "\(training.beta1), \(training.beta2)"),
                ("schedule", training.schedule.rawValue),
                ("weight decay", "\(training.weightDecay) of \(training.decayed.rawValue)"),
                ("clipping", "norm \(training.gradientClip)"),
                ("precision", training.precision.rawValue),
                ("version", configuration.attendVersion), ("data SHA-256", data.sha256),
            ],
            dataDescription: Self.description(of: data), tokenName: Self.tokenName(of: data),
            seed: configuration.seed, command: commandLine, run: run, plannedSteps: training.steps,
            comparison: RunList.comparison(of: run), prediction: configuration.prediction)
    }

    private static func course(of training: TrainingSettings) -> String {
        switch training.schedule {
        case .noam, .inverseRoot: "\(training.learningRate), then falling with √step"
        case .constant: "\(training.learningRate)"
        case .cosine, .linear, .warmupStableDecay:
            "\(training.learningRate) → \(training.finalLearningRate)"
        }
    }

    private static func description(of data: DataDescription) -> String {
        guard let training = data.trainingExampleCount, let validation = data.validationExampleCount
        else {
            return
                "\(data.source), \(Numeral.count(data.trainingCharacterCount)) characters to train on and"
                + " \(Numeral.count(data.validationCharacterCount)) to validate"
        }
        let languages = data.sourceName.flatMap { source in
            data.targetName.map { " from \(source) to \($0)" }
        }
        return
            "\(data.source)\(languages ?? ""), \(Numeral.count(training)) examples to train on and"
            + " \(Numeral.count(validation)) to validate"
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
