import ArgumentParser
import Attend
import Foundation

/// `attend embed`: the vectors that an encoder makes of a text.
struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Print the vectors that an encoder makes of texts.",
        discussion: """
            The model is an encoder: a run of --model encoder, a bert or distilbert directory, or a directory \
            of sentence-transformers, which brings its own pooling and normalisation. With --text - each line \
            of standard input is a text, and each gives one line.

            Example:
              attend embed runs/encoder --text "The dog sleeps." --json
              attend embed all-MiniLM-L6-v2 --text - < sentences.txt
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The text; - for each line of standard input.", valueName: "text"))
    var text: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How one vector is made of the tokens': mean, cls, or none for all of them (default: the model's own, or mean).",
            valueName: "name"),
        transform: Name.of(EmbeddingPooling.self))
    var pooling: EmbeddingPooling?

    @Flag(
        inversion: .prefixedNo,
        help: "Bring vectors to the length 1 (default: the model's own, or no).")
    var normalize: Bool?

    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let loaded = try loading.load(model)
        let embedder = try TextEmbedder(loaded, pooling: pooling, normalises: normalize)
        if text != "-" {
            try show(embedder.embedding(of: text), line: nil)
        } else {
            if isatty(STDIN_FILENO) == 1 {
                Output.message("Type a text a line; Ctrl-D ends.")
            }
            let source = TextTranslator.standardInput
            let lines = try TextFile.lines(of: StandardInput.bytes(), source: source)
            Interruption.listen()
            for (index, line) in lines.enumerated() {
                try Interruption.check()
                do {
                    try show(embedder.embedding(of: line), line: index + 1)
                } catch TokenizerError.unknownCharacter(let scalar, _, let size) {
                    throw DataError.encoding(
                        source: source,
                        .unknownCharacter(scalar, line: index + 1, vocabularySize: size))
                }
            }
        }
        if common.json { return }
        Output.next("attend inspect \(ShellWord.quoted(model))")
    }

    private func show(_ embedding: TextEmbedding, line: Int?) throws {
        if let notice = embedding.notice {
            Output.message((line.map { "Line \($0): " } ?? "") + notice)
        }
        if common.json {
            return try Output.json(
                Report(
                    shape: embedding.shape,
                    embedding: embedding.isForTokens
                        ? .tokens(embedding.vectors) : .text(embedding.vectors[0])))
        }
        for vector in embedding.vectors {
            try Output.line(vector.map { "\($0)" }.joined(separator: " "))
        }
    }

    private struct Report: Encodable {
        let shape: [Int]
        let embedding: Vectors
    }

    /// One vector, or a list of them.
    private enum Vectors: Encodable {
        case text([Float])
        case tokens([[Float]])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let vector): try container.encode(vector)
            case .tokens(let vectors): try container.encode(vectors)
            }
        }
    }
}
