internal import AttendCheckpoints
internal import AttendText

/// One of several texts that are learnt from together: a prepared folder, or a text in memory.
struct MixedText {
    private let content: Content
    private let source: String

    private enum Content {
        case prepared(PreparedText)
        case corpus(Corpus)
    }

    init(_ source: String, seed: UInt64) throws {
        self.source = source
        if PreparedText.isPrepared(source) {
            let prepared = try PreparedText(at: source)
            try prepared.verifyFew()
            content = .prepared(prepared)
        } else {
            content = .corpus(try Corpus.named(source, seed: seed))
        }
    }

    var sha256: String {
        switch content {
        case .prepared(let prepared): prepared.sha256
        case .corpus(let corpus): TrainingData.hash([corpus.training, corpus.validation])
        }
    }

    var characterCounts: (training: Int, validation: Int) {
        switch content {
        case .prepared(let prepared):
            (prepared.manifest.training.characterCount, prepared.manifest.validation.characterCount)
        case .corpus(let corpus):
            (corpus.training.unicodeScalars.count, corpus.validation.unicodeScalars.count)
        }
    }

    var documentSeparator: String? {
        switch content {
        case .prepared(let prepared): prepared.manifest.separator
        case .corpus(let corpus): corpus.documentSeparator
        }
    }

    /// The ids.
    ///
    /// - Throws: `ConfigurationError` where a folder was prepared with another tokenizer.
    func tokenText(_ tokenizer: SavedTokenizer) throws -> TokenText {
        switch content {
        case .corpus(let corpus): return try corpus.dataset(tokenizer: tokenizer).tokenText
        case .prepared(let prepared):
            guard prepared.tokenizer == tokenizer else {
                throw CheckpointError(
                    .refused, path: source,
                    "was prepared with another tokenizer than the texts that it is mixed with; prepare it again"
                        + " with theirs, by --tokenizer FILE")
            }
            return prepared.text
        }
    }

    /// The tokenizer of all: that which is known, that of a prepared folder, or one that is learnt from the texts.
    static func tokenizer(
        of texts: [MixedText], _ request: TrainingData.Request, known: SavedTokenizer?
    ) throws -> SavedTokenizer {
        if let known { return known }
        var corpora: [Corpus] = []
        for text in texts {
            switch text.content {
            case .prepared(let prepared): return prepared.tokenizer
            case .corpus(let corpus): corpora.append(corpus)
            }
        }
        switch request.tokenizer {
        case .character:
            return .character(
                try CharacterTokenizer(texts: corpora.flatMap { [$0.training, $0.validation] }))
        case .byte: return .byte(ByteTokenizer())
        case .bytePair:
            return .pipeline(
                try PipelineTokenizer.bytePairs(
                    texts: corpora.map(\.training), vocabularySize: request.vocabularySize))
        case .file: throw TrainingData.needsFile
        }
    }
}
