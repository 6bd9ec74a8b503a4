public import AttendCheckpoints
internal import Foundation

/// The learning rate of each step: a linear rise from 0, then the fall that the settings name.
///
/// - Source: Loshchilov & Hutter 2017 (cosine); Goyal et al. 2017 (warm-up); Vaswani et al. 2017, §5.3 (inverse root).
public struct Schedule: Sendable {
    private let settings: TrainingSettings

    /// The schedule that the settings describe.
    public init(_ settings: TrainingSettings) {
        self.settings = settings
    }

    /// The rate of step `step`, counted from 0.
    public func learningRate(at step: Int) -> Float {
        let (peak, warmup) = (settings.learningRate, settings.warmupSteps)
        if step < warmup { return peak * Float(step + 1) / Float(warmup + 1) }
        switch settings.schedule {
        case .noam:
            // The paper's width^−½ · min(step^−½, step · warmup^−1.5), by its highest value.
            return peak * (Float(warmup + 1) / Float(step + 1)).squareRoot()
        case .cosine:
            let final = settings.finalLearningRate
            if step >= settings.steps { return final }
            let progress = Double(step - warmup) / Double(max(settings.steps - warmup, 1))
            return final + (peak - final) * Float(0.5 * (1 + cos(.pi * progress)))
        }
    }
}
