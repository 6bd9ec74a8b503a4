package import AttendCheckpoints
internal import AttendFigures
internal import AttendTensors
internal import AttendText

extension TrainingSettings {
    /// The settings by name, in the order to show them: those that every run has, and those that are not at their rest.
    package func facts(for kind: DataKind) -> [(String, String)] {
        pace(for: kind) + movement + guarding + savings + order
    }

    private typealias Facts = [(String, String)]

    private func pace(for kind: DataKind) -> Facts {
        var facts = [
            ("steps", "\(steps)"),
            ("batch", kind == .text ? "\(batch)" : "\(batchTokens) tokens"),
        ]
        if accumulation > 1 { facts.append(("parts of a batch", "\(accumulation)")) }
        facts += [
            ("learning rate", course), ("warm-up", "\(warmupSteps) steps"),
            (
                "schedule",
                schedule.rawValue
                    + (schedule == .warmupStableDecay
                        ? ", falling for \(decayShare) of the steps" : "")
            ),
        ]
        return facts
    }

    private var course: String {
        switch schedule {
        case .noam, .inverseRoot: "\(learningRate), then falling with √step"
        case .constant: "\(learningRate)"
        case .cosine, .linear, .warmupStableDecay: "\(learningRate) → \(finalLearningRate)"
        }
    }

    /// What decides how a gradient moves the weights.
    private var movement: Facts {
        var facts = [("optimizer", optimizer.rawValue)]
        if [.sgd, .nesterov, .muon].contains(optimizer) {
            facts.append(("momentum", "\(momentum ?? optimizer.usualMomentum)"))
        }
        if ![.sgd, .nesterov, .adafactor].contains(optimizer) {
            facts.append(("β", "\(beta1), \(beta2)"))
        }
        if [.adam, .adamW, .muon].contains(optimizer) { facts.append(("ε", "\(epsilon)")) }
        facts.append(("weight decay", "\(weightDecay) of \(decayed.rawValue)"))
        facts.append(
            (
                "clipping",
                "norm \(gradientClip)" + (gradientValueClip.map { ", each element \($0)" } ?? "")
            ))
        if labelSmoothing > 0 { facts.append(("label smoothing", "\(labelSmoothing)")) }
        if zLoss > 0 { facts.append(("z-loss", "\(zLoss)")) }
        if dropPath > 0 { facts.append(("dropped branches", "\(dropPath) of the last block's")) }
        if let initialisation {
            let base = initialisation == .maximalUpdate ? ", from width \(baseWidth)" : ""
            facts.append(("first weights", initialisation.rawValue + base))
        }
        if averagedCheckpoints > 1 {
            facts.append(
                ("averaged at the end", "the weights of \(averagedCheckpoints) evaluations"))
        }
        if let weightAverage {
            facts.append(("running mean of the weights", "keeps \(weightAverage) in a step"))
        }
        return facts
    }

    private var guarding: Facts {
        var facts: Facts = []
        if let spikeSkip {
            facts.append(("left out", "steps that stand out by \(spikeSkip) deviations"))
        }
        if nonFinite == .skip {
            facts.append(("numbers that are none", "the step is left out"))
        }
        if let patience { facts.append(("patience", "\(patience) evaluations without gain")) }
        if overfitsOneBatch { facts.append(("one batch", "all steps learn from the first")) }
        return facts
    }

    private var savings: Facts {
        var facts: Facts = [("precision", precision.rawValue)]
        if gradientCheckpointing {
            facts.append(("backward pass", "computes each block again"))
        }
        facts += [
            (
                "evaluations",
                "every \(evaluationInterval) steps, on \(Numeral.count(evaluationTokens)) tokens of each part"
            ), ("samples", "\(sampleTokens) tokens"),
            ("checkpoints kept", "the last \(keptCheckpoints) and the best"),
        ]
        return facts
    }

    /// In what order and what rows the examples come.
    private var order: Facts {
        var facts: Facts = []
        if packing != .windows { facts.append(("rows", packing.rawValue)) }
        if let contextSchedule {
            let stages = contextSchedule.map { "\($0.context) before step \($0.untilStep)" }
            facts.append(("shorter sequences", stages.joined(separator: ", ")))
        }
        if let curriculum { facts.append(("order", curriculum.rawValue)) }
        return facts
    }
}
