internal import AttendModels

extension RunDirectory {
    /// Reads `config.json` and checks that a model can be made from it.
    ///
    /// - Throws: ``CheckpointError`` for a newer format, another architecture, or sizes that make no model.
    public func validatedConfiguration() throws -> RunConfiguration {
        let configuration = try configuration(as: RunConfiguration.self)
        func refuse(_ explanation: String) -> CheckpointError {
            CheckpointError(.refused, path: configurationPath, explanation)
        }
        if configuration.formatVersion != RunConfiguration.newestFormatVersion {
            throw refuse(
                "has formatVersion \(configuration.formatVersion), and this version of Attend reads"
                    + " \(RunConfiguration.newestFormatVersion); use the version that wrote it")
        }
        if configuration.architecture != "gpt" {
            throw refuse(
                "has architecture \(configuration.architecture.quoted), but only \"gpt\" is known")
        }
        do {
            try configuration.model.validate()
            try configuration.training.validate()
        } catch {
            throw refuse("\(error)")
        }
        return configuration
    }
}
