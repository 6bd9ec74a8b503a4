public import AttendCheckpoints
public import AttendText
internal import Foundation

/// A text made ready for training: its tokenizer, its ids in two parts, and a description of where it came from.
public struct TrainingData: Sendable {
    /// Between text and ids.
    public let tokenizer: SavedTokenizer
    /// The ids.
    public let dataset: TokenDataset
    /// What `config.json` says about the text.
    public let description: DataDescription

    /// How text becomes ids.
    public enum TokenizerKind: String, CaseIterable, Sendable {
        /// A token for each character that occurs.
        case character
        /// A token for each byte of UTF-8.
        case byte
    }

    /// Reads a file, or makes the text of a built-in corpus.
    ///
    /// - Parameters:
    ///   - source: the name of a built-in corpus, or a path.
    ///   - seed: what a built-in corpus is made from.
    ///   - tokenizer: how text becomes ids.
    /// - Throws: ``DataError`` for a file that is no usable text, and for a name that is neither corpus nor file.
    public init(source: String, seed: UInt64, tokenizer kind: TokenizerKind) throws {
        let corpus = try Corpus.named(source, seed: seed)
        let tokenizer: SavedTokenizer =
            switch kind {
            case .character: .character(try corpus.characterTokenizer())
            case .byte: .byte(ByteTokenizer())
            }
        try self.init(corpus, tokenizer: tokenizer)
    }

    /// Reads the same text again, to continue a run.
    ///
    /// - Throws: ``CheckpointError`` where the text has changed since.
    public init(of configuration: RunConfiguration, tokenizer: SavedTokenizer) throws {
        let corpus = try Corpus.named(configuration.data.source, seed: configuration.seed)
        try self.init(corpus, tokenizer: tokenizer)
        if description.sha256 != configuration.data.sha256 {
            throw CheckpointError(
                .refused, path: configuration.data.source,
                "is not the text that the run began with (SHA-256 \(description.sha256.prefix(12))…"
                    + " instead of \(configuration.data.sha256.prefix(12))…); restore it, or begin a"
                    + " new run")
        }
    }

    private init(_ corpus: Corpus, tokenizer: SavedTokenizer) throws {
        self.tokenizer = tokenizer
        dataset = try corpus.dataset(tokenizer: tokenizer)
        var hash = SHA256()
        hash.update(Array(corpus.training.utf8))
        hash.update(Array(corpus.validation.utf8))
        // The rate is per character; every character of a built-in corpus is one byte.
        description = DataDescription(
            source: Self.place(of: corpus.name), sha256: hash.finalize().hexadecimal,
            trainingCharacterCount: corpus.training.unicodeScalars.count,
            validationCharacterCount: corpus.validation.unicodeScalars.count,
            tokenizer: tokenizer.kindName, documentSeparator: corpus.documentSeparator,
            floor: corpus.entropyRate)
    }

    /// A name that leads to the same text from any working directory.
    private static func place(of name: String) -> String {
        Corpus.builtInNames.contains(name)
            ? name : URL(fileURLWithPath: name).standardizedFileURL.path
    }
}

extension SavedTokenizer {
    fileprivate var kindName: String {
        switch self {
        case .character: TrainingData.TokenizerKind.character.rawValue
        case .byte: TrainingData.TokenizerKind.byte.rawValue
        case .bytePair: "bytePair"
        }
    }
}
