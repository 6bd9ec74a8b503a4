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
        if step < warmup, settings.schedule != .inverseRoot {
            return peak * Float(step + 1) / Float(warmup + 1)
        }
        switch settings.schedule {
        case .noam:
            // The paper's width^−½ · min(step^−½, step · warmup^−1.5), by its highest value.
            return peak * (Float(warmup + 1) / Float(step + 1)).squareRoot()
        case .cosine:
            return fallen(by: 0.5 * (1 - cos(.pi * progress(of: step, from: warmup))))
        case .linear: return fallen(by: progress(of: step, from: warmup))
        case .warmupStableDecay:
            let decaySteps = Int((Double(settings.steps) * Double(settings.decayShare)).rounded())
            return fallen(
                by: progress(of: step, from: max(settings.steps - decaySteps, warmup)))
        case .constant: return peak
        case .inverseRoot:
            return peak * (Float(max(warmup, 1)) / Float(max(step + 1, warmup))).squareRoot()
        }
    }

    /// The share of the way from a step to the end that has been made, from 0 to 1.
    private func progress(of step: Int, from begin: Int) -> Double {
        if step >= settings.steps { return 1 }
        return max(Double(step - begin), 0) / Double(max(settings.steps - begin, 1))
    }

    /// The rate after this share of the way from the highest to the final one.
    private func fallen(by share: Double) -> Float {
        let (peak, final) = (settings.learningRate, settings.finalLearningRate)
        return final + (peak - final) * Float(1 - share)
    }
}
