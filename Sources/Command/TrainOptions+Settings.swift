import Attend

extension TrainOptions {
    func apply(to training: inout TrainingSettings) throws {
        if let steps {
            // A shorter run warms up for the same share of its steps.
            training.warmupSteps = min(training.warmupSteps, max(steps / 10, 1))
            training.steps = steps
        }
        training.warmupSteps = warmup ?? training.warmupSteps
        training.schedule = schedule ?? training.schedule
        training.batch = batch ?? training.batch
        training.batchTokens = batchTokens ?? training.batchTokens
        if let learningRate {
            if training.learningRate > 0 {
                training.finalLearningRate *= Float(learningRate) / training.learningRate
            }
            training.learningRate = Float(learningRate)
        }
        training.decayShare = decayShare.map(Float.init) ?? training.decayShare
        if let optimizer, optimizer != training.optimizer {
            training.optimizer = optimizer
            training.momentum = nil
        }
        training.momentum = momentum.map(Float.init) ?? training.momentum
        training.weightDecay = weightDecay.map(Float.init) ?? training.weightDecay
        training.decayed = decayed ?? training.decayed
        training.gradientClip = gradientClip.map(Float.init) ?? training.gradientClip
        training.gradientValueClip =
            gradientValueClip.map(Float.init) ?? training.gradientValueClip
        try regularisation.apply(to: &training)
        memory.apply(to: &training)
        training.weightAverage = weightAverage.map(Float.init) ?? training.weightAverage
        training.nonFinite = nonFinite ?? training.nonFinite
        training.packing = packing ?? training.packing
        training.contextSchedule = contextSchedule ?? training.contextSchedule
        training.curriculum = curriculum ?? training.curriculum
        training.evaluationInterval = evaluationInterval ?? training.evaluationInterval
        training.precision = precision ?? training.precision
        guards.apply(to: &training)
        if guards.overfitOneBatch {
            training.labelSmoothing = regularisation.labelSmoothing.map(Float.init) ?? 0
        }
    }

    /// Refuses flags that would have no effect with the optimizer or the schedule.
    func checkSettings(_ training: TrainingSettings) throws {
        if momentum != nil, ![.sgd, .nesterov, .muon].contains(training.optimizer) {
            throw UsageError(
                description:
                    "--momentum has no effect on \(training.optimizer.rawValue); give --optimizer sgd, nesterov or muon with it."
            )
        }
        if decayShare != nil, training.schedule != .warmupStableDecay {
            throw UsageError(
                description:
                    "--decay-share has no effect on the schedule \(training.schedule.rawValue); give --schedule wsd with it."
            )
        }
        if decayed != nil, training.weightDecay == 0 {
            throw UsageError(
                description:
                    "--decayed has no effect with a weight decay of 0; give --weight-decay with it."
            )
        }
    }

    func check(
        _ model: AnyConfiguration, _ training: TrainingSettings, _ kind: DataKind
    ) throws {
        do {
            try model.sizes.validate()
            try training.validate()
            if training.initialisation == .maximalUpdate {
                try MaximalUpdate.check(model.architecture)
            }
        } catch let error as ConfigurationError {
            // What a flag can change is named by the flag.
            let problems = error.problems.map {
                $0.replacing("headCount ", with: "--heads ")
                    .replacing("divide width ", with: "divide --width ")
            }
            throw UsageError(
                description: "The sizes cannot be used: \(problems.joined(separator: "; ")).")
        }
        let context = model.sizes.contextLength
        if kind != .text { return }
        let tokens = training.batch.multipliedReportingOverflow(by: context)
        if tokens.overflow || tokens.partialValue > TokenBatch.tokenLimit {
            throw UsageError(
                description:
                    "--batch \(training.batch.grouped) times --context \(context.grouped) is more"
                    + " than \(TokenBatch.tokenLimit.grouped) tokens; lower one of them.")
        }
    }
}
