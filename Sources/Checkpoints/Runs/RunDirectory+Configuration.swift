internal import AttendModels

extension RunDirectory {
    /// Reads `config.json` and checks that a model can be made from it.
    ///
    /// - Throws: ``CheckpointError`` for a newer format, another architecture, or sizes that make no model.
    public func validatedConfiguration() throws -> RunConfiguration {
        let configuration = try configuration(as: RunConfiguration.self)
        try configuration.validate(path: configurationPath)
        return configuration
    }
}

extension RunConfiguration {
    /// Reads a `config.json` wherever it lies, and checks that a model can be made from it.
    ///
    /// - Throws: ``CheckpointError`` as ``RunDirectory/validatedConfiguration()`` does.
    public static func read(fromFile path: String) throws -> RunConfiguration {
        let configuration = try StrictJSON.decode(RunConfiguration.self, fromFile: path)
        try configuration.validate(path: path)
        return configuration
    }

    fileprivate func validate(path: String) throws {
        func refuse(_ explanation: String) -> CheckpointError {
            CheckpointError(.refused, path: path, explanation)
        }
        if formatVersion != RunConfiguration.newestFormatVersion {
            throw refuse(
                "has formatVersion \(formatVersion), and this version of Attend reads"
                    + " \(RunConfiguration.newestFormatVersion); use the version that wrote it")
        }
        if model.architecture.dataKind != data.kind {
            throw refuse(
                "has data of the kind \(data.kind.rawValue.quoted), but a model of the family"
                    + " \(model.architecture.rawValue) learns from \(model.architecture.dataKind.rawValue.quoted)"
            )
        }
        do {
            try model.sizes.validate()
            try training.validate()
        } catch {
            throw refuse("\(error)")
        }
    }
}
