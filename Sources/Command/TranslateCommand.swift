import ArgumentParser
import Attend
import Foundation

/// `attend translate`: a sentence a line, from standard input to standard output.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Translate each line of standard input.",
        discussion: """
            Standard output receives one line for each line read, an empty one for an empty one; space \
            around a sentence does not count, as in training. With --n-best more than one line may follow \
            from a line; --json says from which. \
            The model is an encoder-decoder; what it reads and writes is what it was trained on.

            Example:
              attend translate runs/multi30k --beams 1 < test.de > test.out
              echo "Ein Hund läuft." | attend translate runs/multi30k
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many hypotheses are pursued side by side; 1 always takes the likeliest token (default: 4).",
            valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var beams = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens of a translation, the end token included (default: 50 more than its source has).",
            valueName: "n"),
        transform: Number.whole(TranslationSettings.lengths))
    var maxTokens: Int?

    @OptionGroup var search: BeamOptions
    @OptionGroup var penalties: PenaltyOptions
    @OptionGroup var constraint: ConstraintOptions
    @OptionGroup var precision: PrecisionOption
    @OptionGroup var cache: CacheOption
    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws { try search.validate(beams: beams, maxTokens: maxTokens) }

    func run() throws { try constraint.naming(translate) }

    private func translate() throws {
        common.apply()
        let grammar = try constraint.load()
        let loaded = try precision.applied(to: loading.load(model))
            .caching(in: cache.cachePrecision)
        var settings = search.applied(to: .translation(), beams: beams)
        settings.scoring = Sampling(try penalties.steps(for: loaded))
        try SuggestedFlag.tell(
            penalties.suggestions(of: loaded), of: loaded, steps: settings.scoring.steps)
        let translator = try TextTranslator(
            loaded, beams: settings, maximumLength: maxTokens, grammar: grammar)
        if isatty(STDIN_FILENO) == 1 {
            Output.message("Type a sentence a line; Ctrl-D ends and translates.")
        }
        let lines = try TextFile.lines(
            of: StandardInput.bytes(), source: TextTranslator.standardInput)
        Interruption.listen()
        let clock = ContinuousClock()
        let begin = clock.now
        // A part at a time, so that a reader sees translations while others are being made.
        let part = 64
        for start in stride(from: 0, to: lines.count, by: part) {
            let piece = Array(lines[start..<min(start + part, lines.count)])
            let translations: [[TextTranslator.Translation]]
            do {
                translations = try translator.translate(
                    piece, best: search.nBest ?? 1, source: TextTranslator.standardInput,
                    firstLine: start + 1,
                    progress: { done in
                        if !common.json {
                            Output.progress(
                                "\((start + done).grouped) of \(lines.count.grouped) lines")
                        }
                    }, shouldStop: { Interruption.isRequested })
            } catch is CancellationError {
                throw Interruption.requested
            }
            Output.progress("")
            for translation in translations.joined() {
                if common.json {
                    try Output.json(translation)
                } else {
                    try Output.line(translation.target.replacing("\n", with: " "))
                }
            }
        }
        if common.json { return }
        let seconds = (clock.now - begin) / .seconds(1)
        Output.message(
            "\(lines.count.grouped) \(lines.count == 1 ? "line" : "lines") in \(seconds.rounded(to: 1)) s."
        )
        if let record = loaded.training {
            Output.next(
                "attend evaluate \(ShellWord.quoted(model)) --data "
                    + ShellWord.quoted(record.configuration.data.source))
        }
    }
}
