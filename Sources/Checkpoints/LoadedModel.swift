public import AttendModels
public import AttendText
internal import AttendLayers
internal import AttendTensors

/// A trained model with all that is needed to use it.
public struct LoadedModel: Sendable {
    /// The model, with the weights of the snapshot.
    public let model: GPT
    /// Between text and ids.
    public let tokenizer: SavedTokenizer
    /// How the run was set up.
    public let configuration: RunConfiguration
    /// How many steps the model was trained for.
    public let step: Int
    /// Sentences for the user: snapshots that were passed over, weights that are no numbers.
    public let notices: [String]

    /// Loads a model from the directory of a run.
    ///
    /// - Parameters:
    ///   - path: a directory that `attend train` wrote.
    ///   - choice: which of its snapshots; where it is damaged or missing, the next best with a notice.
    /// - Throws: ``CheckpointError`` where the directory is no run, or its files are damaged or do not fit together.
    public static func load(
        _ path: String, choice: SnapshotStore.Choice = .best
    ) throws -> LoadedModel {
        let run = try RunDirectory.open(at: path)
        try checkIsRun(run)
        let configuration = try run.validatedConfiguration()
        let tokenizer = try readTokenizer(of: run)
        if tokenizer.vocabularySize != configuration.model.vocabularySize {
            throw CheckpointError(
                .malformed, path: run.tokenizerPath,
                "has \(tokenizer.vocabularySize) tokens where config.json says model.vocabularySize "
                    + "\(configuration.model.vocabularySize); restore the files as they were written"
            )
        }
        guard let found = try run.snapshots.find(choice) else {
            throw CheckpointError(
                .missing, path: path,
                "has no checkpoint yet; let attend train get as far as its first evaluation")
        }
        let model = try model(configuration.model, from: found.snapshot)
        return LoadedModel(
            model: model, tokenizer: tokenizer, configuration: configuration,
            step: found.snapshot.step,
            notices: found.notices + notices(about: model, path: found.snapshot.modelPath))
    }

    /// Other programs' models have a `config.json` too; say so rather than name its first unknown field.
    private static func checkIsRun(_ run: RunDirectory) throws {
        let file = try InputFile(path: run.configurationPath, followingLinks: false)
        guard let json = try? JSONValue(file.bytes(atMost: StrictJSON.largestSize)),
            case .object(let object) = json, object.members["formatVersion"] == nil
        else { return }
        throw CheckpointError(
            .unsupported, path: run.path,
            "is not a run directory: its config.json has no formatVersion; give a directory that "
                + "attend train made")
    }

    private static func readTokenizer(of run: RunDirectory) throws -> SavedTokenizer {
        do {
            return try run.tokenizer(as: SavedTokenizer.self)
        } catch let error as TokenizerError {
            let sentence = "\(error)"
            throw CheckpointError(
                .malformed, path: run.tokenizerPath,
                sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)
        }
    }

    private static func model(
        _ configuration: GPT.Configuration, from snapshot: Snapshot
    ) throws -> GPT {
        let file = try snapshot.model()
        // A small file must not make a program allocate the large model that its configuration asks for.
        let held = file.entries.reduce(0) { $0 + $1.elementCount }
        if held != configuration.parameterCount {
            throw CheckpointError(
                .malformed, path: file.path,
                "holds \(held) numbers where a model of this config.json has "
                    + "\(configuration.parameterCount); restore the files as they were written")
        }
        var random = RandomSource(seed: 0)
        var model = GPT(configuration, random: &random)
        do {
            try model.load(namedTensors(in: file))
        } catch let error as LoadingError {
            throw CheckpointError(.malformed, path: file.path, "\(error)")
        }
        return model
    }

    private static func notices(about model: GPT, path: String) -> [String] {
        let names = model.namedTensors().filter { !$0.tensor.isFinite }.map(\.name)
        guard let first = names.first else { return [] }
        let others = names.count == 1 ? "" : " and \(names.count - 1) more tensors"
        return [
            "\(path.legible): \(first)\(others) hold numbers that are infinite or not numbers at all."
        ]
    }
}
