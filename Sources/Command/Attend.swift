import ArgumentParser
import Attend
import Foundation

/// The command line; each subcommand has a file of its own.
struct AttendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attend",
        abstract: "Transformers from scratch: train, generate, measure and look inside.",
        discussion: """
            Example:
              attend train
              attend generate runs/tales --prompt "Once upon a time"

            Exit status: 0 done, 64 wrong flags, 65 bad data or file, 70 internal fault, \
            130 interrupted.
            """,
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, GenerateCommand.self, EvaluateCommand.self, QuantiseCommand.self,
            LogitsCommand.self,
            InspectCommand.self, TokenizeCommand.self, DetokenizeCommand.self,
            TokenizerCommand.self, PrepareCommand.self, ExportCommand.self, TranslateCommand.self,
            EmbedCommand.self,
            LadderCommand.self, BenchCommand.self, RunsCommand.self, PresetsCommand.self,
            PlanCommand.self,
        ])

    /// The names of the subcommands.
    static var names: [String] {
        configuration.subcommands.compactMap { $0.configuration.commandName }
    }
}

@main
enum EntryPoint {
    static func main() {
        StandardStreams.open()
        InternalFaults.listen()
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            try checkEnvironment()
            try checkName(arguments)
            var command = try AttendCommand.parseAsRoot(arguments)
            try command.run()
        } catch {
            let failure = Failure(error)
            if failure.status == .done {
                print(failure.message)
            } else {
                Output.message("attend: \(failure.message)")
            }
            exit(failure.status.rawValue)
        }
    }

    private static func checkEnvironment() throws {
        if Processor.environmentIsValid { return }
        let name = ProcessInfo.processInfo.environment["ATTEND_KERNELS"] ?? ""
        let usable = ["portable", "avx2", "avx512", "neon"].filter(Processor.canRun)
        throw UsageError(
            description:
                "The environment variable ATTEND_KERNELS is \(name.quoted), which this processor cannot "
                + "run; unset it, or set it to one of \(usable.joined(separator: ", ")).")
    }

    /// A misspelt command, which the parser would only call unexpected.
    private static func checkName(_ arguments: [String]) throws {
        guard let name = arguments.first, !name.hasPrefix("-"),
            name != "help", !AttendCommand.names.contains(name)
        else { return }
        let nearest = nearestName(to: name, in: AttendCommand.names)
        throw UsageError(
            description: "There is no command \(name.quoted); "
                + (nearest.map { "did you mean \($0)?" }
                    ?? "expected one of \(AttendCommand.names.joined(separator: ", "))."))
    }
}
