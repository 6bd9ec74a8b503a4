public import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

extension Preset {
    /// What stands for the data where the preset has none of its own.
    public var sourcePlaceholder: String { kind == .pairs ? "DIR" : "FILE" }

    /// The preset as the configuration of a run, to be read, changed and trained with.
    ///
    /// What only the data can tell has no value yet: its hash is empty, its counts are 0, and the vocabulary has the
    /// preset's size where that of the data will take its place.
    ///
    /// - Parameter version: the version of Attend that writes it.
    public func configuration(version: String) -> RunConfiguration {
        // The vocabulary of pieces is made as large as the model's, so that the two have to agree.
        let sized =
            tokenizer == .bytePair && !hasFixedVocabulary
            ? model.withVocabulary(vocabularySize) : model
        var description = DataDescription(
            source: data ?? sourcePlaceholder, sha256: "", trainingCharacterCount: 0,
            validationCharacterCount: 0, tokenizer: tokenizer.rawValue, kind: kind,
            documentSeparator: nil, floor: nil)
        if let data, ModularAddition.modulus(named: data) != nil {
            description.trainingShare = ModularAddition.usualTrainingShare
        }
        return RunConfiguration(
            attendVersion: version, preset: name, model: sized, data: description,
            training: training, seed: 1)
    }

    /// Reads a configuration: a whole `config.json`, or a YAML or JSON file that says what is to differ from a preset.
    ///
    /// - Throws: `CheckpointError` that names the file and the field.
    public static func configuration(
        fromFile path: String, version: String
    ) throws -> RunConfiguration {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
            return try RunConfiguration.read(
                fromJSON: path, presetNames: names,
                preset: { named($0)?.configuration(version: version) })
        }
        return try RunConfiguration.read(
            fromYAML: path, presetNames: names,
            preset: { named($0)?.configuration(version: version) })
    }
}
