import Attend

/// What the files of a model suggest, as the flag that would say the same.
struct SuggestedFlag {
    private let text: String

    /// Nil where nothing is suggested or what would change nothing, or where the flag was given and says otherwise.
    init?<Value: Equatable & CustomStringConvertible>(
        _ name: String, _ given: Value?, _ suggested: Value?, neutral: Value? = nil
    ) {
        guard given == nil, let suggested, suggested != neutral else { return nil }
        text = "\(name) \(suggested)"
    }

    /// Tells the user what is followed.
    ///
    /// - Throws: `CheckpointError` where the steps that came of it cannot be taken.
    static func tell(
        _ flags: [SuggestedFlag], of loaded: LoadedModel, steps: [SamplingStep]
    ) throws {
        if flags.isEmpty { return }
        let list = flags.map(\.text).joined(separator: " ")
        do {
            for step in steps { try step.validate() }
        } catch {
            throw CheckpointError(
                .malformed, path: loaded.path,
                "generation_config.json suggests \(list). \(error) Mend the file, or give the flag")
        }
        Output.message("As the model's files suggest: \(list).")
    }
}
