import ArgumentParser
import Attend
import Foundation

/// `attend tokenizer`: vocabularies.
struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Learn a vocabulary.",
        discussion: """
            Example:
              attend tokenizer train --type bpe --data book.txt --vocabulary 4096 --out book-tokenizer
            """,
        subcommands: [TokenizerTrainCommand.self])
}

/// `attend tokenizer train`: a vocabulary from texts.
struct TokenizerTrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn a vocabulary from texts, and write it as tokenizer.json.",
        discussion: """
            The file can be read by attend train --tokenizer FILE, attend tokenize and Hugging Face tokenizers \
            (one of the type character only after attend export). The same texts give the same file.

            Example:
              attend tokenizer train --type bpe --data book.txt --vocabulary 4096 --out book-tokenizer
              attend tokenizer train --type unigram --data a.txt --data b.txt --vocabulary 8000 --out u.json
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The kind: \(TokenizerTraining.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"),
        transform: Name.of(TokenizerTraining.Kind.self))
    var type = TokenizerTraining.Kind.bytePair

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A text file, or built-in data: \(Corpus.builtInNames.joined(separator: ", ")); may be given "
                + "more than once.",
            valueName: "file"))
    var data: [String]

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most tokens (not of the type character).", valueName: "n"),
        transform: Number.whole(1...PipelineTokenizer.vocabularyLimit))
    var vocabulary: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A directory or a .json file to write.", valueName: "path"))
    var out: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often something must occur to become a token (default: bpe 2, others 1).",
            valueName: "n"),
        transform: Number.whole(0...1_000_000_000))
    var minFrequency: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A special token; may be given more than once (default: "
                + "\(SpecialTokens.texts.joined(separator: " "))).",
            valueName: "text"))
    var special: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How a bpe vocabulary divides text: \(PatternName.list) (default: gpt2).",
            valueName: "name"),
        transform: PatternName.pattern)
    var pattern: WordPattern?

    @Flag(help: "For wordpiece: letters become small and lose their accents.")
    var lowercase = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if type == .character, vocabulary != nil {
            throw ValidationError(
                "--vocabulary does not go with --type character, which has as many tokens as there are "
                    + "characters.")
        }
        if type != .bytePair, pattern != nil {
            throw ValidationError(
                "--pattern does not go with --type \(type.rawValue); expected bpe.")
        }
        if type != .wordPiece, lowercase {
            throw ValidationError(
                "--lowercase does not go with --type \(type.rawValue); expected wordpiece.")
        }
        if type == .character || type == .unigram, minFrequency != nil {
            throw ValidationError(
                "--min-frequency does not go with --type \(type.rawValue); expected bpe, wordpiece or "
                    + "word.")
        }
        do {
            try training.checkSpecialTokens()
        } catch {
            throw ValidationError("--special cannot be used: \(error)")
        }
        let least = training.leastVocabularySize
        if training.vocabularySize < least {
            throw ValidationError(
                "--vocabulary is \(training.vocabularySize), but a vocabulary of the type \(type.rawValue) with "
                    + "\(training.specialTokens.count) special tokens has at least \(least) tokens."
            )
        }
    }

    private var training: TokenizerTraining {
        var training = TokenizerTraining(type)
        training.vocabularySize = vocabulary ?? training.vocabularySize
        training.minimumCount = minFrequency
        if !special.isEmpty { training.specialTokens = special }
        training.pattern = pattern ?? training.pattern
        training.lowercases = lowercase
        return training
    }

    func run() throws {
        common.apply()
        // Before the work, which would be lost.
        _ = try TokenizerFile.place(for: out)
        var texts: [String] = []
        for name in data {
            texts.append(
                Corpus.builtInNames.contains(name)
                    ? try Corpus.named(name, seed: 1).training : try TextFile.read(name))
        }
        let begin = ContinuousClock.now
        let estimate = WorkEstimate()
        let (training, showsProgress, learned) = (training, !common.json, texts)
        Interruption.listen()
        let tokenizer = try Interruption.cancelling {
            try training.tokenizer(of: learned) { done, total in
                if showsProgress {
                    Output.progress(estimate.line(done: done, of: total, unit: "tokens"))
                }
            }
        }
        if !common.json { Output.progress("") }
        let path = try TokenizerFile.write(tokenizer, to: out)
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        let report = Report(
            path: path, type: type.rawValue, vocabulary: tokenizer.vocabularySize, bytes: bytes,
            seconds: (ContinuousClock.now - begin) / .seconds(1))
        if common.json { return try Output.json(report) }
        try Output.line(
            "\(report.vocabulary.grouped) tokens from \(bytes.grouped) bytes in "
                + "\(report.seconds.rounded(to: 2)) s: \(path)")
        Output.next("attend tokenize \(ShellWord.quoted(path)) --text TEXT")
    }

    private struct Report: Encodable {
        let path: String
        let type: String
        let vocabulary: Int
        let bytes: Int
        let seconds: Double
    }
}
