import ArgumentParser
import Attend

/// `attend detokenize`: ids to text.
struct DetokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize",
        abstract: "Show the text of token ids.",
        discussion: """
            The tokenizer is that of a model, or a file, as in attend tokenize. Special tokens are left out unless \
            --keep-special is given; an id outside the vocabulary, and bytes that are not UTF-8, are shown as \
            U+FFFD.

            Example:
              attend detokenize runs/tales --ids 12,7,31
              attend detokenize gpt2.tiktoken --ids 15496,995 --json
            """)

    @Argument(help: "A model, or the file of a tokenizer.")
    var model: String

    @Option(
        parsing: .unconditional, help: ArgumentHelp("The ids, with commas.", valueName: "ids"),
        transform: { text in
            // No ids spell the empty text.
            try text.split(separator: ",", omittingEmptySubsequences: text.isEmpty).map { part in
                let digits = part.filter { $0 != " " }
                guard let id = Int32(digits) else {
                    throw ValidationError(
                        "--ids holds \(String(part).quoted); expected whole numbers with commas "
                            + "between them.")
                }
                return id
            }
        })
    var ids: [Int32]

    @Flag(help: "Show special tokens, too.")
    var keepSpecial = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How a .tiktoken file or merges.txt divides text: \(PatternName.list).",
            valueName: "name"),
        transform: PatternName.pattern)
    var pattern: WordPattern?

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let tokenizer = try TokenizerFile.read(at: model, pattern: pattern)
        let text = tokenizer.decode(ids, keepsSpecialTokens: keepSpecial)
        if common.json { return try Output.json(Report(text: text)) }
        try Output.line(text)
        Output.next("attend tokenize \(ShellWord.quoted(model)) --text TEXT")
    }

    private struct Report: Encodable {
        let text: String
    }
}
