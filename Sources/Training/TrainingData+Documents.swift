internal import AttendCheckpoints

extension TrainingData {
    /// Refuses files of documents in JSON where a text is read: they would be learnt with their braces and quotes.
    ///
    /// Runs of older versions that were begun so go on.
    static func checkIsText(_ request: Request) throws {
        guard request.kind == .text || request.kind == .masked else { return }
        let sources = [request.source] + request.mixture.map(\.source)
        guard let source = sources.first(where: isDocuments) else { return }
        throw CheckpointError(
            .refused, path: source,
            "holds documents in JSON, not a text; "
                + (request.kind == .masked
                    ? "give the text of their fields \"text\" in a file of its own"
                    : "write their text with attend prepare --data \(ShellWord.quoted(source)) --out DIR, and give"
                        + " DIR in its place"))
    }

    private static func isDocuments(_ source: String) -> Bool {
        source.hasSuffix(".jsonl") && FileKind.of(source, followingLinks: true) == .file
    }
}
