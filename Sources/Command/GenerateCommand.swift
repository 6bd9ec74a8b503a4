import ArgumentParser
import Attend
import Foundation

/// `attend generate`: continues a prompt.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continue a prompt, piece by piece as it is written.",
        discussion: """
            Standard output receives the text after the prompt. A prompt longer than the model's context is \
            cut to its end; a text longer than the context goes on with the last half of it in sight. \
            Without a prompt the text begins as after a line end.

            Example:
              attend generate runs/tales --prompt "The fox" --max-tokens 300 --temperature 0.7
              echo -n "The fox" | attend generate runs/tales --prompt - --stop "."
              attend generate gpt2 --prompt "A person as JSON: " --json-schema person.json
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to continue; - reads it from standard input, as it is.", valueName: "text"))
    var prompt = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most tokens to generate.", valueName: "n"),
        transform: Number.whole(GenerationSettings.tokenCounts))
    var maxTokens = 500

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How freely to choose: 0 always takes the likeliest token, 1 follows the model.",
            valueName: "x"),
        transform: Number.real(SamplingSettings.temperatures))
    var temperature = 0.8

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Choose among the n likeliest tokens (default: all).", valueName: "n"),
        transform: Number.whole(SamplingSettings.counts))
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among the likeliest tokens that have this probability together.",
            valueName: "x"),
        transform: Number.real(SamplingSettings.probabilities))
    var topP = 1.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Choose among tokens with at least this share of the likeliest one's probability.",
            valueName: "x"),
        transform: Number.real(SamplingSettings.probabilities))
    var minP = 0.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make tokens that occurred already less likely, where greater than 1.", valueName: "x"),
        transform: Number.real(SamplingSettings.penalties))
    var repetitionPenalty = 1.0

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Stop before this text; may be given several times.", valueName: "text"),
        transform: { text in
            if text.isEmpty { throw InvalidValue(description: "expected at least one character") }
            return text
        })
    var stop: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What random choices come from; the same seed writes the same text (default: another each "
                + "time).", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64?

    @OptionGroup var constraint: ConstraintOptions
    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let grammar = try constraint.load()
        let loaded = try loading.load(model)
        let prompt = try prompt == "-" ? StandardInput.text() : prompt
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        let settings = GenerationSettings(
            maxTokens: maxTokens,
            sampling: SamplingSettings(
                temperature: temperature, topK: topK, topP: topP, minP: minP,
                repetitionPenalty: repetitionPenalty),
            stopTexts: stop, seed: seed, grammar: grammar)
        var generator: Generator
        do {
            generator = try Generator(loaded, prompt: prompt, settings: settings)
        } catch let error as TokenizerError {
            throw DataError.encoding(source: "--prompt", error)
        }
        generator.notices.forEach(Output.message)
        Interruption.listen()
        if Output.isInteractive, !common.json {
            try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
        }
        let result = try generator.run { piece in
            if !common.json, !piece.isEmpty { try Output.write(piece) }
            return !Interruption.isRequested
        }
        if common.json {
            try Interruption.check()
            return try Output.json(Report(result, seed: seed))
        }
        try Output.line()
        try Interruption.check()
        Output.message(
            "\(result.tokenCount.grouped) tokens, \(Int(result.tokensPerSecond).grouped) a second; seed "
                + "\(seed).")
        Output.next(
            "attend evaluate \(ShellWord.quoted(model)) --data FILE (how well the model predicts a text)"
        )
    }

    private struct Report: Encodable {
        let text: String
        let tokens: Int
        let promptTokens: Int
        let finishReason: FinishReason?
        let tokensPerSecond: Double
        let seed: UInt64

        init(_ result: GeneratedText, seed: UInt64) {
            text = result.text
            tokens = result.tokenCount
            promptTokens = result.promptTokenCount
            finishReason = result.finishReason
            tokensPerSecond = result.tokensPerSecond
            self.seed = seed
        }
    }
}
