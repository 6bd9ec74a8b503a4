public import AttendCheckpoints
internal import AttendModels
public import AttendText

extension TrainingData {
    /// Reads the same data again, to continue a run.
    ///
    /// - Parameters:
    ///   - place: where the data are now; where they were when the run began, if nil.
    ///   - tokenizer: that of the run.
    /// - Throws: `CheckpointError` where the data are gone, or have changed since.
    public init(
        of configuration: RunConfiguration, nowAt place: String? = nil, tokenizer: SavedTokenizer
    ) throws {
        let data = configuration.data
        var request = Request(
            source: place ?? data.source, kind: data.kind, seed: configuration.seed,
            tokenizer: tokenizer.kind, vocabularySize: tokenizer.vocabularySize,
            lengthLimit: configuration.model.sizes.contextLength,
            sourceName: data.sourceName, targetName: data.targetName)
        request.mixture = data.mixture ?? []
        request.trainingShare = data.trainingShare
        func changedError(_ source: String, _ how: String) -> CheckpointError {
            let remedy =
                place == nil || source != request.source
                ? "restore it" : "give what was \(data.source.legible) by --data"
            return CheckpointError(
                .refused, path: source,
                "is not what the run began with\(how); \(remedy), or begin a new run")
        }
        do {
            try self.init(request, tokenizer: tokenizer)
        } catch DataError.encoding(let source, .unknownCharacter(_, let line, _)) {
            let sources = [request.source] + request.mixture.map(\.source)
            throw changedError(
                sources.first { source.contains($0) } ?? request.source,
                ": line \(line) has a character that the run's tokenizer does not know")
        } catch let error as DataError {
            throw Self.goneError(request, isMoved: place != nil) ?? error
        }
        let before =
            [(request.source, data.sha256)] + request.mixture.map { ($0.source, $0.sha256) }
        let now = [description.sha256] + (description.mixture ?? []).map(\.sha256)
        for ((source, expected), found) in zip(before, now) where expected != found {
            throw changedError(
                source, " (SHA-256 \(found.prefix(12))… instead of \(expected.prefix(12))…)")
        }
    }

    /// What to say of data that are no longer where they were; nil where they are.
    ///
    /// - Parameter isMoved: whether the place of the first was given anew.
    private static func goneError(_ request: Request, isMoved: Bool) -> CheckpointError? {
        let sources = [request.source] + request.mixture.map(\.source)
        let gone = sources.firstIndex {
            !isBuiltIn($0) && ModularAddition.modulus(named: $0) == nil
                && FileKind.of($0, followingLinks: true) == nil
        }
        guard let gone, gone > 0 || !isMoved else { return nil }
        return CheckpointError(
            .missing, path: sources[gone],
            "is what the run learns from, and is no longer there; "
                + (gone == 0
                    ? "restore it, or give --data FILE beside --resume, which says where it is now"
                    : "restore it, since a text that is mixed with another is read from where it was")
        )
    }
}
