import ArgumentParser
import Attend

/// The flag of commands that write texts and may keep keys and values in fewer bits.
struct CacheOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What keys and values of the tokens so far are kept in: "
                + CacheFormat.allCases.map(\.rawValue).joined(separator: ", ")
                + ". Long texts, and many at once, then take a half or a quarter of the memory, and differ a little.",
            valueName: "name"),
        transform: Name.of(CacheFormat.self))
    var cachePrecision = CacheFormat.float32
}
