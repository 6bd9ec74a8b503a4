import ArgumentParser
import Attend

/// `attend export`: writes a model for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model, with its tokenizer, for another program.",
        discussion: """
            huggingface is a directory that transformers' AutoModelForCausalLM and AutoTokenizer load; gguf is \
            one file for llama.cpp, whose weights may be quantised to q8_0 or q4_0; \
            npz is one file of all parameters, by the names they have here, for NumPy's load. \
            A model that has no counterpart there is refused, with what does not fit.

            Example:
              attend export runs/tales --to huggingface --out tales-hf
              attend export runs/tales --to huggingface --out tales-half --precision bfloat16
              attend export runs/tales --to npz --out tales.npz
              attend export runs/tales --to gguf --out tales.gguf --precision q8_0
            """)

    @Argument(help: LoadingOptions.modelHelp)
    var model: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The form to write: \(ExportForm.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "form"),
        transform: Name.of(ExportForm.self))
    var to: ExportForm

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where to write it; nothing may be there yet but an empty directory.",
            valueName: "path"))
    var out: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What weights are rounded to: \(ExportPrecision.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "type"),
        transform: Name.of(ExportPrecision.self))
    var precision = ExportPrecision.float32

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Divide the weights among files of at most this size (default: \(ExportOptions().shardSize)); for "
                + "huggingface.",
            valueName: "bytes"),
        transform: Number.whole(ExportOptions.shardSizes))
    var shardSize: Int?

    @OptionGroup var loading: LoadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if shardSize != nil, !to.hasShards {
            throw ValidationError(
                "--shard-size does not go with --to \(to.rawValue), which is one file.")
        }
        if !to.precisions.contains(precision) {
            throw ValidationError(
                "--precision \(precision.rawValue) does not go with --to \(to.rawValue); expected "
                    + to.precisions.map(\.rawValue).joined(separator: ", ") + ".")
        }
    }

    func run() throws {
        common.apply()
        var options = ExportOptions(precision: precision)
        options.shardSize = shardSize ?? options.shardSize
        let report = try loading.load(model).export(to: to, at: out, options: options)
        report.notices.forEach(Output.message)
        if common.json { return try Output.json(report) }
        try Output.line(
            "\(report.path): \(report.tensors.grouped) tensors, \(report.bytes.grouped) bytes")
        let path = ShellWord.quoted(report.path)
        switch to {
        case .huggingFace, .gguf: Output.next("attend inspect \(path)")
        case .npz:
            Output.next(
                "python3 -c 'import numpy, sys; print(numpy.load(sys.argv[1]).files)' \(path)")
        }
    }
}
