internal import AttendCheckpoints
internal import AttendModels
internal import Foundation

/// About how much memory a training takes.
///
/// Four numbers for each parameter (itself, its gradient, two moments), and what the backward pass needs of each token of a
/// batch.
struct MemoryEstimate {
    /// Bytes.
    let bytes: Double

    init(_ configuration: RunConfiguration) {
        let (sizes, training) = (configuration.model.sizes, configuration.training)
        let tokens =
            configuration.data.kind == .text
            ? Double(training.batch) * Double(sizes.contextLength) : Double(training.batchTokens)
        bytes =
            4
            * (4 * Double(sizes.parameterCount) + tokens * Double(sizes.activationsPerToken))
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
