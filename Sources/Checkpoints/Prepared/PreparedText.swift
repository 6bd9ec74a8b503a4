public import AttendText

/// A folder of ids that was prepared from a text, from which only what a batch needs is read.
///
/// | name | holds |
/// |---|---|
/// | `manifest.json` | counts and hashes, see ``TokenManifest`` |
/// | `tokenizer.json` | the tokenizer |
/// | `training-00000.bin`, … | ids to train on, 2 or 4 bytes each, the lowest first |
/// | `training-documents.bin` | where documents start, 8 bytes each, where there are any |
/// | `validation-…` | the same for validation |
public struct PreparedText: Sendable {
    /// The folder.
    public let path: String
    /// What it says of itself.
    public let manifest: TokenManifest
    /// SHA-256 of `manifest.json`, which has the hashes of all files.
    public let sha256: String
    /// What the ids mean.
    public let tokenizer: SavedTokenizer
    /// The ids.
    public let text: TokenText

    /// Whether a folder is one that was prepared.
    public static func isPrepared(_ path: String) -> Bool {
        FileKind.of(path, followingLinks: true) == .directory
            && FileKind.of(path.appending(component: TokenManifest.fileName)) == .file
    }

    /// Opens a folder; memory is 8 bytes for each document.
    ///
    /// The sizes of all files are checked, their hashes only by ``verify(progress:)`` and ``verifyFew()``.
    ///
    /// - Throws: ``CheckpointError`` for what is missing, damaged or contradicts itself.
    public init(at path: String) throws {
        self.path = path
        let place = path.appending(component: TokenManifest.fileName)
        let bytes = try InputFile(path: place, followingLinks: false)
            .bytes(atMost: StrictJSON.largestSize)
        let manifest = try StrictJSON.decode(TokenManifest.self, from: bytes, file: place)
        try manifest.validate(path: place)
        let tokenizerPlace = path.appending(component: TokenManifest.tokenizerName)
        tokenizer = try TokenizerFile.readJSON(at: tokenizerPlace, followingLinks: false)
        let fingerprint = try InputFile(path: tokenizerPlace, followingLinks: false).fingerprint()
        guard fingerprint.sha256 == manifest.tokenizerSHA256,
            tokenizer.vocabularySize == manifest.vocabularySize
        else {
            throw CheckpointError(
                .damaged, path: tokenizerPlace,
                "is not the tokenizer that the data were prepared with; prepare them again")
        }
        func part(_ name: String, _ part: TokenManifest.Part) throws -> TokenText.Part {
            let tokens = try TokenShards(part, named: name, of: manifest, in: path)
            guard let mark = manifest.separatorTokens?.last else {
                return TokenText.Part(tokens: tokens)
            }
            let starts = try DocumentPlaces.read(
                at: path.appending(component: TokenManifest.documentsName(name)),
                tokenCount: tokens.count)
            return TokenText.Part(
                documents: Documents(tokens: tokens, starts: starts, leadIn: mark))
        }
        text = TokenText(
            training: try part("training", manifest.training),
            validation: try part("validation", manifest.validation))
        self.manifest = manifest
        sha256 = SHA256.hash(bytes).hexadecimal
    }

    /// The most tokens whose files are compared with their hashes before each training.
    static let mostTokensCompared = 16_777_216

    /// Compares the files with their hashes where that takes no time to speak of: to read a hundred gigabytes before
    /// each training would take longer than many a training.
    ///
    /// - Throws: ``CheckpointError`` as ``verify(progress:)``.
    public func verifyFew() throws {
        let count = manifest.training.tokenCount.addingReportingOverflow(
            manifest.validation.tokenCount)
        if !count.overflow, count.partialValue <= Self.mostTokensCompared { try verify() }
    }

    /// Reads all files, and compares their hashes with those that were noted.
    ///
    /// - Parameter progress: told how many of how many files are done.
    /// - Throws: ``CheckpointError`` that names the first that differs.
    public func verify(progress: (Int, Int) -> Void = { _, _ in }) throws {
        var expected: [(name: String, sha256: String)] = []
        for (name, part) in [("training", manifest.training), ("validation", manifest.validation)] {
            for (number, shard) in part.shards.enumerated() {
                expected.append((TokenManifest.shardName(name, number), shard.sha256))
            }
            if let sha256 = part.documentsSHA256 {
                expected.append((TokenManifest.documentsName(name), sha256))
            }
        }
        for (number, (name, sha256)) in expected.enumerated() {
            let file = try InputFile(path: path.appending(component: name), followingLinks: false)
            guard try file.fingerprint().sha256 == sha256 else {
                throw CheckpointError(
                    .damaged, path: file.path,
                    "is not what was written (its SHA-256 differs); prepare the data again")
            }
            progress(number + 1, expected.count)
        }
    }
}
