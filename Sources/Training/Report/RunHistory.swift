/// The events of a run by kind, and what follows from them.
struct RunHistory {
    private(set) var steps: [MetricEvent.Step] = []
    private(set) var layers: [MetricEvent.Layers] = []
    private(set) var evaluations: [MetricEvent.Evaluation] = []
    private(set) var samples: [MetricEvent.Sample] = []
    private(set) var end: MetricEvent.Done?
    /// The least possible loss, where it is known.
    private(set) var floor: Double?

    init(_ events: [MetricEvent]) {
        for event in events {
            switch event {
            case .start(let start): note(start.floor)
            case .step(let step): steps.append(step)
            case .layers(let measured): layers.append(measured)
            case .evaluation(let evaluation):
                evaluations.append(evaluation)
                note(evaluation.floor)
            case .sample(let sample): samples.append(sample)
            case .done(let done): end = done
            }
        }
    }

    /// The evaluation with the least validation loss, the earliest of equals.
    var best: MetricEvent.Evaluation? {
        evaluations.filter(\.validationLoss.isFinite)
            .min { $0.validationLoss < $1.validationLoss }
    }

    /// The number of steps made.
    var lastStep: Int {
        max(steps.last?.step ?? 0, evaluations.last?.step ?? 0, end?.steps ?? 0)
    }

    /// The median speed, which evaluations and other work beside training do not disturb.
    var tokensPerSecond: Double? {
        let speeds = steps.map(\.tokensPerSecond).filter { $0.isFinite && $0 > 0 }.sorted()
        return speeds.isEmpty ? nil : speeds[speeds.count / 2]
    }

    /// How many steps were left out, by the reason.
    var skippedCounts: [MetricEvent.Step.Skipped: Int] {
        steps.reduce(into: [:]) { counts, step in
            if let reason = step.skipped { counts[reason, default: 0] += 1 }
        }
    }

    /// The first step with a loss that is not finite and that was not left out, or the one whose fault ended the run.
    var divergedStep: Int? {
        let step = steps.first { !$0.loss.isFinite && $0.skipped == nil }?.step
        let evaluation = evaluations.first { !$0.validationLoss.isFinite }?.step
        let last = end == nil && steps.last?.skipped == .nonFinite ? steps.last?.step : nil
        return [step, evaluation, last].compactMap { $0 }.min()
    }

    /// How far a loss is above the floor in percent of the floor.
    func percentAboveFloor(_ loss: Double) -> Double? {
        guard let floor, floor > 0, loss.isFinite else { return nil }
        return (loss / floor - 1) * 100
    }

    /// The last evaluation at or before a step.
    func evaluation(upTo step: Int) -> MetricEvent.Evaluation? {
        evaluations.last { $0.step <= step }
    }

    private mutating func note(_ floor: Double?) {
        if let floor, floor.isFinite { self.floor = floor }
    }
}
