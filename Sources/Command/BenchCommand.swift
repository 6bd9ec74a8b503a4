import ArgumentParser
import Attend

/// `attend bench`: times fixed work.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time fixed work on made-up data, to compare with other programs.",
        discussion: """
            W1, W2 and W3 are steps of training: a small model as for one minute, nanoGPT's larger one, and \
            GPT-2. gemm is matrix products of the sizes in these. Benchmarks/ has the same work for \
            PyTorch and OpenBLAS.

            Example:
              attend bench W1
              attend bench gemm --precision bfloat16 --json
            """)

    @Argument(
        help: "One of \(Self.names.joined(separator: ", ")).",
        transform: { name in
            guard Self.names.contains(name) else { throw Name.unknown(name, among: Self.names) }
            return name
        })
    var workload: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What matrix products round their operands to: float32 or bfloat16.", valueName: "name"),
        transform: Name.of(Precision.self))
    var precision = Precision.float32

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long to time steps of W1, W2 and W3 (default: 5).", valueName: "x"),
        transform: Number.positive(upTo: 3600))
    var seconds: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the made-up data come from.", valueName: "n"),
        transform: Number.seed)
    var seed: UInt64 = 1

    @OptionGroup var common: CommonOptions

    private static let names = TrainingWorkload.all.map(\.name) + ["gemm"]

    func validate() throws {
        if workload == "gemm", seconds != nil {
            throw ValidationError(
                "--seconds does not go with gemm, which times 30 runs of each product; expected W1, W2 or "
                    + "W3.")
        }
    }

    func run() throws {
        common.apply()
        if let training = TrainingWorkload.all.first(where: { $0.name == workload }) {
            try time(training)
        } else {
            try timeProducts()
        }
    }

    private func time(_ training: TrainingWorkload) throws {
        let result = training.run(seconds: seconds ?? 5, seed: seed, precision: precision)
        let report = TrainingReport(
            workload: workload, precision: precision, threads: threadCount,
            millisecondsPerStep: result.millisecondsPerStep,
            tokensPerSecond: result.tokensPerSecond, gigaflops: result.gigaflops,
            firstLoss: Double(result.firstLoss).ifFinite, peakMegabytes: PeakMemory.megabytes)
        if common.json { return try Output.json(report) }
        try Output.line(
            "\(workload) in \(precision.rawValue) on \(threadCount) threads (\(Processor.instructionSet)): "
                + "\(result.millisecondsPerStep.rounded(to: 2)) ms a step, "
                + "\(Int(result.tokensPerSecond).grouped) tokens/s, \(Int(result.gigaflops)) GFLOP/s, "
                + "first loss \(Double(result.firstLoss).rounded(to: 4)), at most "
                + "\(Int(report.peakMegabytes).grouped) MB")
        let names = Self.names
        let place = names.firstIndex(of: workload) ?? 0
        Output.next("attend bench \(names[(place + 1) % names.count])")
    }

    private func timeProducts() throws {
        var products: [ProductReport] = []
        for product in MatrixMultiplyWorkload.all {
            let gigaflops = product.gigaflops(seed: seed, precision: precision)
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
        let precision: Precision
        let threads: Int
        let millisecondsPerStep: Double
        let tokensPerSecond: Double
        let gigaflops: Double
        let firstLoss: Double?
        let peakMegabytes: Double
    }

    private struct ProductReport: Encodable {
        let rows: Int
        let inner: Int
        let columns: Int
        let gigaflops: Double
    }

    private struct ProductsReport: Encodable {
        let workload: String
        let precision: Precision
        let threads: Int
        let shapes: [ProductReport]
        let peakMegabytes: Double
    }
}
