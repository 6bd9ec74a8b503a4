import ArgumentParser
import Attend
import Foundation

/// `attend runs compare`: some runs side by side.
struct RunsCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare runs: what differs between their configurations, and what they came to.",
        discussion: """
            With --out, their validation losses are drawn over one another, with the losses of the steps behind them.

            Example:
              attend runs compare runs/a runs/b
              attend runs compare runs/* --out comparison.svg
            """)

    @Argument(help: ArgumentHelp("Two or more run directories.", valueName: "run"))
    var runs: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The file for the figure, an SVG.", valueName: "file"))
    var out: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (2...RunComparison.runLimit).contains(runs.count) else {
            throw ValidationError(
                "expected 2 to \(RunComparison.runLimit) run directories to compare, found \(runs.count)."
            )
        }
    }

    func run() throws {
        common.apply()
        if let out { try ReplaceableFile.check(out, kind: "a figure", beginning: "<svg") }
        let comparison = try RunComparison(of: runs)
        if let out { try AtomicFile.write(comparison.figure().svg(), to: out) }
        if common.json {
            return try Output.json(
                Report(
                    runs: comparison.runs.map(RunEntry.init), differences: comparison.differences,
                    figure: out))
        }
        try Self.lines(of: comparison).forEach { try Output.line($0) }
        if let out {
            Output.message("Figure: \(out.legible)")
        } else {
            let words = (runs + ["--out", "comparison.svg"]).map(ShellWord.quoted)
            Output.next("attend runs compare \(words.joined(separator: " "))")
        }
    }

    private static func lines(of comparison: RunComparison) -> [String] {
        let runs = comparison.runs
        func row(_ name: String, _ value: (RecordedRun) -> String?) -> [String] {
            [name] + runs.map { value($0) ?? "–" }
        }
        let differences = comparison.differences.map { difference in
            [difference.field] + difference.values.map { brief($0 ?? "–") }
        }
        let results = [
            row("state") { $0.state.rawValue }, row("parameters") { $0.parameters.grouped },
            row("steps") { "\($0.steps.grouped)/\($0.plannedSteps.grouped)" },
            row("best validation loss") { $0.bestValidationLoss?.rounded(to: 4) },
            row("final bits per byte") { $0.bitsPerByte?.rounded(to: 4) },
            row("time") { $0.seconds.map { DurationText.text($0) } },
        ]
        var lines = TextTable(
            columns: [""] + comparison.names.map(\.legible), rows: differences + results,
            wordColumns: 1
        ).lines
        // What was chosen, and below it what came of it.
        lines.insert(
            contentsOf: differences.isEmpty ? ["The configurations are the same.", ""] : [""],
            at: 1 + differences.count)
        return lines
    }

    /// A value that fits into a column; JSON has it entire.
    private static func brief(_ value: String) -> String {
        let text = value.legible
        return text.count > 24 ? "\(text.prefix(23))…" : text
    }

    private struct Report: Encodable {
        let runs: [RunEntry]
        let differences: [RunComparison.Difference]
        let figure: String?
    }
}
