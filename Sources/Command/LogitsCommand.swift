import ArgumentParser
import Attend

/// `attend logits`: what a model says about each place of a sequence.
struct LogitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits",
        abstract: "Print a model's raw logits for every place of a sequence of tokens.",
        discussion: """
            With --json all logits are printed; otherwise the likeliest next tokens at each place.

            Example:
              attend logits runs/tales --tokens 20,34,31 --json
            """)

    @Argument(help: "The directory of a run.")
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Token ids with commas between them, such as 1,2,3.", valueName: "ids"),
        transform: Number.tokenIDs)
    var tokens: [Int32]

    @OptionGroup var common: CommonOptions

    /// How many of the likeliest tokens are shown at each place.
    private static let shownCount = 5

    func run() throws {
        common.apply()
        let loaded = try LoadedModel.load(model)
        loaded.notices.forEach(Output.message)
        let causal = try loaded.causal()
        let configuration: any LanguageModelConfiguration = causal.configuration
        if let wrong = tokens.first(where: { $0 >= configuration.vocabularySize }) {
            throw UsageError(
                description:
                    "--tokens holds \(wrong), but the model's vocabulary has ids from 0 to "
                    + "\(configuration.vocabularySize - 1).")
        }
        if tokens.count > configuration.contextLength {
            throw UsageError(
                description:
                    "--tokens holds \(tokens.count) ids, but the model's context takes from 1 to "
                    + "\(configuration.contextLength).")
        }
        let logits = causal.logits(tokens).elements
        if !logits.allSatisfy(\.isFinite) { throw GenerationError.logitsAreNotFinite }
        let vocabulary = configuration.vocabularySize
        let rows = tokens.indices.map { Array(logits[$0 * vocabulary..<($0 + 1) * vocabulary]) }
        if common.json {
            return try Output.json(
                Report(
                    shape: [rows.count, vocabulary],
                    logits: rows))
        }
        for (place, row) in rows.enumerated() {
            let sampler = try Sampler(SamplingSettings(topK: Self.shownCount), seed: 0)
            let likeliest = try sampler.distribution(of: row).map { id, _ in
                "\(id) \(loaded.tokenizer.decode([id]).quoted) \(Double(row[Int(id)]).rounded(to: 3))"
            }
            try Output.line("after \(tokens[place]): " + likeliest.joined(separator: ", "))
        }
        let ids = tokens.map { "\($0)" }.joined(separator: ",")
        Output.next("attend logits \(ShellWord.quoted(model)) --tokens \(ids) --json")
    }

    private struct Report: Encodable {
        let shape: [Int]
        let logits: [[Float]]
    }
}
