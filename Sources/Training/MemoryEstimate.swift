internal import AttendCheckpoints
internal import AttendModels
internal import Foundation

/// About how much memory a training takes.
///
/// Four numbers for each parameter (itself, its gradient, two moments), and for each token of a batch what the backward
/// pass needs of every block: about eight vectors of the model's width and three of the hidden width.
struct MemoryEstimate {
    /// Bytes.
    let bytes: Double

    init(_ model: GPT.Configuration, _ training: TrainingSettings) {
        let tokens = Double(training.batch) * Double(model.contextLength)
        let perToken = Double(model.layerCount) * Double(8 * model.width + 3 * model.hiddenWidth)
        bytes = 4 * (4 * Double(model.parameterCount) + tokens * perToken)
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
