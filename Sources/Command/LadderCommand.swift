import ArgumentParser
import Attend
import Foundation

/// `attend ladder`: trains bigram → … → GPT on the same data and compares.
struct LadderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ladder",
        abstract: "Train five models, each with one more idea, and compare them.",
        discussion: """
            From a table of pairs to GPT: \(LadderClimb.ideas.map(\.architecture.rawValue).joined(separator: ", ")). \
            All take the same steps on the same batches; the bigram, which has nothing but a table, learns at \
            ten times the rate of the others. The figure is written beside the table.

            Example:
              attend ladder
              attend ladder --data tinyshakespeare.txt --out ladder.svg
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What to learn from: \(Corpus.builtInNames.joined(separator: ", ")), or a text file.",
            valueName: "name|file"))
    var data = "tales"

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Steps of each model.", valueName: "n"),
        transform: Number.whole(1...1_000_000))
    var steps = 2000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The file for the figure.", valueName: "file"))
    var out = "ladder.svg"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What all random choices come from.", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64 = 1

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        try TextSource.check(data, use: "the models of the ladder learn from")
        let text = try TrainingData(
            TrainingData.Request(source: data, seed: seed, tokenizer: .character))
        // A figure that cannot be written should be known before ten minutes are spent.
        try checkCanWrite()
        Interruption.listen()
        let climb = LadderClimb(data: text, steps: steps, seed: seed)
        let clock = ContinuousClock()
        let begin = clock.now
        var (header, rungBegan) = (false, 0.0)
        let rungs = try climb.climb(
            version: AttendCommand.configuration.version,
            shouldStop: { Interruption.isRequested },
            report: { progress in
                if common.json || !progress.step.isMultiple(of: 10) { return }
                let seconds = (clock.now - begin) / .seconds(1)
                // Higher rungs take longer, so a time for all of them would only mislead.
                let left =
                    (seconds - rungBegan) * Double(steps - progress.step) / Double(progress.step)
                Output.progress(
                    "model \(progress.rung + 1) of \(LadderClimb.ideas.count), \(progress.model): "
                        + "\(progress.step.grouped)/\(steps.grouped)  loss "
                        + "\(Double(progress.loss).rounded(to: 3))  \(DurationText.text(left)) left for this one"
                )
            },
            finished: { rung in
                rungBegan = (clock.now - begin) / .seconds(1)
                if common.json { return }
                Output.progress("")
                if !header {
                    try? Output.line(
                        "model        parameters  validation loss  seconds  what is new")
                    header = true
                }
                func column(_ text: String, _ width: Int) -> String {
                    String(repeating: " ", count: max(width - text.count, 0)) + text
                }
                let name = rung.model.padding(toLength: 11, withPad: " ", startingAt: 0)
                try? Output.line(
                    name + column(rung.parameters.grouped, 12)
                        + column(String(format: "%.4f", rung.validationLoss), 17)
                        + column(String(format: "%.1f", rung.seconds), 9) + "  \(rung.idea)")
            })
        guard let rungs else { throw Interruption.requested }
        let figure = LadderClimb.figure(
            rungs, data: URL(fileURLWithPath: text.description.source).lastPathComponent)
        try AtomicFile.write(figure.svg(), to: out)
        if common.json { return try Output.json(Report(rungs: rungs)) }
        Output.message("Figure: \(out.legible)")
        Output.next("attend train --data \(ShellWord.quoted(data))")
    }

    private func checkCanWrite() throws {
        let folder = URL(fileURLWithPath: out).deletingLastPathComponent().path
        guard !TextFile.isDirectory(out), FileManager.default.isWritableFile(atPath: folder) else {
            throw UsageError(
                description:
                    "--out \(out.quoted) cannot be written; give a file in a directory that can be."
            )
        }
    }

    private struct Report: Encodable {
        let rungs: [LadderClimb.Rung]
    }
}
