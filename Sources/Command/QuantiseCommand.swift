import ArgumentParser
import Attend

/// `attend quantise`: writes a model with weights in fewer bits, and tells what that costs.
struct QuantiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantise",
        abstract: "Measure what weights of 8 or 4 bits cost a model, and write it with them.",
        discussion: """
            Weights are rounded in blocks of 32 that share a scale: int8 takes 8.5 bits for each, int4 4.5, where \
            float32 takes 32. Vectors and tables of places stay float32. With --data the perplexity on a text is \
            measured before and after. With --out the model is written, with its tokenizer, as a .gguf file that attend \
            and llama.cpp run as it lies. A model that has no place in such a file runs in \
            fewer bits by the flag --precision of generate, evaluate and translate.

            Example:
              attend quantise runs/tales --to int8 --data tales
              attend quantise gpt2 --to int4 --out gpt2-int4.gguf --data stories.txt
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many bits: \(Quantisation.formats.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format"),
        transform: { text in
            guard let format = Quantisation.formats.first(where: { $0.rawValue == text }) else {
                throw Name.unknown(text, among: Quantisation.formats.map(\.rawValue))
            }
            return format
        })
    var to: WeightFormat

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The .gguf file to write; nothing may be there yet.", valueName: "path"))
    var out: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A text file or built-in data to measure the perplexity on.", valueName: "file"))
    var data: String?

    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if out == nil, data == nil {
            throw ValidationError(
                "There is nothing to do: give --data FILE to measure the model, or --out PATH to write it."
            )
        }
    }

    func run() throws {
        common.apply()
        let loaded = try loading.load(model)
        guard case .causal = loaded.model else {
            let (name, flag) = (ShellWord.quoted(model), "--precision \(to.rawValue)")
            let isTranslator = if case .encoderDecoder = loaded.model { true } else { false }
            throw UsageError(
                description:
                    "attend quantise measures and writes models that continue texts, and \(model) does not. "
                    + (isTranslator
                        ? "attend translate \(name) \(flag) runs it in so few bits, and " : "")
                    + "attend evaluate \(name) --data FILE \(flag) measures it.")
        }
        Interruption.listen()
        let text = try data.map { try EvaluationText($0, for: loaded) }
        let result: Quantisation
        do {
            result = try Quantisation(
                of: loaded, to: to, at: out, text: text?.text, source: data ?? "",
                progress: { step in if !common.json { Output.progress(step) } },
                shouldStop: { Interruption.isRequested })
        } catch is CancellationError {
            throw Interruption.requested
        } catch let error as CheckpointError where out != nil && error.kind == .unsupported {
            throw UsageError(
                description:
                    "\(error) attend generate \(ShellWord.quoted(model)) --precision "
                    + "\(to.rawValue) runs it in so few bits without a file, and without --out it is measured."
            )
        }
        if !common.json { Output.progress("") }
        if [result.perplexityBefore, result.perplexityAfter].contains(where: {
            $0?.isFinite == false
        }) {
            throw GenerationError.logitsAreNotFinite
        }
        result.notices.forEach(Output.message)
        if common.json { return try Output.json(result) }
        try Output.line(
            "\(result.path.map { "\($0): " } ?? "weights: ")\(result.bytes.grouped) bytes, where the weights take "
                + "\(result.float32Bytes.grouped) in float32")
        if let before = result.perplexityBefore, let after = result.perplexityAfter {
            let change = (after / before - 1) * 100
            try Output.line(
                "perplexity \(before.rounded(to: 4)) before, \(after.rounded(to: 4)) after: "
                    + (abs(change) < 0.005
                        ? "no difference"
                        : "\(abs(change).rounded(to: 2))% \(change < 0 ? "lower" : "higher")"))
        }
        Output.next(
            result.path.map { "attend generate \(ShellWord.quoted($0))" }
                ?? "attend generate \(ShellWord.quoted(model)) --precision \(to.rawValue)")
    }
}
