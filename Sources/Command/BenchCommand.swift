import ArgumentParser
import Attend

/// `attend bench`: times fixed work.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time fixed work on made-up data, to compare with other programs.",
        discussion: """
            W1, W2, W3 and W4 are steps of training: a small model as for one minute, nanoGPT's larger one, \
            GPT-2, and the encoder-decoder of 2017. W5 is GPT-2 writing 128 tokens and reading a prompt of 512. \
            W6 is translation with the encoder-decoder: 16 sources, 64 tokens each. engine is generation by GPT-2 \
            for 1, 4 and 16 sequences at once. gemm is matrix products of the sizes in these. load is how fast a \
            MODEL is opened and ready to run. tokenizer MODEL --file FILE encodes a text. Benchmarks/ has the same \
            work for PyTorch, Hugging Face and OpenBLAS.

            Example:
              attend bench W1
              attend bench W2 --precision bfloat16 --profile
              attend bench W5 --precision int8
              attend bench W6 --beams 4
              attend bench gemm --precision bfloat16 --json
              attend bench load runs/tales
            """)

    @Argument(
        help: "One of \(Self.names.joined(separator: ", ")).",
        transform: { name in
            guard Self.names.contains(name) else { throw Name.unknown(name, among: Self.names) }
            return name
        })
    var workload: String

    @Argument(help: "For load: a run directory, a Hugging Face directory, or a .gguf file.")
    var model: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What weights are kept in, or what the products of training round their operands to: float32, bfloat16, and for W5, W6 and engine also int8 and int4.",
            valueName: "name"),
        transform: Name.of(InferencePrecision.self))
    var precision = InferencePrecision.float32

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long to time steps of W1, W2, W3 and W4 (default: 5).", valueName: "x"),
        transform: Number.positive(upTo: 3600))
    var seconds: Double?

    @Flag(
        help:
            "Show where the time of W1, W2, W3 and W4 goes, by operation, beside this machine's limits."
    )
    var profile = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many hypotheses W6 pursues for each source (default: 1).", valueName: "n"),
        transform: Number.whole(BeamSettings.counts))
    var beams: Int?

    @OptionGroup var cache: CacheOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The text that tokenizer encodes.", valueName: "file"))
    var file: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the made-up data come from.", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64 = 1

    @OptionGroup var common: CommonOptions

    private static let names =
        TrainingWorkload.all.map(\.name)
        + [
            DecodingWorkload.gpt2.name, TranslationWorkload.base.name, EngineWorkload.gpt2.name,
            "gemm", loading, tokenizing,
        ]
    private static let loading = "load"
    private static let tokenizing = "tokenizer"

    func validate() throws {
        let needsModel = workload == Self.loading || workload == Self.tokenizing
        if (model != nil) != needsModel {
            throw ValidationError(
                model == nil
                    ? "\(workload) needs a MODEL; expected attend bench \(workload) MODEL."
                    : "A MODEL does not go with \(workload); expected it after load or tokenizer.")
        }
        if (file != nil) != (workload == Self.tokenizing) {
            throw ValidationError(
                file == nil
                    ? "tokenizer needs a text; give --file FILE."
                    : "--file does not go with \(workload); expected tokenizer.")
        }
        let isTraining = TrainingWorkload.all.contains { $0.name == workload }
        if !isTraining, seconds != nil {
            throw ValidationError(
                "--seconds does not go with \(workload), which is a fixed amount of work; expected W1, W2, W3 "
                    + "or W4.")
        }
        if !isTraining, profile {
            throw ValidationError(
                "--profile does not go with \(workload), which is no training; expected W1, W2, W3 or W4."
            )
        }
        if needsModel, precision != .float32 {
            throw ValidationError(
                "--precision \(precision.rawValue) does not go with \(workload); expected float32.")
        }
        if workload != TranslationWorkload.base.name {
            if beams != nil {
                throw ValidationError(
                    "--beams does not go with \(workload), which does not search; expected W6.")
            }
        }
        let inference = [
            DecodingWorkload.gpt2.name, TranslationWorkload.base.name, EngineWorkload.gpt2.name,
        ]
        if !inference.contains(workload), !needsModel, productPrecision == nil {
            throw ValidationError(
                "--precision \(precision.rawValue) does not go with \(workload), whose operands are not quantised; "
                    + "expected float32 or bfloat16.")
        }
        if !inference.contains(workload), cache.cachePrecision != .float32 {
            throw ValidationError(
                "--cache-precision does not go with \(workload), which writes no text; expected "
                    + "\(inference.joined(separator: ", ")).")
        }
    }

    func run() throws {
        common.apply()
        if let training = TrainingWorkload.all.first(where: { $0.name == workload }) {
            try time(training)
        } else if workload == DecodingWorkload.gpt2.name {
            try timeDecoding()
        } else if workload == TranslationWorkload.base.name {
            try timeTranslation()
        } else if workload == EngineWorkload.gpt2.name {
            try timeEngine()
        } else if let model, let file {
            try timeTokenizing(model, file)
        } else if let model {
            try timeLoading(model)
        } else {
            try timeProducts()
        }
    }

    private func time(_ training: TrainingWorkload) throws {
        if !common.json { Output.progress("Timing steps of \(workload) …") }
        let result = training.run(
            seconds: seconds ?? 5, seed: seed, precision: productPrecision ?? .float32)
        let peak = PeakMemory.megabytes
        let table = profile ? profileTable(of: training, result) : nil
        if !common.json { Output.progress("") }
        let report = TrainingReport(
            workload: workload, precision: precision, threads: threadCount,
            millisecondsPerStep: result.millisecondsPerStep,
            tokensPerSecond: result.tokensPerSecond, gigaflops: result.gigaflops,
            firstLoss: Double(result.firstLoss).ifFinite, peakMegabytes: peak, profile: table)
        if common.json { return try Output.json(report) }
        try Output.line(
            "\(workload) in \(precision.rawValue) on \(threadCount) threads (\(Processor.instructionSet)): "
                + "\(result.millisecondsPerStep.rounded(to: 2)) ms a step, "
                + "\(Int(result.tokensPerSecond).grouped) tokens/s, \(Int(result.gigaflops)) GFLOP/s, "
                + "first loss \(Double(result.firstLoss).rounded(to: 4)), at most "
                + "\(Int(report.peakMegabytes).grouped) MB")
        if let table {
            for line in table.lines { try Output.line(line) }
        }
        let names = Self.names.filter { $0 != Self.loading }
        let place = names.firstIndex(of: workload) ?? 0
        Output.next("attend bench \(names[(place + 1) % names.count])")
    }

    /// Where the time goes, over about two seconds of steps.
    private func profileTable(
        of training: TrainingWorkload, _ result: TrainingWorkload.Result
    ) -> ProfileTable {
        let steps = min(max(Int(2000 / result.millisecondsPerStep), 3), 200)
        if !common.json { Output.progress("Timing the operations of \(workload) …") }
        let (profile, seconds) = training.profile(
            steps: steps, seed: seed, precision: productPrecision ?? .float32)
        if !common.json { Output.progress("Measuring this machine's limits …") }
        return ProfileTable(
            profile, seconds: seconds, steps: steps,
            limits: MachineLimits(measuringIn: productPrecision ?? .float32))
    }

    /// What operands of products are rounded to; nil where weights are quantised.
    private var productPrecision: Precision? { Precision(rawValue: precision.rawValue) }

    private func timeLoading(_ path: String) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let loaded = try LoadedModel.load(path)
        let seconds = (clock.now - begin) / .seconds(1)
        let parameters = loaded.configuration.sizes.parameterCount
        let speed = Double(parameters) * 4 / max(seconds, 1e-9) / 1e9
        if common.json {
            return try Output.json(
                LoadingReport(
                    workload: workload, threads: threadCount, seconds: seconds,
                    parameters: parameters, gigabytesPerSecond: speed,
                    peakMegabytes: PeakMemory.megabytes))
        }
        try Output.line(
            "\(path) on \(threadCount) threads: \(parameters.grouped) parameters ready in "
                + "\((seconds * 1e3).rounded(to: 1)) ms, \(speed.rounded(to: 2)) GB of float32 a second, at most "
                + "\(Int(PeakMemory.megabytes).grouped) MB")
        Output.next("attend inspect \(ShellWord.quoted(path))")
    }

    private struct LoadingReport: Encodable {
        let workload: String
        let threads: Int
        let seconds: Double
        let parameters: Int
        let gigabytesPerSecond: Double
        let peakMegabytes: Double
    }

    private func timeTokenizing(_ model: String, _ file: String) throws {
        let text = String(
            decoding: try TextFile.bytes(at: file, mayHoldZero: true), as: UTF8.self)
        let result = try TokenizerWorkload.run(tokenizerAt: model, text: text)
        if common.json { return try Output.json(result) }
        try Output.line(
            "\(result.bytes.grouped) bytes, \(result.tokens.grouped) tokens, on one thread: "
                + "\(result.megabytesPerSecond.rounded(to: 1)) MB/s the first time, "
                + "\(result.megabytesPerSecondAgain.rounded(to: 1)) again; tokenizer read in "
                + "\((result.readSeconds * 1000).rounded(to: 1)) ms")
        Output.next(
            "attend tokenize \(ShellWord.quoted(model)) --file \(ShellWord.quoted(file))")
    }

    private func timeProducts() throws {
        var products: [ProductReport] = []
        for product in MatrixMultiplyWorkload.all {
            let gigaflops = product.gigaflops(
                seed: seed, precision: productPrecision ?? .float32)
            products.append(
                ProductReport(
                    rows: product.rows, inner: product.inner, columns: product.columns,
                    gigaflops: gigaflops))
            if !common.json {
                try Output.line(
                    "\(product.rows) × \(product.inner) × \(product.columns): \(Int(gigaflops.rounded())) GFLOP/s"
                )
            }
        }
        if common.json {
            return try Output.json(
                ProductsReport(
                    workload: workload, precision: precision, threads: threadCount,
                    shapes: products, peakMegabytes: PeakMemory.megabytes))
        }
        Output.next(
            precision == .float32 ? "attend bench gemm --precision bfloat16" : "attend bench W1")
    }

    private struct TrainingReport: Encodable {
        let workload: String
        let precision: InferencePrecision
        let threads: Int
        let millisecondsPerStep: Double
        let tokensPerSecond: Double
        let gigaflops: Double
        let firstLoss: Double?
        let peakMegabytes: Double
        let profile: ProfileTable?
    }

    private struct ProductReport: Encodable {
        let rows: Int
        let inner: Int
        let columns: Int
        let gigaflops: Double
    }

    private struct ProductsReport: Encodable {
        let workload: String
        let precision: InferencePrecision
        let threads: Int
        let shapes: [ProductReport]
        let peakMegabytes: Double
    }
}
