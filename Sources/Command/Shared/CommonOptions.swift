import ArgumentParser
import Attend

/// The flags that every command has.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print JSON on standard output, and nothing else there.")
    var json = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many threads compute (default: all processors).", valueName: "n"),
        transform: Number.whole(1...1024))
    var threads: Int?

    /// Makes the settings those of the process.
    func apply() {
        if let threads { threadCount = threads }
    }
}
