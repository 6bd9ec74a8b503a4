import ArgumentParser
import Attend
import Foundation

/// `attend tokenize`: text to ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Show the tokens of a text.",
        discussion: """
            The tokenizer is that of a model (a run, a Hugging Face directory), or a file: tokenizer.json, \
            vocab.json with merges.txt beside it, vocab.txt, or a .tiktoken file, whose division into words \
            follows from the number of its tokens unless --pattern names it.

            What a model's template puts around a text is added; what looks like a special token within it stays \
            ordinary text. Bytes that are not UTF-8 become U+FFFD. Without --text and --file, standard input \
            is read.

            --chat reads conversations: a JSON list of messages with role and content, an object with messages \
            and perhaps tools, or one of these on each line. They are written by the model's chat template; \
            special tokens are those that the template writes, never those that a message spells.

            Example:
              attend tokenize runs/tales --text "Once upon a time"
              attend tokenize gpt2.tiktoken --file book.txt --lines --json
            """)

    @Argument(help: "A model, or the file of a tokenizer.")
    var model: String

    @Option(parsing: .unconditional, help: ArgumentHelp("The text.", valueName: "text"))
    var text: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A file with the text; - for standard input.", valueName: "file"))
    var file: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A file of conversations, in JSON.", valueName: "file"))
    var chat: String?

    @Flag(help: "With --chat, add the beginning of the assistant's answer.")
    var addGenerationPrompt = false

    @Flag(help: "Each line by itself, without its line feed.")
    var lines = false

    @Flag(help: "Leave out what the template puts around a text.")
    var noSpecialTokens = false

    @Flag(help: "Special tokens written in the text become these tokens.")
    var parseSpecial = false

    @Flag(help: "Which bytes of the text each token stands for.")
    var offsets = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How a .tiktoken file or merges.txt divides text: \(PatternName.list).",
            valueName: "name"),
        transform: PatternName.pattern)
    var pattern: WordPattern?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if text != nil, file != nil {
            throw ValidationError("--text and --file both give the text; give one of them.")
        }
        if chat != nil, text != nil || file != nil || lines || noSpecialTokens || parseSpecial {
            throw ValidationError(
                "--chat goes without --text, --file, --lines, --no-special-tokens and --parse-special: the chat "
                    + "template says what is written.")
        }
        if addGenerationPrompt, chat == nil {
            throw ValidationError(
                "--add-generation-prompt goes with --chat; give a file of conversations.")
        }
    }

    func run() throws {
        common.apply()
        let tokenizer = try TokenizerFile.read(at: model, pattern: pattern)
        if let chat {
            let format = try ChatFormat(ofModel: model)
            Interruption.listen()
            for conversation in try ChatFormat.conversations(at: chat) {
                try Interruption.check()
                let tokenized = try format.tokenized(
                    conversation, by: tokenizer, addsGenerationPrompt: addGenerationPrompt,
                    givesOffsets: offsets)
                try show(tokenized)
            }
            return
        }
        let options = EncodingOptions(
            addsSpecialTokens: !noSpecialTokens, parsesSpecialTokens: parseSpecial)
        let bytes = try input()
        let texts =
            lines ? TokenizedText.lines(of: bytes) : [String(decoding: bytes, as: UTF8.self)]
        for text in texts {
            let givesOffsets = offsets
            let tokenized = try Interruption.cancelling {
                try TokenizedText(text, by: tokenizer, options: options, givesOffsets: givesOffsets)
            }
            try show(tokenized)
            if !lines, !common.json {
                let bytes = text.utf8.count
                Output.message("\(tokenized.count.grouped) tokens of \(bytes.grouped) bytes")
            }
            if !lines, !common.json {
                let ids = tokenized.ids.prefix(20).map { "\($0)" }.joined(separator: ",")
                Output.next("attend detokenize \(ShellWord.quoted(model)) --ids \(ids)")
            }
        }
    }

    private func show(_ tokenized: TokenizedText) throws {
        if common.json { return try Output.json(tokenized) }
        let isColored =
            isatty(STDOUT_FILENO) == 1
            && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        try Output.line(tokenized.legible(isColored: isColored))
        if let offsets = tokenized.offsets {
            try Output.line(offsets.map { "\($0[0])–\($0[1])" }.joined(separator: " "))
        }
    }

    private func input() throws -> [UInt8] {
        // Waiting for standard input ends by the first signal.
        if text == nil, file == nil || file == "-" {
            let bytes = try StandardInput.bytes()
            Interruption.listen()
            return bytes
        }
        Interruption.listen()
        if let file { return try TextFile.bytes(at: file, mayHoldZero: true) }
        return Array((text ?? "").utf8)
    }
}
