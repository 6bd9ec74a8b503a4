import ArgumentParser
import Attend

/// The flags of `attend generate` for many prompts at once.
struct PromptsOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Continue each line of this file, several at once; the texts come in the order of the lines, each with the seed "
                + "of the line before it and one. In float32 each is what --prompt gives; in fewer bits the rounding of "
                + "products depends on how many lines there are at once.", valueName: "file"))
    var prompts: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many lines of --prompts to continue at once (default: 16).", valueName: "n"),
        transform: Number.whole(EngineLimits.concurrentCounts))
    var concurrent: Int?

    /// The flags that were given.
    var given: [String] { prompts == nil ? [] : ["--prompts"] }

    func validate() throws {
        if concurrent != nil, prompts == nil {
            throw ValidationError(
                "--concurrent says how many lines are continued at once, and there are none; add --prompts FILE."
            )
        }
    }

    /// The lines of the file, with the space around them, which belongs to a prompt.
    func lines(of path: String) throws -> [String] {
        try TextFile.lines(of: TextFile.bytes(at: path), source: path, keepingSpace: true)
    }
}
