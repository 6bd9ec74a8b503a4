import AttendLayers
import AttendTensors
import Foundation
import Testing

/// Positions of every kind against their formulas in Double.
@Suite struct PositionsTests {
    @Test(arguments: [(0..<5, 8), (3..<10, 7), (997..<1000, 2), (0..<1, 1)])
    func sinusoids(places: Range<Int>, width: Int) {
        let table = sinusoidalPositions(places, width: width)
        #expect(table.shape == [places.count, width])
        for (row, place) in places.enumerated() {
            for column in 0..<width {
                let pair = Double(column / 2)
                let angle = Double(place) / pow(10000, 2 * pair / Double(width))
                let wanted = column % 2 == 0 ? sin(angle) : cos(angle)
                #expect(abs(Double(table.elements[row * width + column]) - wanted) < 1e-6)
            }
        }
    }

    @Test(arguments: [8, 6, 2], [Float(10000), 500_000])
    func rotaryAngles(width: Int, base: Float) {
        let embedding = RotaryEmbedding(
            PositionOptions(.rotary, rotaryBase: base), headWidth: width)
        let table = embedding.table(5..<9)
        #expect(embedding.scale == 1)
        #expect(table.cosines.shape == [4, width / 2])
        for place in 5..<9 {
            for pair in 0..<width / 2 {
                let angle = Double(place) * pow(Double(base), -2 * Double(pair) / Double(width))
                let index = (place - 5) * width / 2 + pair
                #expect(abs(Double(table.cosines.elements[index]) - cos(angle)) < 1e-6)
                #expect(abs(Double(table.sines.elements[index]) - sin(angle)) < 1e-6)
            }
        }
    }

    /// The frequencies that transformers 5 gives a head of 32 for rope_type "llama3" with factor 8, low_freq_factor 1,
    /// high_freq_factor 4 and original_max_position_embeddings 256.
    @Test func longWavelengthsAreSlowed() {
        var options = PositionOptions(.rotary, rotaryBase: 10000)
        options.wavelengths = WavelengthScaling(factor: 8, originalContextLength: 256)
        let found = RotaryEmbedding(options, headWidth: 32).frequencies
        let wanted = [
            1.0, 0.5623413, 0.3162278, 0.1778279, 0.1, 0.028206782, 0.006613107, 0.00222284929,
            0.00124999997, 0.000702926657, 0.000395284733, 0.000222284929, 0.000125000006,
            7.02926627e-05, 3.95284732e-05, 2.22284925e-05,
        ]
        #expect(found.count == wanted.count)
        for (found, wanted) in zip(found, wanted) {
            #expect(abs(found / wanted - 1) < 1e-6, "\(found) instead of \(wanted)")
        }
    }

    @Test func wavelengthsThatCannotBeScaledAreNamed() {
        for (scaling, name) in [
            (WavelengthScaling(factor: 0.5), "factor"), (WavelengthScaling(factor: .nan), "factor"),
            (WavelengthScaling(originalContextLength: 0), "originalContextLength"),
            (WavelengthScaling(slowTurns: 4, fastTurns: 4), "fastTurns"),
        ] {
            var options = PositionOptions(.rotary)
            options.wavelengths = scaling
            let problems = options.problems(headWidth: 8)
            #expect(problems.count == 1 && problems[0].contains(".\(name) "), "\(problems)")
        }
    }

