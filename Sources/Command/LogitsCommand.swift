import ArgumentParser
import Attend

/// `attend logits`: what a model says about each place of a sequence.
struct LogitsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits",
        abstract: "Print a model's raw logits for every place of a sequence of tokens.",
        discussion: """
            With --json all logits are printed; otherwise the likeliest next tokens at each place. A classifier \
            has one row of logits, for its classes.

            Example:
              attend logits runs/tales --tokens 20,34,31 --json
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Token ids with commas between them, such as 1,2,3.", valueName: "ids"),
        transform: Number.tokenIDs)
    var tokens: [Int32]

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The source's token ids, for an encoder-decoder; --tokens begins with its start token.",
            valueName: "ids"),
        transform: Number.tokenIDs)
    var sourceTokens: [Int32]?

    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    /// How many of the likeliest tokens are shown at each place.
    private static let shownCount = 5

    func run() throws {
        common.apply()
        let loaded = try loading.load(model)
        let sizes = loaded.configuration
        try check(tokens, "--tokens", sizes.vocabularySizes.last ?? 0, sizes.sizes.contextLength)
        let tensor = try logits(of: loaded)
        let logits = tensor.elements
        if !logits.allSatisfy(\.isFinite) { throw GenerationError.logitsAreNotFinite }
        let width = tensor.shape.width
        let rows = (0..<tensor.shape.rows).map { Array(logits[$0 * width..<($0 + 1) * width]) }
        if common.json {
            return try Output.json(Report(shape: [rows.count, width], logits: rows))
        }
        if case .classifier(let classifier) = sizes {
            for (name, logit) in zip(classifier.classes, logits) {
                try Output.line("\(name.legible): \(Double(logit).rounded(to: 3))")
            }
            return
        }
        // An encoder's logits are about the place itself, the others' about the next one.
        let preposition = sizes.architecture == .encoder ? "at" : "after"
        for (place, row) in rows.enumerated() {
            let sampler = try Sampler([.topK(Self.shownCount)], seed: 0)
            let likeliest = try sampler.distribution(of: row).map { id, _ in
                let text = loaded.savedTokenizer.map { " \($0.decode([id]).quoted)" } ?? ""
                return "\(id)\(text) \(Double(row[Int(id)]).rounded(to: 3))"
            }
            try Output.line("\(preposition) \(tokens[place]): " + likeliest.joined(separator: ", "))
        }
        func words(_ ids: [Int32]) -> String { ids.map { "\($0)" }.joined(separator: ",") }
        Output.next(
            "attend logits \(ShellWord.quoted(model)) --tokens \(words(tokens))"
                + (sourceTokens.map { " --source-tokens \(words($0))" } ?? "") + " --json")
    }

    private func logits(of loaded: LoadedModel) throws -> Tensor {
        if case .encoderDecoder(let model) = loaded.model {
            guard let sourceTokens else {
                throw UsageError(
                    description:
                        "An encoder-decoder needs a source too: give --source-tokens with ids such as 5,6,2."
                )
            }
            try check(
                sourceTokens, "--source-tokens", model.configuration.sourceVocabularySize,
                model.configuration.contextLength)
            return model.logits(sources: sourceTokens, targets: tokens)
        }
        if sourceTokens != nil {
            throw UsageError(
                description:
                    "--source-tokens is for an encoder-decoder, and this model is of the family "
                    + "\(loaded.configuration.architecture.rawValue).")
        }
        if case .encoder(let model) = loaded.model {
            if !model.configuration.restoresTokens {
                throw loaded.familyError(
                    "but it has no head that restores masked tokens; use attend embed")
            }
            return model.logits(tokens)
        }
        if case .classifier(let model) = loaded.model {
            var context = Context()
            return model.logits(tokens, batch: 1, context: &context)
        }
        return try loaded.causal().logits(tokens)
    }

    private func check(_ ids: [Int32], _ flag: String, _ vocabulary: Int, _ context: Int) throws {
        if let wrong = ids.first(where: { $0 >= vocabulary }) {
            throw UsageError(
                description:
                    "\(flag) holds \(wrong), but the model's vocabulary has ids from 0 to "
                    + "\(vocabulary - 1).")
        }
        if ids.count > context {
            throw UsageError(
                description:
                    "\(flag) holds \(ids.count) ids, but the model's context takes from 1 to "
                    + "\(context).")
        }
    }

    private struct Report: Encodable {
        let shape: [Int]
        let logits: [[Float]]
    }
}
