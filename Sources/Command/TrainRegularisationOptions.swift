import ArgumentParser
import Attend

/// The flags of `attend train` about what keeps a model from learning its data by heart, and where its weights begin.
struct TrainRegularisationOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The probability that a value is dropped in training.", valueName: "x"),
        transform: Number.real(0...0.95))
    var dropout: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The probability that the last block leaves a sequence as it is in training; for the blocks before, the less the "
                + "earlier (stochastic depth).",
            valueName: "x"),
        transform: Number.real(0...0.95))
    var dropPath: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much probability the targets of pairs share with other tokens.", valueName: "x"),
        transform: Number.real(0...0.9))
    var labelSmoothing: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much of the squared logarithm of the sum of exponentials of the logits is added to the loss, such as 1e-4.",
            valueName: "x"),
        transform: Number.real(0...1))
    var zLoss: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the weights of linear maps are drawn from (default: as the family does): "
                + "\(InitialisationKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(InitialisationKind.self))
    var initialisation: InitialisationKind?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The width at which --initialisation mup changes nothing: a learning rate that is good there is good at every "
                + "--width (default: 128).",
            valueName: "n"),
        transform: Number.whole(1...65_536))
    var baseWidth: Int?

    /// The first flag that was given, for a message about those that cannot be.
    var firstGivenFlag: String? {
        let given: [(String, Bool)] = [
            ("--dropout", dropout != nil), ("--drop-path", dropPath != nil),
            ("--label-smoothing", labelSmoothing != nil), ("--z-loss", zLoss != nil),
            ("--initialisation", initialisation != nil), ("--base-width", baseWidth != nil),
        ]
        return given.first { $0.1 }?.0
    }

    /// Puts what was given into the settings.
    ///
    /// - Throws: `UsageError` where a base width is given for nothing.
    func apply(to training: inout TrainingSettings) throws {
        training.labelSmoothing = labelSmoothing.map(Float.init) ?? training.labelSmoothing
        training.dropPath = dropPath.map(Float.init) ?? training.dropPath
        training.zLoss = zLoss.map(Float.init) ?? training.zLoss
        training.initialisation = initialisation ?? training.initialisation
        training.baseWidth = baseWidth ?? training.baseWidth
        if baseWidth != nil, training.initialisation != .maximalUpdate {
            throw UsageError(
                description: "--base-width is for --initialisation mup; give that, too.")
        }
    }
}
