import ArgumentParser
import Attend

/// The flag of commands that run a model and may keep its weights in fewer bits.
struct PrecisionOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What weights are kept in while the model runs: "
                + InferencePrecision.allCases.map(\.rawValue).joined(separator: ", ")
                + " (default: float32, and for a .gguf file the blocks of 8 or 4 bits that it holds).",
            valueName: "name"),
        transform: Name.of(InferencePrecision.self))
    var precision: InferencePrecision?

    /// The model with its weights kept so; what cannot be kept so is told.
    func applied(to loaded: LoadedModel) -> LoadedModel {
        if let format = precision?.format, let shortfall = loaded.shortfall(of: format) {
            Output.message("\(loaded.path): \(shortfall).")
        }
        return loaded.storing(precision)
    }
}
