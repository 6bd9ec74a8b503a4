import ArgumentParser
import Attend

/// The flags of `attend train` about the memory that it takes.
struct TrainMemoryOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Keep only the input of each block for the backward pass and compute the block again there: less memory for "
                + "about a third more time, and the same bits."))
    var gradientCheckpointing = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much memory the process may take, such as 800MB or 2GB. Where the training would take more, it computes "
                + "blocks again and batches in parts, and says so.",
            valueName: "size"),
        transform: Number.byteCount)
    var memoryLimit: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "In how many parts a batch is computed, one after the other, for less memory.",
            valueName: "n"),
        transform: Number.whole(1...65_536))
    var accumulation: Int?

    /// The first flag that was given, for a message about those that cannot be.
    var firstGivenFlag: String? {
        let given: [(String, Bool)] = [
            ("--gradient-checkpointing", gradientCheckpointing),
            ("--memory-limit", memoryLimit != nil), ("--accumulation", accumulation != nil),
        ]
        return given.first { $0.1 }?.0
    }

    /// Puts what was given into the settings.
    func apply(to training: inout TrainingSettings) {
        training.gradientCheckpointing = gradientCheckpointing || training.gradientCheckpointing
        training.accumulation = accumulation ?? training.accumulation
    }

    /// The configuration within the limit, and a sentence where it had to be changed for that.
    ///
    /// - Throws: `ConfigurationError` where it does not fit.
    func fitting(
        _ configuration: RunConfiguration
    ) throws -> (configuration: RunConfiguration, notice: String?) {
        guard let memoryLimit else { return (configuration, nil) }
        let limit = MemoryLimit(bytes: memoryLimit, taken: PeakMemory.megabytes * 1e6)
        return try limit.fitting(configuration)
    }
}
