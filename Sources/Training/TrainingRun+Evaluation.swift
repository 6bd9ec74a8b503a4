internal import AttendCheckpoints

extension TrainingRun {
    /// What the run has come to.
    func end(memoryLimit: Double?) -> MetricEvent.Done {
        let loss = state.validationLoss ?? .nan
        return MetricEvent.Done(
            run: directory.path, steps: trainer.stepCount, validationLoss: loss,
            bitsPerByte: data.bitsPerByte(loss: loss),
            seconds: state.trainingSeconds, totalSeconds: totalSeconds,
            peakMemoryBytes: PeakMemory.megabytes * 1e6,
            activationBytes: state.activationBytes.map(Double.init),
            memoryLimitBytes: memoryLimit, reason: state.endedEarly)
    }

    /// How far the one batch was learnt by heart, where all steps learn from it.
    func overfittingCheck() throws -> OverfittingCheck {
        let first = try MetricsLog.events(in: metrics.url).lazy.compactMap(\.trainingLoss).first
        return OverfittingCheck(first: first ?? .nan, last: Double(try trainer.lossOfFirstBatch()))
    }

    /// Losses on the first `count` tokens of both splits, or on all of the validation split alone.
    ///
    /// Ends early, with figures of no use, where someone asks to stop.
    func evaluate(
        upTo count: Int?, shouldStop: () -> Bool
    ) throws -> (training: Double, validation: Double, parts: [String: Double]?) {
        let losses = try trainer.partLosses(on: .validation, upTo: count, shouldStop: shouldStop)
        let validation =
            losses.isEmpty
            ? try trainer.evaluate(on: .validation, upTo: count, shouldStop: shouldStop)
            : losses.mean
        let parts =
            losses.isEmpty
            ? nil : Dictionary(losses.map { ($0.name, $0.loss) }, uniquingKeysWith: { $1 })
        guard let count else { return (.nan, validation, parts) }
        return (
            try trainer.evaluate(on: .training, upTo: count, shouldStop: shouldStop), validation,
            parts
        )
    }
}
