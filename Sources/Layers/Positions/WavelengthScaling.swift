internal import Foundation

/// How Llama 3.1 stretches rotary angles to contexts longer than those of training.
///
/// Short wavelengths, which tell near places apart, stay as they are; long ones are slowed by the factor; between the two
/// borders the mixture changes evenly with the number of turns over the original context.
///
/// - Source: Llama Team 2024 (The Llama 3 Herd of Models), §3.4.2, with the constants of its published configurations.
public struct WavelengthScaling: Codable, Hashable, Sendable {
    /// How much long wavelengths are slowed.
    public var factor: Float
    /// The context that the model was trained with at first.
    public var originalContextLength: Int
    /// Wavelengths that make fewer turns than this over the original context are slowed by the whole factor.
    public var slowTurns: Float
    /// Wavelengths that make more turns than this stay as they are.
    public var fastTurns: Float

    /// The constants of Llama 3.1.
    public init(
        factor: Float = 8, originalContextLength: Int = 8192, slowTurns: Float = 1,
        fastTurns: Float = 4
    ) {
        self.factor = factor
        self.originalContextLength = originalContextLength
        self.slowTurns = slowTurns
        self.fastTurns = fastTurns
    }

    /// The frequency, in radians for each place, that takes the place of another one.
    func scaled(_ frequency: Double) -> Double {
        let turns = Double(originalContextLength) * frequency / (2 * .pi)
        let share = (turns - Double(slowTurns)) / (Double(fastTurns) - Double(slowTurns))
        let kept = min(max(share, 0), 1)
        return frequency * kept + frequency / Double(factor) * (1 - kept)
    }

    var problems: [String] {
        var problems: [String] = []
        if !(factor >= 1 && factor <= 10000) {
            problems.append(
                "positions.wavelengths.factor is \(factor), but must be from 1 to 10000")
        }
        if !(1...1_048_576).contains(originalContextLength) {
            problems.append(
                "positions.wavelengths.originalContextLength is \(originalContextLength), but must be from 1 to 1048576"
            )
        }
        if !(slowTurns > 0 && fastTurns > slowTurns && fastTurns < 1e6) {
            problems.append(
                "positions.wavelengths.fastTurns \(fastTurns) must be more than slowTurns \(slowTurns), and both positive"
            )
        }
        return problems
    }
}
