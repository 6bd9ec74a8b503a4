import ArgumentParser
import Attend

/// `attend evaluate`: the loss over all of a file.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model predicts a text.",
        discussion: """
            The loss is the mean over all tokens of the text, in nats per token, in the same windows as in \
            the run's own evaluation. Of a built-in corpus (\(Corpus.builtInNames.joined(separator: ", "))) \
            it is the part that the run was validated on.

            Example:
              attend evaluate runs/tales --data tales
              attend evaluate runs/tales --data stories.txt --json
            """)

    @Argument(help: "The directory of a run.")
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A text file in UTF-8, or a built-in corpus.", valueName: "file"))
    var data: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let loaded = try LoadedModel.load(model)
        loaded.notices.forEach(Output.message)
        let (text, floor) = try text(seed: loaded.configuration.seed)
        Interruption.listen()
        let result = try loaded.evaluation(of: text, source: data) { done, count in
            if !common.json { Output.progress("\(done.grouped) of \(count.grouped) batches") }
            return !Interruption.isRequested
        }
        if !common.json { Output.progress("") }
        guard let result else { throw Interruption.requested }
        let evaluation = result.evaluation
        if !evaluation.loss.isFinite { throw GenerationError.logitsAreNotFinite }
        if common.json {
            return try Output.json(
                Report(
                    loss: evaluation.loss, perplexity: evaluation.perplexity,
                    bitsPerByte: result.bitsPerByte, tokens: evaluation.tokens,
                    floor: floor))
        }
        try Output.line("loss           \(evaluation.loss.rounded(to: 4)) nats per token")
        if let floor {
            try Output.line("lowest loss    \(floor.rounded(to: 4)) that any model can reach")
        }
        try Output.line("perplexity     \(evaluation.perplexity.rounded(to: 3))")
        try Output.line("bits per byte  \(result.bitsPerByte.rounded(to: 4))")
        try Output.line("tokens         \(evaluation.tokens.grouped)")
        Output.next("attend generate \(ShellWord.quoted(model))")
    }

    /// The text to measure on, and the lowest possible loss where it is known.
    private func text(seed: UInt64) throws -> (text: String, floor: Double?) {
        if Corpus.builtInNames.contains(data) {
            // The part for validation does not depend on how much there is for training.
            let corpus = try Corpus.named(data, seed: seed, trainingCharacters: 1)
            return (corpus.validation, corpus.entropyRate)
        }
        do {
            return (try TextFile.read(data), nil)
        } catch .missing where !data.contains("/") {
            throw DataError.unknownName(
                data, suggestion: nearestName(to: data, in: Corpus.builtInNames),
                known: Corpus.builtInNames)
        }
    }

    private struct Report: Encodable {
        let loss: Double
        let perplexity: Double
        let bitsPerByte: Double
        let tokens: Int
        let floor: Double?
    }
}
