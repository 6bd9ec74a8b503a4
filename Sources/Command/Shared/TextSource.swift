import Attend

/// What the flag --data names where nothing but text will do.
enum TextSource {
    /// Refuses built-in data that are no text, which would otherwise be looked for as files or learnt in a way that says
    /// nothing.
    ///
    /// - Parameter use: what text is needed for, as the end of "which …".
    static func check(_ data: String, use: String) throws {
        guard !Corpus.builtInNames.contains(data) else { return }
        if TrainOptions.builtInNames.contains(data) || ModularAddition.modulus(named: data) != nil {
            throw UsageError(
                description:
                    "--data \(data) is not text, which \(use); expected a file of text or "
                    + Corpus.builtInNames.joined(separator: ", ") + ".")
        }
    }
}
