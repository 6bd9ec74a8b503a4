internal import Foundation
public import AttendCheckpoints

/// The learning rate of each step: a linear rise from 0, then half a cosine down to the final rate.
///
/// - Source: Loshchilov & Hutter 2017 (cosine); Goyal et al. 2017 (warm-up).
public struct CosineSchedule: Sendable {
    private let settings: TrainingSettings

    /// The schedule that the settings describe.
    public init(_ settings: TrainingSettings) {
        self.settings = settings
    }

    /// The rate of step `step`, counted from 0.
    public func learningRate(at step: Int) -> Float {
        let (peak, final) = (settings.learningRate, settings.finalLearningRate)
        if step < settings.warmupSteps {
            return peak * Float(step + 1) / Float(settings.warmupSteps + 1)
        }
        if step >= settings.steps { return final }
        let progress =
            Double(step - settings.warmupSteps)
            / Double(max(settings.steps - settings.warmupSteps, 1))
        return final + (peak - final) * Float(0.5 * (1 + cos(.pi * progress)))
    }
}
