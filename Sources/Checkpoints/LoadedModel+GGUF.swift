internal import AttendModels
internal import AttendTensors
internal import AttendText

extension LoadedModel {
    /// Reads a file of llama.cpp.
    static func loadGGUF(_ path: String, checksTensors: Bool) throws -> LoadedModel {
        let file = try GGUFFile(path: path)
        let key = "general.architecture"
        guard let architecture = try file.metadata.text(key) else {
            throw file.metadata.missing(key)
        }
        let family = try GGUFFamilies.named(architecture, in: file)
        let fields = GGUFFields(metadata: file.metadata, architecture: architecture)
        let configuration = try family.configuration(from: fields, of: file)
        do {
            // Before a layout is made: it is as long as the configuration says.
            try configuration.sizes.validate()
        } catch let error as ConfigurationError {
            throw CheckpointError(
                .unsupported, path: path, "describes no model that can be made: \(error)")
        }
        let model = try ModelReader.read(
            configuration, from: file, layouts: [family.layout(of: configuration)],
            checksTensors: checksTensors)
        var tokenizer: GGUFTokenizer?
        var fault: CheckpointError?
        do throws(CheckpointError) {
            tokenizer = try GGUFTokenizer(file.metadata)
            let size = tokenizer?.tokenizer.vocabularySize ?? 0
            if let rows = configuration.vocabularySizes.min(), rows < size {
                throw CheckpointError(
                    .malformed, path: path,
                    "has \(size) tokens where its model has vectors for \(rows); convert the model anew"
                )
            }
        } catch {
            // A model without a tokenizer can still be asked about ids.
            tokenizer = nil
            fault = error
        }
        var loaded = LoadedModel(
            model: model.model, configuration: configuration, savedTokenizer: tokenizer?.tokenizer,
            tokenizerFault: fault, generation: tokenizer?.generation ?? GenerationDefaults(),
            training: nil, path: path, notices: model.notices)
        let types = Set(file.entries.map(\.type))
        if types.contains(.q8) { loaded.blockFormats.insert(.int8) }
        if types.contains(.q4) { loaded.blockFormats.insert(.int4) }
        return loaded
    }
}
