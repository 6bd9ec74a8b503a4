internal import AttendCheckpoints
internal import AttendTensors

extension TrainingRun {
    /// Takes the mean of the weights now and at the last evaluations, where the settings ask for it.
    ///
    /// - Source: Vaswani et al. 2017, §6.1.
    ///
    /// Only snapshots of evaluations count: those that an interruption leaves would make a resumed run another one.
    ///
    /// - Returns: the weights as they were; nil where there is nothing to average.
    func averageWeights(notice: (String) -> Void) throws -> [String: Tensor]? {
        let steps = averagedSteps.filter { $0 < trainer.stepCount }
            .suffix(settings.averagedCheckpoints - 1)
        let earlier = try directory.snapshots.snapshots().filter { steps.contains($0.step) }
        if earlier.isEmpty { return nil }
        let weights = Dictionary(
            uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
        var sums = weights
        for snapshot in earlier {
            for (name, tensor) in try namedTensors(in: snapshot.model()) {
                sums[name] = sums[name].map { $0 + tensor }
            }
        }
        let share = 1 / Float(earlier.count + 1)
        try trainer.load(weights: sums.mapValues { $0 * share })
        notice(
            "The weights at the end are the mean of those at steps "
                + (earlier.map(\.step) + [trainer.stepCount]).map(String.init)
                .joined(separator: ", ") + ".")
        return weights
    }

    /// The steps of the evaluations whose weights are, or may yet be, averaged.
    private var averagedSteps: [Int] {
        let interval = settings.evaluationInterval
        let last = trainer.stepCount / interval
        let first = max(last - settings.averagedCheckpoints + 1, 1)
        return first > last || settings.averagedCheckpoints == 1
            ? [] : (first...last).map { $0 * interval }
    }

    func save(isBest: Bool, notice: (String) -> Void) throws {
        func items(_ tensors: [(name: String, tensor: Tensor)]) -> [SafetensorsWriter.Item] {
            tensors.map { SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor) }
        }
        if settings.spikeSkip != nil { state.spikeGuard = trainer.spikeGuard }
        try metrics.synchronize()
        state.totalSeconds = totalSeconds
        let saved = try directory.snapshots.save(
            step: trainer.stepCount, model: items(trainer.weights()),
            optimizer: items(trainer.optimizerState()), state: state, isBest: isBest,
            keepingLast: settings.keptCheckpoints, keepingSteps: Set(averagedSteps))
        saved.notices.forEach(notice)
        try writeReport()
    }

    /// Writes `report.html` and `samples.txt` from what has been logged.
    func writeReport() throws {
        let events = try MetricsLog.events(in: metrics.url)
        try RunReport(
            configuration: trainer.configuration, run: directory.path, commandLine: commandLine
        )
        .write(events, to: directory)
    }
}
