import Attend

/// The text that a model is measured on.
struct EvaluationText {
    let text: String
    /// The lowest loss that any model can reach, where it is known.
    let floor: Double?

    /// The text of a file, or the part of a built-in corpus that the model was validated on.
    init(_ data: String, for loaded: LoadedModel) throws {
        if Corpus.builtInNames.contains(data) {
            // The part for validation does not depend on how much there is for training.
            let corpus = try Corpus.named(
                data, seed: loaded.training?.configuration.seed ?? 0, trainingCharacters: 1)
            text = corpus.validation
            floor = corpus.entropyRate
        } else {
            text = try Self.contents(of: data)
            floor = nil
        }
    }

    /// Refuses a directory of ids, which are not the text that a loss in bits per byte is about.
    static func checkIsNotPrepared(_ data: String) throws {
        guard PreparedText.isPrepared(data) else { return }
        throw CheckpointError(
            .refused, path: data,
            "holds ids that attend prepare wrote, and a model is measured on text; give a text file (the loss on"
                + " the ids that were kept for validation is in the report.html of a run that learnt from them)"
        )
    }

    private static func contents(of file: String) throws -> String {
        try checkIsNotPrepared(file)
        // Measured as it lies, it would be a text of braces, quotes and names of fields.
        if file.hasSuffix(".jsonl"), FileKind.of(file, followingLinks: true) == .file {
            throw CheckpointError(
                .refused, path: file,
                "holds documents in JSON, not a text; give the text of their fields \"text\" in a file of its own"
            )
        }
        do {
            return try TextFile.read(file)
        } catch .missing where !file.contains("/") {
            throw DataError.unknownName(
                file, suggestion: nearestName(to: file, in: Corpus.builtInNames),
                known: Corpus.builtInNames)
        }
    }
}
