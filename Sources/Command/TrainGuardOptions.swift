import ArgumentParser
import Attend

/// The flags of `attend train` about what is kept, left out or watched while it trains.
struct TrainGuardOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many of the newest checkpoints are kept beside the best one (default: 2).",
            valueName: "n"),
        transform: Number.whole(1...1000))
    var keep: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Leave out a step whose loss or gradient norm is more than so many standard deviations above the mean of the "
                + "last \(SpikeGuard.windowLength) steps, such as 6; at most \(SpikeGuard.mostInARow) in a row.",
            valueName: "x"),
        transform: Number.real(0.1...1000))
    var spikeSkip: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End the run when so many evaluations in a row have brought no lower validation loss; checkpoints/best names "
                + "the best.",
            valueName: "n"),
        transform: Number.whole(1...1_000_000))
    var patience: Int?

    @Flag(
        help: ArgumentHelp(
            "Learn from the first batch alone, over and over, without dropout and label smoothing unless they are given, "
                + "and say at the end whether it was learnt by heart: if not, something is wrong."))
    var overfitOneBatch = false

    /// The first flag that was given, for a message about those that cannot be.
    var firstGivenFlag: String? {
        let given: [(String, Bool)] = [
            ("--keep", keep != nil), ("--spike-skip", spikeSkip != nil),
            ("--patience", patience != nil), ("--overfit-one-batch", overfitOneBatch),
        ]
        return given.first { $0.1 }?.0
    }

    /// Puts what was given into the settings.
    func apply(to training: inout TrainingSettings) {
        training.keptCheckpoints = keep ?? training.keptCheckpoints
        training.spikeSkip = spikeSkip.map(Float.init) ?? training.spikeSkip
        training.patience = patience ?? training.patience
        training.overfitsOneBatch = overfitOneBatch || training.overfitsOneBatch
    }
}
