import ArgumentParser
import Attend
import Foundation

/// `attend prepare`: a text of any size as files of ids.
struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Encode a text larger than memory into a directory that attend train reads.",
        discussion: """
            The text is a file, a .jsonl file with a document in the field "text" of each line, or a directory of \
            such. A document is kept for validation by its hash and the seed, so copies of it are on the same side, \
            and other documents never move it; a text that is one whole is divided at its end. A bpe vocabulary is \
            learnt from \(TextPreparation.largestTextSample >> 20) MB at most, spread over all of the text.

            Example:
              attend prepare --data books --tokenizer bpe --vocabulary 8192 --out books-8192
              attend prepare --data web.jsonl --tokenizer gpt2.tiktoken --deduplicate --out web
              attend train --data books-8192
              attend prepare --verify books-8192
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A text file, a .jsonl file, or a directory of .txt and .jsonl files.",
            valueName: "file|dir"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How text becomes tokens: character, byte or bpe; or the file of a tokenizer (default: character).",
            valueName: "name|file"),
        transform: TokenizerChoice.init)
    var tokenizer = TokenizerChoice.kind(.character)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most tokens of a bpe vocabulary (default: 8000).", valueName: "n"),
        transform: Number.whole(1...PipelineTokenizer.vocabularyLimit))
    var vocabulary: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The directory to write, which must not exist.", valueName: "dir"))
    var out: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            #"What stands between documents in a text file, \n for a line end; it ends each document where it is "#
                + "learnt, too (default there: a blank line, or <|endoftext|> where the tokenizer has it).",
            valueName: "text"))
    var separator: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of documents that is kept for validation (default: 0.1).", valueName: "x"),
        transform: Number.real(0.0001...0.9))
    var heldOut = 0.1

    @Flag(help: "Leave out documents that occurred before, but for their line ends.")
    var deduplicate = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens in a file (default: \((1 << 26).grouped)).", valueName: "n"),
        transform: Number.whole(1024...(1 << 32)))
    var shardTokens = 1 << 26

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What decides which documents are for validation (default: 1).", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64 = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Compare the files of a prepared directory with their hashes, and do nothing else.",
            valueName: "dir"))
    var verify: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if verify != nil {
            if data != nil || out != nil {
                throw ValidationError("--verify stands alone; leave out --data and --out.")
            }
            return
        }
        if data == nil || out == nil {
            throw ValidationError("--data and --out are both needed.")
        }
        if vocabulary != nil, tokenizer.kind != .bytePair {
            throw ValidationError(
                "--vocabulary is the size of a bpe vocabulary; give --tokenizer bpe with it.")
        }
        if separator?.isEmpty ?? false {
            throw ValidationError("--separator is empty; give a text such as \\n\\n.")
        }
    }

    func run() throws {
        common.apply()
        Interruption.listen()
        if let verify { return try verifyFiles(of: verify) }
        guard let data, let out else { return }
        var preparation = TextPreparation(source: data, vocabulary: try chosenVocabulary())
        preparation.separator = separator.map(Self.unescaped)
        preparation.heldOut = heldOut
        preparation.deduplicates = deduplicate
        preparation.shardTokens = shardTokens
        preparation.seed = seed
        let begin = ContinuousClock.now
        var (estimate, present) = (WorkEstimate(), TextPreparation.Stage.reading)
        let result: (prepared: PreparedText, notices: [String])
        do {
            result = try preparation.write(to: out) { stage, done, total in
                if stage != present { (estimate, present) = (WorkEstimate(), stage) }
                if !common.json {
                    let line = estimate.line(done: done, of: total, unit: "bytes")
                    Output.progress("\(stage.name): \(line)")
                }
                return !Interruption.isRequested
            }
        } catch is CancellationError {
            if !common.json { Output.progress("") }
            throw Interruption.requested
        }
        if !common.json { Output.progress("") }
        result.notices.forEach(Output.message)
        let report = Report(result.prepared, seconds: (ContinuousClock.now - begin) / .seconds(1))
        if common.json { return try Output.json(report) }
        try Output.line("training    \(report.trainingTokens.grouped) tokens")
        try Output.line("validation  \(report.validationTokens.grouped) tokens")
        if report.documents > 2 { try Output.line("documents   \(report.documents.grouped)") }
        if let count = report.duplicates {
            try Output.line("duplicates  \(count.grouped), left out")
        }
        try Output.line("vocabulary  \(report.vocabulary.grouped)")
        try Output.line(
            "files       \(report.files) in \(out.legible), \(report.seconds.rounded(to: 1)) s")
        Output.next("attend train --data \(ShellWord.quoted(out))")
    }

    private func chosenVocabulary() throws -> TextPreparation.Vocabulary {
        switch tokenizer {
        case .file(let path): .saved(try TokenizerFile.read(at: path))
        case .kind(.byte): .bytes
        case .kind(.bytePair): .bytePairs(vocabulary ?? 8000)
        case .kind: .characters
        }
    }

    private func verifyFiles(of path: String) throws {
        let prepared = try PreparedText(at: path)
        try prepared.verify { done, count in
            if !common.json { Output.progress("\(done) of \(count) files") }
        }
        if common.json { return try Output.json(Report(prepared, seconds: 0)) }
        Output.progress("")
        try Output.line("\(path.legible) holds what was written.")
        Output.next("attend train --data \(ShellWord.quoted(path))")
    }

    /// A text as typed, with `\n`, `\t` and `\\` for what they stand for.
    private static func unescaped(_ text: String) -> String {
        var (result, isEscaped) = ("", false)
        for character in text.unicodeScalars {
            if isEscaped {
                result += character == "n" ? "\n" : character == "t" ? "\t" : String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private struct Report: Encodable {
        let path: String
        let trainingTokens: Int
        let validationTokens: Int
        let documents: Int
        let duplicates: Int?
        let vocabulary: Int
        let files: Int
        let seconds: Double

        init(_ prepared: PreparedText, seconds: Double) {
            let manifest = prepared.manifest
            path = prepared.path
            trainingTokens = manifest.training.tokenCount
            validationTokens = manifest.validation.tokenCount
            documents = manifest.training.documentCount + manifest.validation.documentCount
            duplicates = manifest.duplicateCount
            vocabulary = manifest.vocabularySize
            files = manifest.training.shards.count + manifest.validation.shards.count
            self.seconds = seconds
        }
    }
}

extension TextPreparation.Stage {
    /// The stage in a word.
    fileprivate var name: String {
        switch self {
        case .reading: "Reading"
        case .sampling: "Sampling"
        case .encoding: "Encoding"
        }
    }
}
