internal import AttendCheckpoints
internal import AttendModels
internal import Foundation

/// About how much memory a training takes.
///
/// For each parameter itself, its gradient and what the optimizer remembers, and what the backward pass needs of each token of
/// the part of a batch that is computed at a time.
struct MemoryEstimate {
    /// Bytes of weights, their gradients and what the optimizer remembers.
    let state: Double
    /// Bytes that the forward pass leaves for the backward pass.
    let activations: Double

    /// Bytes of both.
    var bytes: Double { state + activations }

    init(_ configuration: RunConfiguration) {
        let (sizes, training) = (configuration.model.sizes, configuration.training)
        let tokens =
            configuration.data.kind == .text
            ? Double(training.batch) * Double(sizes.contextLength) : Double(training.batchTokens)
        let divided = training.accumulation > 1
        let numbers =
            2 + Self.remembered(by: training.optimizer) + (training.weightAverage == nil ? 0 : 1)
            + (divided ? 1 : 0)
        state = 4 * Double(numbers) * Double(sizes.parameterCount)
        let perToken = sizes.activationsPerToken(
            recomputingBlocks: training.gradientCheckpointing)
        activations =
            4 * tokens / Double(min(training.accumulation, training.batch)) * Double(perToken)
    }

    /// How many numbers an optimizer remembers of each parameter.
    private static func remembered(by optimizer: OptimizerKind) -> Int {
        switch optimizer {
        case .adam, .adamW: 2
        // Muon has one for matrices and two for the rest, of which there is little but tables.
        case .sgd, .nesterov, .lion, .muon: 1
        case .adafactor: 0
        }
    }

    /// Refuses a training that this machine has not enough memory for, which would be killed without a word.
    ///
    /// - Throws: `ConfigurationError`.
    func check(against physicalMemory: UInt64 = ProcessInfo.processInfo.physicalMemory) throws {
        if bytes <= Double(physicalMemory) { return }
        func gigabytes(_ bytes: Double) -> String { String(format: "%.1f GB", bytes / 1e9) }
        throw ConfigurationError(problems: [
            "the training would take about \(gigabytes(bytes)) of memory, and this machine has"
                + " \(gigabytes(Double(physicalMemory))); lower the batch, the context or the model's sizes"
        ])
    }
}
