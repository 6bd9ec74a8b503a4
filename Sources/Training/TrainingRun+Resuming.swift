internal import AttendCheckpoints
internal import AttendModels
internal import AttendText
internal import Foundation

extension TrainingRun {
    /// Continues the run in a directory from its latest intact checkpoint, or from its beginning where it has none yet.
    ///
    /// - Parameters:
    ///   - place: where the data are now that the run learns from; where they were when it began, if nil.
    ///   - commandLine: what was typed, for the report.
    /// - Returns: the run, and sentences about what was passed over or is missing.
    /// - Throws: ``TrainingError/finished(path:steps:)`` or ``TrainingError/endedEarly(path:steps:)`` where nothing is left to
    ///   do, and an error with a sentence for what cannot be read or has changed.
    public static func resume(
        at path: String, dataNowAt place: String? = nil, commandLine: String
    ) throws -> (run: TrainingRun, notices: [String]) {
        let directory = try RunDirectory.open(at: path)
        let lock = try directory.lock()
        let configuration = try directory.validatedConfiguration()
        let tokenizer = try directory.tokenizer()
        let found = try directory.snapshots.find(.latest)
        var notices = found?.notices ?? []
        if found == nil {
            guard configuration.startedFrom == nil else {
                throw CheckpointError(
                    .missing, path: path,
                    "has no checkpoint yet, and began with the weights of another run; begin a new run in another"
                        + " directory with --encoder")
            }
            notices.append(
                "\(path.legible): there is no checkpoint yet, so the run begins at step 0.")
        }
        let state =
            try found?.snapshot.state(as: State.self) ?? State(configuration: configuration)
        if state.configuration != configuration {
            throw CheckpointError(
                .refused, path: directory.configurationPath,
                "has been edited since the checkpoint was written, and a run is resumed as it began;"
                    + " restore it, or begin a new run with --config")
        }
        let data = try TrainingData(of: configuration, nowAt: place, tokenizer: tokenizer)
        var trainer = try makeTrainer(configuration, data: data)
        if let found { try trainer.load(found.snapshot) }
        trainer.spikeGuard = state.spikeGuard ?? SpikeGuard()
        let log = URL(fileURLWithPath: directory.metricsPath)
        let step = trainer.stepCount
        let isOver =
            state.evaluatedStep == step
            && (step >= configuration.training.steps || state.endedEarly != nil)
        // Else the process died before it could say so: that is left to do.
        try directory.removePartialFiles()
        if isOver, try MetricsLog.hasEnded(log) {
            if isReportStale(in: directory) {
                try RunReport(
                    configuration: configuration, run: directory.path, commandLine: commandLine
                )
                .write(MetricsLog.events(in: log), to: directory)
            }
            throw state.endedEarly == nil
                ? TrainingError.finished(path: path, steps: step)
                : TrainingError.endedEarly(path: path, steps: step)
        }
        let hadLog = FileKind.of(log.path) != nil
        let metrics = try MetricsLog(resuming: log, afterStep: found?.snapshot.step ?? -1)
        let loggedStep = metrics.resumedStep ?? 0
        if loggedStep < step {
            notices.append(
                "\(log.path.legible): "
                    + (!hadLog
                        ? "is gone and begun anew"
                        : loggedStep == 0 ? "has no steps" : "ends with step \(loggedStep)")
                    + ", while the checkpoint is of step \(step); the curves lack what is between.")
        }
        let run = TrainingRun(
            directory: directory, lock: lock, trainer: trainer, data: data, metrics: metrics,
            state: state,
            commandLine: commandLine)
        return (run, notices)
    }

    /// Whether the report may be older than the end of the log, since the process died between the two.
    private static func isReportStale(in directory: RunDirectory) -> Bool {
        func changed(_ path: String) -> Date? {
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        guard let report = changed(directory.reportPath), let log = changed(directory.metricsPath)
        else { return true }
        return report <= log
    }
}
