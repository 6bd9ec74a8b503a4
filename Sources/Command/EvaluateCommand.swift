import ArgumentParser
import Attend
import Foundation

/// `attend evaluate`: the loss over all of a file.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how well a model predicts a text.",
        discussion: """
            The loss is the mean over all tokens of the text, in nats per token, in the same windows as in \
            the run's own evaluation. Of a built-in corpus (\(Corpus.builtInNames.joined(separator: ", "))) \
            it is the part that the run was validated on. Of pairs it is the test part, or the validation part \
            where there is none, and all of a table that the model did not learn from; where each source has one right answer, answers are counted. An encoder \
            restores masked tokens, and a classifier is measured on its test part. Of the equations of \
            \(ModularAddition.baseName) all that training left out are measured, and the share of right results of both \
            parts is told.

            Example:
              attend evaluate runs/tales --data tales
              attend evaluate runs/tales --data stories.txt --json
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A text file, a directory or a table of pairs, or built-in data.", valueName: "file"))
    var data: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many hypotheses of an answer are pursued, where answers are counted.",
            valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var beams = 1

    @OptionGroup var precision: PrecisionOption
    @OptionGroup var cache: CacheOption
    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let loaded = try precision.applied(to: loading.load(model))
            .caching(in: cache.cachePrecision)
        if cache.cachePrecision != .float32, !loaded.model.hasCaches {
            throw UsageError(
                description:
                    "--cache-precision is about keys and values of texts that are written, and this model writes none; leave it out."
            )
        }
        Interruption.listen()
        try EvaluationText.checkIsNotPrepared(data)
        guard case .causal = loaded.model, ModularAddition.modulus(named: data) == nil else {
            return try measureExamples(of: loaded)
        }
        let text = try EvaluationText(data, for: loaded)
        let floor = text.floor
        let result = try loaded.evaluation(of: text.text, source: data) { done, count in
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

    private func measureExamples(of loaded: LoadedModel) throws {
        let result: ExampleEvaluation
        do {
            result = try ExampleEvaluation(
                of: loaded, on: data, beamCount: beams,
                progress: {
                    if !common.json { Output.progress("\($0.grouped) answers") }
                }, shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw Interruption.requested
        }
        if !common.json { Output.progress("") }
        result.notices.forEach(Output.message)
        try Interruption.check()
        if !result.loss.isFinite { throw GenerationError.logitsAreNotFinite }
        if common.json { return try Output.json(result) }
        try Output.line("loss           \(result.loss.rounded(to: 4)) nats per \(result.unit)")
        try Output.line("perplexity     \(result.perplexity.rounded(to: 3))")
        try Output.line(
            "\(result.unit)s".padding(toLength: 15, withPad: " ", startingAt: 0)
                + result.tokens.grouped)
        for (name, share) in result.shares.sorted(by: { $0.key < $1.key }) {
            try Output.line(
                name.padding(toLength: 15, withPad: " ", startingAt: 0)
                    + "\(share.right.grouped) of \(share.count.grouped) right, "
                    + "\((share.accuracy * 100).rounded(to: 2))%")
        }
        Output.next(
            loaded.configuration.architecture == .encoderDecoder
                ? "attend translate \(ShellWord.quoted(model))"
                : "attend inspect \(ShellWord.quoted(model))")
    }

    private struct Report: Encodable {
        let loss: Double
        let perplexity: Double
        let bitsPerByte: Double
        let tokens: Int
        let floor: Double?
    }
}
