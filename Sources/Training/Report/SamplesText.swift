import AttendFigures

/// The file `samples.txt` of a run.
public enum SamplesText {
    /// The samples in their order, each below a heading with the step and the losses at that step.
    ///
    /// Control characters that a model wrote are made visible, so that the file can be shown in a
    /// terminal.
    public static func text(of events: [MetricEvent], title: String) -> String {
        let history = RunHistory(events)
        var parts = ["Samples of \(Markup.controlsMadeVisible(title))\n"]
        for sample in history.samples {
            parts.append(
                """
                ──── \(heading(of: sample, in: history)) ────

                \(Markup.controlsMadeVisible(sample.text))

                """)
        }
        if history.samples.isEmpty { parts.append("none yet\n") }
        return parts.joined(separator: "\n")
    }

    /// The step of a sample and the losses last measured by then.
    static func heading(of sample: MetricEvent.Sample, in history: RunHistory) -> String {
        let step = "step \(Numeral.count(sample.step))"
        guard let losses = history.evaluation(upTo: sample.step) else { return step }
        return "\(step) · training loss \(number(losses.trainLoss)) · "
            + "validation loss \(number(losses.validationLoss))\(place(of: losses, for: sample.step))"
    }

    /// Where losses were measured, if not at the step of the sample they stand with.
    static func place(of losses: MetricEvent.Evaluation, for step: Int) -> String {
        losses.step == step ? "" : " (at step \(Numeral.count(losses.step)))"
    }

    /// A loss with three decimals, or what it is instead of a number.
    static func number(_ loss: Double) -> String {
        loss.isFinite ? Numeral.fixed(loss, places: 3) : "not finite"
    }
}
