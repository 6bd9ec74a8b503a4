import AttendGeneration
import AttendTensors
import Foundation
import Testing

@Suite("Samplings")
struct SamplingTests {
    /// Probabilities 0.4, 0.3, 0.2, 0.1 as logits.
    private let logits: [Float] = [0.4, 0.3, 0.2, 0.1].map { Float(log($0)) }

    @Test("a list of steps is a sampling")
    func literal() {
        let sampling: Sampling = [.temperature(0.8), .topP(0.95)]
        #expect(sampling == Sampling([.temperature(0.8), .topP(0.95)]))
        #expect(sampling != [.topP(0.95), .temperature(0.8)])
        #expect(Sampling() == [])
        #expect(Sampling.greedy == [.temperature(0)])
    }

    @Test("the order of steps matters")
    func order() throws {
        // 0.4 and 0.3 become 4/7 and 3/7, of which the first reaches 0.55 alone; of all tokens it takes both.
        expectDistribution(try distribution([.topK(2), .topP(0.55)], of: logits), [0: 1])
        expectDistribution(
            try distribution([.topP(0.55), .topK(2)], of: logits), [0: 4 / 7, 1: 3 / 7])
        // At temperature ½ the first has 16/30.
        expectDistribution(try distribution([.temperature(0.5), .topP(0.5)], of: logits), [0: 1])
        expectDistribution(
            try distribution([.topP(0.5), .temperature(0.5)], of: logits), [0: 16 / 25, 1: 9 / 25])
        // A token that is gone does not come back.
        expectDistribution(
            try distribution([.topK(1), .logitBias([3: 100])], of: logits), [0: 1])
        let biased = try distribution([.logitBias([3: 100]), .topK(1)], of: logits)
        expectDistribution(biased, [3: 1])
    }

    @Test("the same step may come twice")
    func twice() throws {
        expectDistribution(
            try distribution([.temperature(0.5), .temperature(2)], of: logits),
            [0: 0.4, 1: 0.3, 2: 0.2, 3: 0.1])
    }

    @Test("too many steps, and biases of tokens that the model has not, are refused")
    func refusals() throws {
        let many = Sampling(Array(repeating: .temperature(1), count: 65))
        #expect(throws: GenerationError.self) { try many.validate() }
        try Sampling(Array(repeating: .temperature(1), count: 64)).validate()
        let biased: Sampling = [.logitBias([9: 1])]
        try biased.validate(vocabularySize: 10)
        let error = #expect(throws: GenerationError.self) { try biased.validate(vocabularySize: 9) }
        #expect(
            error?.description.contains("is 9; expected one of the model's tokens, 0 to 8") == true)
    }

    private func anyStep(_ random: inout RandomSource) -> SamplingStep {
        func number(_ range: ClosedRange<Double>) -> Double {
            switch random.next() % 4 {
            case 0: range.lowerBound
            case 1: range.upperBound
            case 2: min(max(1e-300, range.lowerBound), range.upperBound)
            default: Double.random(in: range, using: &random)
            }
        }
        switch random.next() % 12 {
        case 0: return .temperature(number(SamplingStep.temperatures))
        case 1: return .topK([1, 2, 3, 300, 10_000_000].randomElement(using: &random) ?? 1)
        case 2: return .topP(number(SamplingStep.probabilities))
        case 3: return .minP(number(SamplingStep.probabilities))
        case 4: return .typicalP(number(SamplingStep.probabilities))
        case 5: return .epsilonCutoff(number(SamplingStep.probabilities))
        case 6: return .etaCutoff(number(SamplingStep.probabilities))
        case 7: return .repetitionPenalty(number(SamplingStep.repetitionPenalties))
        case 8: return .frequencyPenalty(number(SamplingStep.countPenalties))
        case 9: return .presencePenalty(number(SamplingStep.countPenalties))
        case 10: return .noRepeatNGram(Int.random(in: 1...4, using: &random))
        default:
            var biases: [Int32: Double] = [:]
            for _ in 0..<3 {
                biases[Int32.random(in: 0..<400, using: &random)] = number(SamplingStep.biases)
            }
            return .logitBias(biases)
        }
    }

    private func anyLogits(_ random: inout RandomSource) -> [Float] {
        let extremes: [Float] = [
            0, -0.0, 1, -1, 1e4, -1e4, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            .leastNonzeroMagnitude, -.infinity,
        ]
        let isExtreme = random.next() % 2 == 0
        let count = [1, 2, 7, 50, 300].randomElement(using: &random) ?? 1
        var logits = (0..<count).map { _ in
            isExtreme
                ? extremes.randomElement(using: &random) ?? 0
                : Float.random(in: -20...20, using: &random)
        }
        logits[Int(random.next() % UInt64(count))] = 0.5
        return logits
    }

    @Test("SAFETY: Numerics. Whatever the steps, the probabilities sum to 1 and there is a token")
    func hostileCombinations() throws {
        var random = RandomSource(seed: 11)
        for round in 0..<3000 {
            let steps = (0..<Int(random.next() % 9)).map { _ in anyStep(&random) }
            let logits = anyLogits(&random)
            let sampling = Sampling(steps)
            var history = TokenHistory(prompt: [0, 1, 0], for: sampling)
            for _ in 0..<20 {
                history.append(Int32(random.next() % UInt64(logits.count + 1)))
            }
            var sampler = try Sampler(sampling, seed: UInt64(round))
            let found = try sampler.distribution(of: logits, after: history)
            let total = found.reduce(0) { $0 + $1.probability }
            #expect(abs(total - 1) < 1e-9, "\(steps) of \(logits)")
            #expect(found.allSatisfy { $0.probability >= 0 && logits[Int($0.id)] > -.infinity })
            #expect(Set(found.map(\.id)).count == found.count)
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.probability >= $1.probability })
            let token = try sampler.token(from: logits, after: history)
            #expect(found.contains { $0.id == token }, "\(token) by \(steps) of \(logits)")
        }
    }
}
