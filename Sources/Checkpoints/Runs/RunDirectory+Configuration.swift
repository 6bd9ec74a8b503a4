internal import AttendModels
internal import AttendText

extension RunDirectory {
    /// Reads `config.json` and checks that a model can be made from it.
    ///
    /// - Throws: ``CheckpointError`` for a newer format, another architecture, or sizes that make no model.
    public func validatedConfiguration() throws -> RunConfiguration {
        try RunConfiguration.validated(path: configurationPath) {
            try configuration(as: RunConfiguration.self)
        }
    }
}

extension RunConfiguration {
    /// Reads a `config.json` wherever it lies, and checks that a model can be made from it.
    ///
    /// - Throws: ``CheckpointError`` as ``RunDirectory/validatedConfiguration()`` does.
    public static func read(fromFile path: String) throws -> RunConfiguration {
        try validated(path: path) { try StrictJSON.decode(RunConfiguration.self, fromFile: path) }
    }

    static func validated(
        path: String, read: () throws -> RunConfiguration
    ) throws -> RunConfiguration {
        do {
            let configuration = try read()
            try configuration.validate(path: path)
            return configuration
        } catch let error as FormatError {
            throw CheckpointError(
                .refused, path: path,
                "has formatVersion \(error.version), and this version of Attend reads"
                    + " \(newestFormatVersion); use the version that wrote it")
        }
    }

    fileprivate func validate(path: String) throws {
        func refuse(_ explanation: String) -> CheckpointError {
            CheckpointError(.refused, path: path, explanation)
        }
        if let problem = curriculumProblem { throw refuse(problem) }
        if model.architecture.dataKind != data.kind {
            throw refuse(
                "has data of the kind \(data.kind.rawValue.quoted), but a model of the family"
                    + " \(model.architecture.rawValue) learns from \(model.architecture.dataKind.rawValue.quoted)"
            )
        }
        if case .encoder(let sizes) = model, !sizes.restoresTokens {
            throw refuse(
                "has an encoder with hasHead false, but learning from masked text needs the head; leave the"
                    + " field out")
        }
        do {
            try model.sizes.validate()
            try training.validate()
        } catch {
            throw refuse("\(error)")
        }
    }
}