    /// The product of a turned query and a turned key depends on their distance alone, in both styles.
    @Test(arguments: [false, true])
    func rotaryProductsDependOnDistance(interleaves: Bool) {
        let embedding = RotaryEmbedding(
            PositionOptions(.rotary, rotaryInterleaves: interleaves), headWidth: 6)
        let vectors = RandomStream(seed: 3, stream: 0).normal([2, 6]).elements
        func turned(_ index: Int, _ place: Int) -> [Float] {
            Tensor(Array(vectors[index * 6..<index * 6 + 6]), shape: [1, 6])
                .rotated(
                    by: embedding.table(place..<place + 1), headWidth: 6, headCount: 1
                ).elements
        }
        func product(_ query: Int, _ key: Int) -> Float {
            zip(turned(0, query), turned(1, key)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(abs(product(9, 4) - product(25, 20)) < 1e-4)
        #expect(abs(product(9, 4) - product(9, 5)) > 1e-3)
    }

    /// The formula of the paper, §3.2 and §3.4: what turns often stays, what turns seldom is slowed.
    @Test func yarnSlowsOnlySlowTurns() {
        let (width, base, factor, length) = (64, 10000.0, 8.0, 256.0)
        let options = PositionOptions(
            .rotary,
            yarn: YaRN(factor: 8, originalContextLength: 256, truncatesBorders: false))
        let embedding = RotaryEmbedding(options, headWidth: width)
        #expect(abs(embedding.scale - (0.1 * log(factor) + 1)) < 1e-9)
        /// The pair, as a real number, that makes so many turns over the original context.
        func pair(turns: Double) -> Double {
            Double(width) / 2 * log(length / (2 * .pi * turns)) / log(base)
        }
        let (low, high) = (max(pair(turns: 32), 0), pair(turns: 1))
        var kinds: Set<String> = []
        for (index, found) in embedding.frequencies.enumerated() {
            let plain = pow(base, -2 * Double(index) / Double(width))
            let share = min(max((Double(index) - low) / (high - low), 0), 1)
            let wanted = plain * (1 - share) + plain / factor * share
            #expect(abs(found - wanted) < 1e-9 * wanted, "\(index)")
            kinds.insert(share == 0 ? "kept" : share == 1 ? "slowed" : "mixed")
        }
        #expect(kinds == ["kept", "slowed", "mixed"])
    }

    @Test func yarnsFactorMayBeGiven() {
        let yarn = YaRN(factor: 4, originalContextLength: 64, attentionFactor: 1.5)
        let embedding = RotaryEmbedding(PositionOptions(.rotary, yarn: yarn), headWidth: 8)
        #expect(embedding.scale == 1.5)
        #expect(abs(embedding.table(0..<1).cosines.elements[0] - 1.5) < 1e-6)
    }

    /// 2^(−8 (h + 1) / n) for powers of two; for others as the paper's authors do, from the tables of their code.
    @Test func linearBiases() {
        #expect(linearBiasSlopes(headCount: 1).elements == [1.0 / 256])
        #expect(linearBiasSlopes(headCount: 2).elements == [1.0 / 16, 1.0 / 256] as [Float])
        #expect(
            linearBiasSlopes(headCount: 8).elements
                == (1...8).map { Float(pow(2, -Double($0))) })
        let six = linearBiasSlopes(headCount: 6).elements
        let wanted: [Double] = [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8]
        #expect(zip(six, wanted).allSatisfy { abs(Double($0) - $1) < 1e-7 })
    }

    /// Scores fall with the distance, head by head.
    @Test func attentionWithLinearBiasesIsItsFormula() {
        var layout = AttentionLayout(width: 6, headCount: 3, isCausal: true)
        layout.scale = 0.7
        var random = RandomSource(seed: 1)
        let attention = MultiHeadAttention(layout, weights: .glorot, random: &random)
        let x = RandomStream(seed: 4, stream: 0).normal([1, 5, 6])
        var guide = AttentionGuide()
        guide.slopes = linearBiasSlopes(headCount: 3)
        let slopes: [Double] = [1 / 16, 1 / 256, 1 / 4]
        let packed = attention.keyValue?(x).elements.map(Double.init) ?? []
        var mixed = [Float](repeating: 0, count: 30)
        for query in 0..<5 {
            for head in 0..<3 {
                let scores = (0...query).map { key -> Double in
                    let (begin, other) = (query * 18 + head * 2, key * 18 + 6 + head * 2)
                    let product =
                        packed[begin] * packed[other] + packed[begin + 1] * packed[other + 1]
                    return 0.7 * product - slopes[head] * Double(query - key)
                }
                let sum: Double = scores.reduce(0) { $0 + exp($1) }
                for column in 0..<2 {
                    var value = 0.0
                    for (key, score) in scores.enumerated() {
                        value += exp(score) / sum * packed[key * 18 + 12 + head * 2 + column]
                    }
                    mixed[query * 6 + head * 2 + column] = Float(value)
                }
            }
        }
        let wanted = attention.output(Tensor(mixed, shape: [1, 5, 6]))
        var (none, context) = (KeyValueCache?.none, Context())
        let found = attention(x, guide: guide, cache: &none, context: &context)
        #expect(zip(found.elements, wanted.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// Half of the buckets hold one distance each, the others ranges that grow; the last holds all that is far.
    @Test(arguments: [true, false])
    func buckets(isBidirectional: Bool) {
        var random = RandomSource(seed: 1)
        var bias = RelativePositionBias(
            PositionOptions(.relativeBuckets, bucketCount: 16, maximumDistance: 40), headCount: 2,
            isBidirectional: isBidirectional, random: &random)
        // The second head's numbers are the first's, negated.
        bias.weight.tensor = Tensor(
            (0..<16).flatMap { [Float($0), -Float($0)] }, shape: [16, 2])
        let found = bias(queryCount: 3, keyCount: 60)
        #expect(found.shape == [2, 3, 60])
        let oneWay = isBidirectional ? 8 : 16
        for query in 57..<60 {
            for key in 0..<60 {
                let distance = query - key
                let length = isBidirectional ? abs(distance) : max(distance, 0)
                var wanted = length
                if length >= oneWay / 2 {
                    let exact = Double(oneWay / 2)
                    let growth = log(Double(length) / exact) / log(40 / exact)
                    wanted = min(Int(exact + growth * exact), oneWay - 1)
                }
                if isBidirectional && distance < 0 { wanted += 8 }
                let index = (query - 57) * 60 + key
                #expect(found.elements[index] == Float(wanted), "\(distance)")
                #expect(found.elements[180 + index] == -Float(wanted))
            }
        }
    }
}
