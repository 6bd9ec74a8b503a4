internal import AttendText

extension LoadedModel {
    /// Reads a file of llama.cpp.
    static func loadGGUF(_ path: String, checksTensors: Bool) throws -> LoadedModel {
        throw CheckpointError(
            .unsupported, path: path,
            "is a GGUF file, which this version does not read; give a Hugging Face directory")
    }
}
