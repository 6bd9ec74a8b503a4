import ArgumentParser
import Attend

/// The flags of every command that loads a model.
struct LoadingOptions: ParsableArguments {
    @Flag(
        help:
            "Refuse a model with weights that are infinite or not numbers, rather than warn of them."
    )
    var checkTensors = false

    /// What commands say about their MODEL.
    static let modelHelp: ArgumentHelp =
        "A run directory, a Hugging Face directory, or a .gguf file."

    /// Loads the model and tells the user what there is to know about it.
    func load(_ path: String) throws -> LoadedModel {
        let loaded = try LoadedModel.load(path, checksTensors: checkTensors)
        loaded.notices.forEach(Output.message)
        return loaded
    }
}
