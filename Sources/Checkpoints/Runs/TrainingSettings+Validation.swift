internal import AttendModels

extension TrainingSettings {
    /// Checks that a training with these settings can be run.
    ///
    /// - Throws: ``ConfigurationError``, which lists everything that is wrong.
    public func validate() throws {
        var problems: [String] = []
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) {
            if !range.contains(value) {
                problems.append(
                    "\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)"
                )
            }
        }
        func check(_ name: String, _ value: Float, _ range: ClosedRange<Float>) {
            // A value that is not a number is in no range.
            if !range.contains(value) {
                problems.append(
                    "\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)"
                )
            }
        }
        check("steps", steps, 1...1_000_000_000)
        check("batch", batch, 1...65_536)
        check("batchTokens", batchTokens, 1...(1 << 28))
        check("averagedCheckpoints", averagedCheckpoints, 1...100)
        check("labelSmoothing", labelSmoothing, 0...0.99)
        check("warmupSteps", warmupSteps, 0...1_000_000_000)
        check("evaluationInterval", evaluationInterval, 1...1_000_000_000)
        check("evaluationTokens", evaluationTokens, 1...1_000_000_000)
        check("sampleTokens", sampleTokens, 0...100_000)
        if !(learningRate > 0 && learningRate <= 100) {
            problems.append(
                "learningRate is \(learningRate), but must be greater than 0, up to 100")
        }
        check("finalLearningRate", finalLearningRate, 0...100)
        check("beta1", beta1, 0...0.999_999)
        check("beta2", beta2, 0...0.999_999)
        check("weightDecay", weightDecay, 0...100)
        check("gradientClip", gradientClip, 1e-6...1e9)
        if let momentum { check("momentum", momentum, 0...0.999_999) }
        check("epsilon", epsilon, 0...1)
        check("zLoss", zLoss, 0...1)
        check("baseWidth", baseWidth, 1...65_536)
        check("dropPath", dropPath, 0...0.95)
        if initialisation == .maximalUpdate, [.sgd, .nesterov, .adafactor].contains(optimizer) {
            problems.append(
                "initialisation mup has learning rates for adam, adamw, lion and muon, not for \(optimizer.rawValue)"
            )
        }
        check("decayShare", decayShare, 0...1)
        check("accumulation", accumulation, 1...65_536)
        if let gradientValueClip { check("gradientValueClip", gradientValueClip, 1e-9...1e9) }
        if let weightAverage { check("weightAverage", weightAverage, 0...0.999_999_9) }
        if let problem = stagesProblem { problems.append(problem) }
        if weightAverage != nil, averagedCheckpoints > 1 {
            problems.append(
                "weightAverage and averagedCheckpoints both average weights; give one of them")
        }
        check("keptCheckpoints", keptCheckpoints, 1...1000)
        if let spikeSkip { check("spikeSkip", spikeSkip, 0.1...1000) }
        if let patience { check("patience", patience, 1...1_000_000) }
        if patience != nil, overfitsOneBatch {
            problems.append(
                "patience watches the validation loss, which rises where overfitsOneBatch is true; give one of them"
            )
        }
        if !problems.isEmpty { throw ConfigurationError(problems: problems) }
    }
}
