import AttendGeneration
import Foundation
import Testing

@Suite("Choosing the next token")
struct SamplerTests {
    /// Probabilities 0.4, 0.1, 0.3, 0.2 as logits, shifted by a constant.
    private let logits: [Float] = [0.4, 0.1, 0.3, 0.2].map { Float(log($0)) + 3 }

    @Test("without steps, the model's own probabilities")
    func softmax() throws {
        expectDistribution(try distribution([], of: logits), [0: 0.4, 1: 0.1, 2: 0.3, 3: 0.2])
    }

    @Test("temperature ½ squares the probabilities")
    func temperature() throws {
        expectDistribution(
            try distribution([.temperature(0.5)], of: logits),
            [0: 16 / 30, 1: 1 / 30, 2: 9 / 30, 3: 4 / 30])
    }

    @Test("top-k keeps the k likeliest", arguments: [1, 2, 3, 4, 1000])
    func topK(count: Int) throws {
        let ranked: [(Int32, Double)] = [(0, 0.4), (2, 0.3), (3, 0.2), (1, 0.1)]
        let kept = ranked.prefix(count)
        let total = kept.reduce(0) { $0 + $1.1 }
        expectDistribution(
            try distribution([.topK(count)], of: logits),
            Dictionary(uniqueKeysWithValues: kept.map { ($0.0, $0.1 / total) }))
    }

    @Test(
        "SAFETY: Numerics. Top-p 0 and 1: the likeliest alone, and all; between them the fewest that reach it"
    )
    func topP() throws {
        expectDistribution(try distribution([.topP(0)], of: logits), [0: 1])
        expectDistribution(try distribution([.topP(0.39)], of: logits), [0: 1])
        expectDistribution(try distribution([.topP(0.5)], of: logits), [0: 4 / 7, 2: 3 / 7])
        expectDistribution(
            try distribution([.topP(0.8)], of: logits), [0: 4 / 9, 2: 3 / 9, 3: 2 / 9])
        expectDistribution(
            try distribution([.topP(1)], of: logits), [0: 0.4, 1: 0.1, 2: 0.3, 3: 0.2])
    }

    @Test("min-p keeps those near the likeliest")
    func minP() throws {
        expectDistribution(try distribution([.minP(0.6)], of: logits), [0: 4 / 7, 2: 3 / 7])
        expectDistribution(try distribution([.minP(1)], of: logits), [0: 1])
    }

    @Test("SAFETY: Numerics. Temperature 0: the greatest logit, the first among equals")
    func greedy() throws {
        var sampler = try Sampler(.greedy, seed: 1)
        #expect(try sampler.token(from: [1, 7, 3, 7]) == 1)
        #expect(try sampler.token(from: [-.infinity, -1e30, -.infinity]) == 1)
    }

    @Test("SAFETY: Numerics. Ties: deterministic, the smaller ids rank first")
    func ties() throws {
        expectDistribution(try distribution([.topK(2)], of: [1, 1, 1, 1]), [0: 0.5, 1: 0.5])
        expectDistribution(try distribution([.topP(0.3)], of: [1, 1, 1, 1]), [0: 0.5, 1: 0.5])
        let many = [Float](repeating: 0, count: 1000)
        let found = try distribution([.topK(300)], of: many)
        #expect(found.keys.sorted() == Array(0..<300))
    }

    @Test("few picked out of many are those that sorting would give")
    func selection() throws {
        let logits = (0..<2000).map { Float(($0 * 7919) % 2003) / 500 }
        let found = try distribution([.topK(40)], of: logits)
        let ranked = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(40)
        #expect(found.keys.sorted() == ranked.map { Int32($0) }.sorted())
    }

    @Test(
        "top-p and typical sampling of many tokens, most of them equals, keep what sorting gives",
        arguments: [0, 0.1, 0.45, 0.93, 0.999])
    func manyEquals(probability: Double) throws {
        let repeated: [Float] = (0..<5000).map { Float($0 * 7919 % 97) / 20 }
        let ascending: [Float] = (0..<5000).map { Float($0) / 700 }
        for logits in [repeated, ascending] {
            let weights: [Double] = logits.map { exp(Double($0)) }
            let total = weights.reduce(0, +)
            func reaching(_ ranked: [Int]) -> Int {
                var sum = 0.0
                return ranked.firstIndex { id in
                    sum += weights[id]
                    return sum >= probability * total
                } ?? ranked.count - 1
            }
            let likeliest = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
            let top = try distribution([.topP(probability)], of: logits)
            #expect(
                top.keys.sorted()
                    == likeliest[...reaching(likeliest)].map { Int32($0) }.sorted())

            let normalizer = log(total)
            var entropy = 0.0
            for (weight, logit) in zip(weights, logits) {
                entropy += weight / total * (normalizer - Double(logit))
            }
            let distances: [Double] = logits.map { abs(normalizer - Double($0) - entropy) }
            let nearest = distances.indices.sorted { distances[$0] < distances[$1] }
            let farthest = distances[nearest[reaching(nearest)]]
            let kept = distances.indices.filter { distances[$0] <= farthest + 1e-9 }
            let typical = try distribution([.typicalP(probability)], of: logits)
            #expect(typical.keys.sorted() == kept.map { Int32($0) })
        }
    }

    @Test("SAFETY: Numerics. ±1e4 logits, and extreme temperatures: finite")
    func extremes() throws {
        expectDistribution(try distribution([], of: [1e4, -1e4]), [0: 1])
        expectDistribution(try distribution([.temperature(1e-300)], of: [1, 2]), [1: 1])
        expectDistribution(
            try distribution([], of: [.greatestFiniteMagnitude, -.infinity]), [0: 1]
        )
    }

    @Test(
        "logits that are no numbers are refused",
        arguments: [
            [Float.nan, 1], [.infinity, 0], [-.infinity, -.infinity], [],
        ])
    func notFinite(logits: [Float]) throws {
        for sampling in [[], .greedy, [.topK(2)], [.repetitionPenalty(2), .temperature(0)]]
            as [Sampling]
        {
            var sampler = try Sampler(sampling, seed: 1)
            #expect(throws: GenerationError.logitsAreNotFinite) {
                try sampler.token(from: logits)
            }
            #expect(throws: GenerationError.logitsAreNotFinite) {
                try sampler.distribution(of: logits)
            }
        }
    }

    @Test("the same seed draws the same, another seed something else")
    func seeds() throws {
        func draws(_ seed: UInt64) throws -> [Int32] {
            var sampler = try Sampler([], seed: seed)
            return try (0..<64).map { _ in try sampler.token(from: logits) }
        }
        #expect(try draws(5) == draws(5))
        #expect(try draws(5) != draws(6))
    }

    @Test("draws have the frequencies of the distribution (χ²)")
    func frequencies() throws {
        let sampling: Sampling = [.temperature(0.9), .topK(3)]
        var sampler = try Sampler(sampling, seed: 42)
        let count = 30_000
        var counts: [Int32: Int] = [:]
        for _ in 0..<count { counts[try sampler.token(from: logits), default: 0] += 1 }
        let expected = try distribution(sampling, of: logits)
        #expect(counts.keys.sorted() == expected.keys.sorted())
        let statistic = expected.reduce(0.0) { sum, entry in
            let mean = entry.value * Double(count)
            let difference = Double(counts[entry.key] ?? 0) - mean
            return sum + difference * difference / mean
        }
        // The 99.9th percentile of χ² with two degrees of freedom.
        #expect(statistic < 13.82)
    }
}
