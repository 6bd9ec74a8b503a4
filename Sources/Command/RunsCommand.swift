import ArgumentParser
import Attend
import Foundation

/// `attend runs`: what has been trained, and how runs compare.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs of a directory, or compare some of them.",
        discussion: """
            The newest run comes first. A run is finished, stopped (attend train --resume goes on with it), running, \
            or diverged, where its loss was no finite number. Loss is the lowest on the validation split, in nats per \
            token.

            Example:
              attend runs
              attend runs experiments --json
              attend runs compare runs/a runs/b --out comparison.svg
            """,
        subcommands: [RunsListCommand.self, RunsCompareCommand.self],
        defaultSubcommand: RunsListCommand.self)
}

/// `attend runs list`, for which `attend runs` stands too.
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the runs of a directory, the newest first.",
        discussion: """
            What is no run is passed over, with a notice.

            Example:
              attend runs list
              attend runs list experiments --json
            """)

    @Argument(help: ArgumentHelp("The directory of the runs.", valueName: "dir"))
    var directory = "runs"

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let list = try RunList(in: directory)
        list.notices.forEach(Output.message)
        if common.json { return try Output.json(Report(runs: list.runs.map(RunEntry.init))) }
        guard let newest = list.runs.first else {
            Output.message("There are no runs in \(directory.legible).")
            return Output.next("attend train")
        }
        let table = TextTable(
            columns: [
                "name", "model", "data", "state", "parameters", "steps", "best loss",
                "final bits per byte",
                "time",
            ], rows: list.runs.map(Self.cells), wordColumns: 4)
        try table.lines.forEach { try Output.line($0) }
        if newest.state == .stopped {
            Output.next("attend train --resume \(ShellWord.quoted(newest.path))")
        } else if list.runs.count > 1 {
            let two = list.runs.prefix(2).map { ShellWord.quoted($0.path) }.joined(separator: " ")
            Output.next("attend runs compare \(two)")
        } else {
            Output.next("attend inspect \(ShellWord.quoted(newest.path))")
        }
    }

    private static func cells(_ run: RecordedRun) -> [String] {
        [
            run.name.legible, run.model, run.configuration.data.source.lastComponent.legible,
            run.state.rawValue, run.parameters.grouped,
            "\(run.steps.grouped)/\(run.plannedSteps.grouped)",
            run.bestValidationLoss?.rounded(to: 4) ?? "–",
            run.bitsPerByte?.rounded(to: 4) ?? "–",
            run.seconds.map { DurationText.text($0) } ?? "–",
        ]
    }

    private struct Report: Encodable {
        let runs: [RunEntry]
    }
}

/// A run in JSON.
struct RunEntry: Encodable {
    let name: String
    let path: String
    let model: String
    let data: String
    let tokenizer: String
    let parameters: Int
    let steps: Int
    let plannedSteps: Int
    let bestValidationLoss: Double?
    let bitsPerByte: Double?
    let seconds: Double?
    let state: String
    let began: String

    init(_ run: RecordedRun) {
        name = run.name
        path = run.path
        model = run.model
        data = run.configuration.data.source
        tokenizer = run.tokenizer
        parameters = run.parameters
        steps = run.steps
        plannedSteps = run.plannedSteps
        bestValidationLoss = run.bestValidationLoss?.ifFinite
        bitsPerByte = run.bitsPerByte
        seconds = run.seconds?.ifFinite
        state = run.state.rawValue
        began = run.began.formatted(.iso8601)
    }
}
