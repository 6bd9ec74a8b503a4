public import AttendCheckpoints
internal import AttendModels
internal import Foundation

/// How much memory a training may take, and what is done to stay within it.
public struct MemoryLimit: Hashable, Sendable {
    /// All that the process may take, in bytes.
    public let bytes: Double
    /// What it takes already, such as its program and the text, and what training takes besides tensors, in bytes.
    public let taken: Double

    /// Stacks of threads, parts of code that are first read now, checkpoints and reports as they are written.
    private static let besidesTensors = 13e6

    /// A limit for a process that takes so much already.
    public init(bytes: Double, taken: Double) {
        self.bytes = bytes
        self.taken = taken + Self.besidesTensors
    }

    /// The configuration, or, where it would take too much, one that learns the same in less memory.
    ///
    /// First each block is computed again in the backward pass, which changes no bit; then a batch is computed in 2, 4, 8 …
    /// parts one after the other, which gives the same gradients but for rounding.
    ///
    /// - Returns: the configuration and, where it is another one, a sentence on what was changed.
    /// - Throws: `ConfigurationError` where even that takes too much.
    public func fitting(
        _ configuration: RunConfiguration
    ) throws -> (configuration: RunConfiguration, notice: String?) {
        if fits(configuration) { return (configuration, nil) }
        var smaller = configuration
        if configuration.model.hasBlocks { smaller.training.gradientCheckpointing = true }
        while !fits(smaller) {
            let parts = smaller.training.accumulation * 2
            if parts > max(configuration.training.batch, 1) { break }
            smaller.training.accumulation = parts
        }
        guard fits(smaller) else {
            throw ConfigurationError(problems: [
                "even with --gradient-checkpointing and --accumulation \(smaller.training.accumulation) the training would "
                    + "take about \(Self.text(taken + MemoryEstimate(smaller).bytes)), more than --memory-limit \(Self.text(bytes)); "
                    + "give it more, or lower the context or the model's sizes"
            ])
        }
        var changes: [String] = []
        if smaller.training.gradientCheckpointing,
            !configuration.training.gradientCheckpointing
        {
            changes.append(
                "each block is computed again in the backward pass (--gradient-checkpointing)")
        }
        if smaller.training.accumulation != configuration.training.accumulation {
            changes.append(
                "a batch is computed in \(smaller.training.accumulation) parts (--accumulation)")
        }
        return (
            smaller,
            "To stay within \(Self.text(bytes)), \(changes.joined(separator: " and ")): about "
                + "\(Self.text(taken + MemoryEstimate(smaller).bytes)) instead of "
                + "\(Self.text(taken + MemoryEstimate(configuration).bytes))."
        )
    }

    /// That a run has had more memory than it was to have, as a sentence; nil where it has not.
    static func excess(of run: MetricEvent.Done) -> String? {
        guard let peak = run.peakMemoryBytes, let limit = run.memoryLimitBytes, peak > limit,
            text(peak) != text(limit)
        else { return nil }
        return
            "The process has had \(text(peak)) of memory at most, more than --memory-limit \(text(limit)): what a"
            + " training takes is estimated before it begins. A lower limit, or a smaller --batch or --context, makes it"
            + " take less."
    }

    private func fits(_ configuration: RunConfiguration) -> Bool {
        taken + MemoryEstimate(configuration).bytes <= bytes
    }

    private static func text(_ bytes: Double) -> String {
        bytes < 1e9
            ? "\(Int((bytes / 1e6).rounded(.up))) MB" : String(format: "%.1f GB", bytes / 1e9)
    }
}
