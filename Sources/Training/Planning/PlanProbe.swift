internal import AttendCheckpoints
internal import AttendModels
internal import AttendTensors
internal import AttendText
internal import Foundation

/// What a model takes on this machine, measured by doing all that a run does with it.
package struct PlanProbe {
    /// Seconds of a step.
    package let stepSeconds: Double
    /// Seconds of an evaluation within the run: both splits, and a sample.
    package let evaluationSeconds: Double
    /// Seconds of the evaluation of the whole validation split at the end.
    package let finalSeconds: Double
    /// Seconds of saving a checkpoint.
    package let savingSeconds: Double
    /// Bytes that tensors took, with those kept for the next ones.
    package let tensorBytes: Double
    /// The most bytes that the process had up to the end of the probe.
    package let processBytes: Double

    /// The fewest steps that are measured.
    private static let leastSteps = 4

    /// What was measured elsewhere.
    package init(
        stepSeconds: Double, evaluationSeconds: Double, finalSeconds: Double,
        savingSeconds: Double, tensorBytes: Double, processBytes: Double
    ) {
        self.stepSeconds = stepSeconds
        self.evaluationSeconds = evaluationSeconds
        self.finalSeconds = finalSeconds
        self.savingSeconds = savingSeconds
        self.tensorBytes = tensorBytes
        self.processBytes = processBytes
    }

    /// Takes steps for so many seconds, after two that are not counted.
    ///
    /// - Parameters:
    ///   - folder: where a checkpoint may be written.
    ///   - shouldStop: asked after each step; where it answers yes, the figures are of no use.
    init(
        _ configuration: RunConfiguration, data: TrainingData, seconds: Double, folder: String,
        sample: (RunConfiguration, AnyModel) -> ModelSample, shouldStop: () -> Bool
    ) throws {
        // What another probe left would hide what this one takes.
        TensorMemory.releaseUnused()
        var trainer = try makeTrainer(configuration, data: data)
        let clock = ContinuousClock()
        func timed(_ work: () throws -> Void) rethrows -> Double {
            let began = clock.now
            try work()
            return (clock.now - began) / .seconds(1)
        }
        for _ in 0..<2 where !shouldStop() { _ = try trainer.step(measuringLayers: true) }
        var (spent, count) = (0.0, 0)
        while spent < seconds || count < Self.leastSteps, !shouldStop() {
            count += 1
            spent += try timed { _ = try trainer.step(measuringLayers: count.isMultiple(of: 10)) }
        }
        stepSeconds = spent / Double(max(count, 1))

        let tokens = configuration.training.evaluationTokens
        let validation = try timed {
            _ = try trainer.evaluate(on: .validation, upTo: tokens, shouldStop: shouldStop)
        }
        evaluationSeconds =
            try validation
            + timed {
                _ = try trainer.evaluate(on: .training, upTo: tokens, shouldStop: shouldStop)
            } + timed { _ = sample(configuration, trainer.currentModel) }
        finalSeconds =
            validation
            * Self.wholeOverPart(of: data, part: tokens, configuration: configuration)

        let directory = try RunDirectory.create(at: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func items(_ tensors: [(name: String, tensor: Tensor)]) -> [SafetensorsWriter.Item] {
            tensors.map { SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor) }
        }
        savingSeconds = try timed {
            try directory.snapshots.save(
                step: trainer.stepCount, model: items(trainer.weights()),
                optimizer: items(trainer.optimizerState()), state: configuration, isBest: true)
        }
        tensorBytes = Double(TensorMemory.liveBytes + TensorMemory.freeBytes)
        processBytes = PeakMemory.megabytes * 1e6
    }

    /// How much more the whole validation split is than what an evaluation within the run looks at.
    private static func wholeOverPart(
        of data: TrainingData, part: Int, configuration: RunConfiguration
    ) -> Double {
        guard let text = data.plannedText else { return 1 }
        let context = configuration.model.sizes.contextLength
        let batch = max(configuration.training.batch, evaluatedTokens / context) * context
        let seen = max(part / batch, 1) * batch
        return max(Double(text.validation.tokens.count) / Double(seen), 1)
    }

    /// Seconds of a whole run.
    package func seconds(steps: Int, evaluations: Int) -> Double {
        Double(steps) * stepSeconds + Double(evaluations + 1) * evaluationSeconds + finalSeconds
            + Double(evaluations) * savingSeconds
    }

    /// How many steps fill a time; a multiple of ten.
    package func steps(in seconds: Double, evaluations: Int) -> Int {
        let left = seconds - self.seconds(steps: 0, evaluations: evaluations)
        guard left > 0, stepSeconds > 0 else { return 0 }
        return Int(min(left / stepSeconds, 1e8)) / 10 * 10
    }
}
