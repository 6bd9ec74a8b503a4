public import AttendCheckpoints
public import AttendText

/// A text made ready for training: its tokenizer, its ids in two parts, and a description of where it came from.
public struct TrainingData: Sendable {
    /// Between text and ids.
    public let tokenizer: SavedTokenizer
    /// The ids.
    public let dataset: TokenDataset
    /// What `config.json` says about the text.
    public let description: DataDescription

    /// How many characters of a built-in corpus are made unless told otherwise.
    public static let corpusCharacterCount = 4_000_000

    /// Reads a file, or makes the text of a built-in corpus.
    ///
    /// - Parameters:
    ///   - source: the name of a built-in corpus, or a path.
    ///   - seed: what a built-in corpus is made from.
    ///   - tokenizer: how text becomes ids: `character` or `byte`.
    /// - Throws: ``DataError`` for a file that is no usable text, and for a name that is neither corpus nor file.
    public init(source: String, seed: UInt64, tokenizer kind: String) throws {
        let corpus = try Corpus.resolve(source, seed: seed, characterCount: Self.corpusCharacterCount)
        let text = corpus.text
        tokenizer = kind == "byte" ? .byte(ByteTokenizer()) : .character(try CharacterTokenizer(text: text))
        try self.init(corpus, tokenizer: tokenizer)
    }

    /// Reads the same text again, to continue a run.
    ///
    /// - Throws: ``CheckpointError`` where the text has changed since.
    public init(of configuration: RunConfiguration, tokenizer: SavedTokenizer) throws {
        let corpus = try Corpus.resolve(
            configuration.data.source, seed: configuration.seed, characterCount: Self.corpusCharacterCount)
        try self.init(corpus, tokenizer: tokenizer)
        if description.sha256 != configuration.data.sha256 {
            throw CheckpointError(
                .refused, path: configuration.data.source,
                "is not the text that the run began with (SHA-256 \(description.sha256.prefix(12))… instead of"
                    + " \(configuration.data.sha256.prefix(12))…); restore it, or begin a new run")
        }
    }

    private init(_ corpus: Corpus, tokenizer: SavedTokenizer) throws {
        self.tokenizer = tokenizer
        dataset = try corpus.dataset(tokenizer: tokenizer)
        description = DataDescription(
            source: corpus.source, sha256: SHA256.hash(Array(corpus.text.utf8)).hexadecimal,
            characterCount: corpus.text.unicodeScalars.count, trainingFraction: corpus.trainingFraction,
            documentSeparator: corpus.documentSeparator,
            floor: tokenizer.isByCharacter ? corpus.entropyRate : nil)
    }
}
