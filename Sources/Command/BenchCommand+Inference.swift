import ArgumentParser
import Attend

/// The workloads that run a model without training it.
extension BenchCommand {
    /// What is said of the caches, where they are not kept as usual.
    private var cacheWords: String {
        cache.cachePrecision == .float32
            ? "" : ", keys and values in \(cache.cachePrecision.rawValue),"
    }

    func timeDecoding() throws {
        if !common.json { Output.progress("Reading and writing tokens …") }
        let result = DecodingWorkload.gpt2.run(
            seed: seed, precision: precision, cacheFormat: cache.cachePrecision)
        if !common.json { Output.progress("") }
        if common.json {
            return try Output.json(
                DecodingReport(
                    workload: workload, precision: precision,
                    cachePrecision: cache.cachePrecision, threads: threadCount,
                    decodeTokensPerSecond: result.decodeTokensPerSecond,
                    prefillTokensPerSecond: result.prefillTokensPerSecond,
                    weightBytes: result.weightBytes,
                    decodeGigabytesPerSecond: result.decodeGigabytesPerSecond,
                    peakMegabytes: PeakMemory.megabytes))
        }
        try Output.line(
            "W5 in \(precision.rawValue)\(cacheWords) on \(threadCount) threads (\(Processor.instructionSet)): writes "
                + "\(result.decodeTokensPerSecond.rounded(to: 1)) tokens/s, reading "
                + "\(result.decodeGigabytesPerSecond.rounded(to: 1)) GB/s of weights; reads a prompt of 512 at "
                + "\(Int(result.prefillTokensPerSecond).grouped) tokens/s")
        let next = InferencePrecision.allCases.firstIndex(of: precision).map { $0 + 1 } ?? 0
        Output.next(
            next < InferencePrecision.allCases.count
                ? "attend bench W5 --precision \(InferencePrecision.allCases[next].rawValue)"
                : "attend bench W6")
    }

    private struct DecodingReport: Encodable {
        let workload: String
        let precision: InferencePrecision
        let cachePrecision: CacheFormat
        let threads: Int
        let decodeTokensPerSecond: Double
        let prefillTokensPerSecond: Double
        let weightBytes: Int
        let decodeGigabytesPerSecond: Double
        let peakMegabytes: Double
    }

    func timeTranslation() throws {
        let beamCount = beams ?? 1
        let result = try TranslationWorkload.base.run(
            beamCount: beamCount, seed: seed, precision: precision,
            cacheFormat: cache.cachePrecision)
        if common.json {
            return try Output.json(
                TranslationReport(
                    workload: workload, precision: precision,
                    cachePrecision: cache.cachePrecision, threads: threadCount,
                    beams: beamCount,
                    millisecondsPerStep: result.seconds * 1e3
                        / Double(TranslationWorkload.base.targetLength),
                    tokensPerSecond: result.tokensPerSecond, seconds: result.seconds,
                    peakMegabytes: PeakMemory.megabytes))
        }
        try Output.line(
            "\(workload) in \(precision.rawValue)\(cacheWords) with \(beamCount) \(beamCount == 1 ? "beam" : "beams") on "
                + "\(threadCount) threads (\(Processor.instructionSet)): "
                + "\(Int(result.tokensPerSecond).grouped) tokens/s, \(result.seconds.rounded(to: 3)) s, at most "
                + "\(Int(PeakMemory.megabytes).grouped) MB")
        Output.next(beamCount == 1 ? "attend bench W6 --beams 4" : "attend bench gemm")
    }

    func timeEngine() throws {
        var results: [EngineWorkload.Result] = []
        try EngineWorkload.gpt2.run(
            seed: seed, precision: precision, cacheFormat: cache.cachePrecision
        ) { result in
            results.append(result)
            if common.json { return }
            let ratio = result.tokensPerSecond / results[0].tokensPerSecond
            try Output.line(
                "\(result.concurrent) \(result.concurrent == 1 ? "sequence" : "sequences"): "
                    + "\(result.tokensPerSecond.rounded(to: 1)) tokens/s together, \(ratio.rounded(to: 2)) times one"
            )
        }
        if common.json {
            return try Output.json(
                EngineReport(
                    workload: workload, precision: precision,
                    cachePrecision: cache.cachePrecision, threads: threadCount,
                    sequences: results,
                    peakMegabytes: PeakMemory.megabytes))
        }
        Output.next("attend bench gemm")
    }

    private struct EngineReport: Encodable {
        let workload: String
        let precision: InferencePrecision
        let cachePrecision: CacheFormat
        let threads: Int
        let sequences: [EngineWorkload.Result]
        let peakMegabytes: Double
    }

    private struct TranslationReport: Encodable {
        let workload: String
        let precision: InferencePrecision
        let cachePrecision: CacheFormat
        let threads: Int
        let beams: Int
        let millisecondsPerStep: Double
        let tokensPerSecond: Double
        let seconds: Double
        let peakMegabytes: Double
    }
}
