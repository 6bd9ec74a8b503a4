package import AttendCheckpoints
package import AttendModels
internal import Foundation

/// What is known of the models that a plan may propose, and which of them is the best by that.
package struct PlanSearch {
    package let request: TrainingPlan.Request
    package let data: TrainingData
    package let rule: LossRule

    private var probes: [PlanCandidate: PlanProbe] = [:]
    private var close: Set<PlanCandidate> = []

    package init(request: TrainingPlan.Request, data: TrainingData, rule: LossRule) {
        self.request = request
        self.data = data
        self.rule = rule
    }

    /// Remembers what a model took.
    package mutating func note(_ probe: PlanProbe, of candidate: PlanCandidate) {
        probes[candidate] = probe
    }

    /// Remembers that a model was measured long enough.
    package mutating func noteClose(_ candidate: PlanCandidate) { close.insert(candidate) }

    /// Whether a model was measured long enough for a prediction.
    package func isMeasuredClosely(_ candidate: PlanCandidate) -> Bool { close.contains(candidate) }

    /// The run of a model that fills the time, as far as is known.
    package func configuration(of candidate: PlanCandidate) -> RunConfiguration {
        let steps = max(steps(of: candidate), TrainingPlan.leastSteps)
        let plain = candidate.configuration(of: request, data: data, steps: steps)
        return candidate.configuration(
            of: request, data: data, steps: steps,
            isRepeated: TrainingPlan.isRepeated(tokens(of: plain), of: rule.uniqueTokens))
    }

    /// The model with the least predicted loss of those that fit.
    package var best: PlanCandidate? {
        PlanCandidate.all.filter { fits($0) }.min { loss(of: $0) < loss(of: $1) }
    }

    /// Why there is none: too little memory for any, or else too little time.
    package var noModel: ConfigurationError {
        let affordable = PlanCandidate.all.filter { memory(of: $0) <= memoryLimit }
        guard let minutes = affordable.compactMap({ time(of: $0)?.leastMinutes }).min() else {
            let least = PlanCandidate.all.map(memory).min() ?? .nan
            return ConfigurationError(problems: [
                "no model fits the memory: even the smallest would take about \(megabytes(least)), more than"
                    + " \(megabytes(memoryLimit)); give a higher --memory-limit"
            ])
        }
        return ConfigurationError(problems: [
            "no model fits the time: even the fastest would take fewer than \(TrainingPlan.leastSteps) steps in"
                + " \(request.minutes) minutes, evaluations included; give at least --minutes"
                + " \(Self.roundedUp(minutes))"
        ])
    }

    /// A time a bit longer than that, since no two measurements are the same, in few digits.
    private static func roundedUp(_ minutes: Double) -> String {
        let needed = minutes * 1.2
        return needed < 10
            ? String(format: "%.1f", (needed * 10).rounded(.up) / 10)
            : String(format: "%.0f", needed.rounded(.up))
    }

    private func megabytes(_ bytes: Double) -> String { "\(Int((bytes / 1e6).rounded(.up))) MB" }

    /// The plan for the best model, which must have been measured.
    ///
    /// - Throws: `ConfigurationError` where there is none.
    package func plan() throws -> TrainingPlan {
        let measured = PlanCandidate.all.filter { close.contains($0) && fits($0) }
        guard let chosen = measured.min(by: { loss(of: $0) < loss(of: $1) }),
            let probe = probes[chosen]
        else { throw noModel }
        var proposed = configuration(of: chosen)
        let expected = loss(of: chosen)
        let range = rule.range(around: expected)
        let prediction = TrainingPrediction(
            seconds: probe.seconds(
                steps: proposed.training.steps, evaluations: evaluations(proposed)),
            memoryBytes: memory(of: chosen), validationLoss: expected,
            leastValidationLoss: range.lowerBound, greatestValidationLoss: range.upperBound)
        proposed.prediction = prediction
        return TrainingPlan(
            configuration: proposed, prediction: prediction, stepSeconds: probe.stepSeconds,
            bigramLoss: rule.bigram)
    }

    // MARK: Estimates

    private func evaluations(_ configuration: RunConfiguration) -> Int {
        let (steps, interval) = (
            configuration.training.steps, configuration.training.evaluationInterval
        )
        return (steps + interval - 1) / interval
    }

    private func tokens(of configuration: RunConfiguration) -> Double {
        Double(configuration.training.batch) * Double(configuration.model.sizes.contextLength)
            * Double(configuration.training.steps)
    }

    private func loss(of candidate: PlanCandidate) -> Double {
        let configuration = configuration(of: candidate)
        return rule.loss(
            parameters: configuration.model.sizes.parameterCount,
            tokens: tokens(of: configuration))
    }

    private func fits(_ candidate: PlanCandidate) -> Bool {
        steps(of: candidate) >= TrainingPlan.leastSteps && memory(of: candidate) <= memoryLimit
    }

    private var memoryLimit: Double {
        request.memoryLimit ?? 0.75 * Double(ProcessInfo.processInfo.physicalMemory)
    }

    private func steps(of candidate: PlanCandidate) -> Int {
        time(of: candidate)?.steps(in: request.minutes * 60) ?? TrainingPlan.leastSteps
    }

    /// What a run takes.
    private struct RunTime {
        let perStep: Double
        /// Evaluations, samples and checkpoints.
        let beside: Double

        /// How many steps fill a time; a multiple of ten.
        func steps(in seconds: Double) -> Int {
            let left = seconds - beside
            guard left > 0, perStep > 0 else { return 0 }
            return Int(min(left / perStep, 1e8)) / 10 * 10
        }

        /// The minutes of the shortest run that is worth a plan.
        var leastMinutes: Double {
            (beside + Double(TrainingPlan.leastSteps) * perStep) / 60
        }
    }

    /// What the run of a model takes; nil where nothing was measured yet.
    private func time(of candidate: PlanCandidate) -> RunTime? {
        if let probe = probes[candidate] {
            return RunTime(
                perStep: probe.stepSeconds,
                beside: probe.seconds(steps: 0, evaluations: PlanCandidate.evaluationCount))
        }
        // A model that was not measured takes as long for its work as the one nearest to it, and wide ones are a bit faster.
        guard let (known, probe) = nearest(to: candidate) else { return nil }
        let rise = pow(Double(candidate.width) / Double(known.width), 0.2)
        let factor = work(of: candidate) / work(of: known) / min(max(rise, 0.6), 1.6)
        let evaluationFactor =
            factor * Double(known.tokensPerStep) / Double(candidate.tokensPerStep)
        let other =
            Double(PlanCandidate.evaluationCount + 1) * probe.evaluationSeconds
            + probe.finalSeconds
        return RunTime(
            perStep: probe.stepSeconds * factor,
            beside: evaluationFactor * other
                + Double(PlanCandidate.evaluationCount) * probe.savingSeconds)
    }

    private func nearest(to candidate: PlanCandidate) -> (PlanCandidate, PlanProbe)? {
        probes.min { abs($0.key.width - candidate.width) < abs($1.key.width - candidate.width) }
            .map { ($0.key, $0.value) }
    }

    /// Multiplications and additions of a step.
    private func work(of candidate: PlanCandidate) -> Double {
        let configuration = candidate.configuration(of: request, data: data, steps: 20)
        return 3 * Double(configuration.model.sizes.flopsPerToken)
            * Double(configuration.training.batch)
            * Double(configuration.model.sizes.contextLength)
    }

    /// The most memory of the process: that of its tensors, and what it has beside them.
    private func memory(of candidate: PlanCandidate) -> Double {
        let beside = probes.values.map { $0.processBytes - $0.tensorBytes }.min() ?? 0
        if let probe = probes[candidate] { return beside + probe.tensorBytes }
        func estimate(_ candidate: PlanCandidate) -> Double {
            MemoryEstimate(candidate.configuration(of: request, data: data, steps: 20)).bytes
        }
        guard let (known, probe) = nearest(to: candidate), estimate(known) > 0 else {
            return beside + estimate(candidate)
        }
        return beside + estimate(candidate) * probe.tensorBytes / estimate(known)
    }
}
