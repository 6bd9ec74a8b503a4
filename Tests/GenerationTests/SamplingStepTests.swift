import AttendGeneration
import Foundation
import Testing

@Suite("Steps of a sampler")
struct SamplingStepTests {
    /// Probabilities 0.4, 0.1, 0.3, 0.2 as logits.
    private let logits: [Float] = [0.4, 0.1, 0.3, 0.2].map { Float(log($0)) }

    private func softmax(_ scores: [Double]) -> [Int32: Double] {
        let total = scores.reduce(0) { $0 + exp($1) }
        return Dictionary(
            uniqueKeysWithValues: scores.enumerated().map { (Int32($0), exp($1) / total) })
    }

    private func history(_ prompt: [Int32], _ generated: [Int32]) -> TokenHistory {
        var history = TokenHistory(prompt: prompt)
        for token in generated { history.append(token) }
        return history
    }

    @Test("the repetition penalty divides positive logits and multiplies negative ones")
    func repetitionPenalty() throws {
        let found = try distribution(
            [.repetitionPenalty(2)], of: [2, -1, 0.5], after: history([0, 99], [1]))
        expectDistribution(found, softmax([1, -2, 0.5]))
    }

    @Test("the frequency penalty counts what was generated, not the prompt")
    func frequencyPenalty() throws {
        let found = try distribution(
            [.frequencyPenalty(0.5)], of: [1, 1, 1], after: history([0, 0, 0], [1, 2, 1, 99]))
        expectDistribution(found, softmax([1, 0, 0.5]))
    }

    @Test("the presence penalty is the same however often a token was generated")
    func presencePenalty() throws {
        let found = try distribution(
            [.presencePenalty(-1.5)], of: [1, 1, 1], after: history([0, 0, 0], [1, 2, 1]))
        expectDistribution(found, softmax([1, 2.5, 2.5]))
    }

    @Test("no pair and no triple a second time, also not of the prompt's")
    func noRepeatNGram() throws {
        let text = history([0, 1, 2], [0, 1])
        #expect(try distribution([.noRepeatNGram(3)], of: logits, after: text)[2] == nil)
        #expect(try distribution([.noRepeatNGram(2)], of: logits, after: text)[2] == nil)
        #expect(try distribution([.noRepeatNGram(4)], of: logits, after: text).count == 4)
        expectDistribution(
            try distribution([.noRepeatNGram(1)], of: logits, after: text), [3: 1])
    }

    @Test("where n-grams would rule out all tokens, they rule out none")
    func allRuledOut() throws {
        let text = history([], [0, 1, 2, 3])
        #expect(try distribution([.noRepeatNGram(1)], of: logits, after: text).count == 4)
        expectDistribution(
            try distribution([.temperature(0), .noRepeatNGram(1)], of: logits, after: text), [0: 1])
    }

    @Test("a bias is added, and one of 100 decides")
    func logitBias() throws {
        expectDistribution(
            try distribution([.logitBias([1: 0.5, 99: 3])], of: [1, 1, 2]), softmax([1, 1.5, 2]))
        let one = try distribution([.logitBias([1: 100])], of: logits)
        #expect(one[1] ?? 0 > 1 - 1e-9)
        let none = try distribution([.logitBias([0: -100])], of: logits)
        #expect(none[0] ?? 0 < 1e-9)
    }

    @Test("typical sampling may drop the likeliest token")
    func typicalP() throws {
        // Entropy 1.28 nats; the tokens' information is 0.92, 2.30, 1.20 and 1.61.
        expectDistribution(try distribution([.typicalP(0.2)], of: logits), [2: 1])
        expectDistribution(try distribution([.typicalP(0.45)], of: logits), [2: 0.6, 3: 0.4])
        expectDistribution(
            try distribution([.typicalP(0.8)], of: logits), [0: 4 / 9, 2: 3 / 9, 3: 2 / 9])
        #expect(try distribution([.typicalP(1)], of: logits).count == 4)
        expectDistribution(try distribution([.typicalP(0)], of: logits), [2: 1])
    }

    @Test("the epsilon cut-off drops the improbable, and never the likeliest")
    func epsilonCutoff() throws {
        expectDistribution(
            try distribution([.epsilonCutoff(0.25)], of: logits), [0: 4 / 7, 2: 3 / 7])
        expectDistribution(try distribution([.epsilonCutoff(1)], of: logits), [0: 1])
        expectDistribution(
            try distribution([.epsilonCutoff(1)], of: [2, 1, 2]), [0: 0.5, 2: 0.5])
        #expect(try distribution([.epsilonCutoff(0)], of: logits).count == 4)
    }

    @Test("the eta cut-off is lower where the entropy is high")
    func etaCutoff() throws {
        // √0.5 · exp(−1.28) is 0.197.
        expectDistribution(
            try distribution([.etaCutoff(0.5)], of: logits), [0: 4 / 9, 2: 3 / 9, 3: 2 / 9])
        // √0.01 · exp(−ln 4) is 0.025, and ε lies below it.
        #expect(try distribution([.etaCutoff(0.01)], of: [0, 0, 0, 0]).count == 4)
        #expect(try distribution([.etaCutoff(0)], of: logits).count == 4)
    }

    @Test("numbers out of range are refused by name")
    func ranges() {
        let wrong: [(SamplingStep, String)] = [
            (.temperature(-1), "temperature is -1.0; expected a number from 0.0 to 100.0"),
            (.temperature(.nan), "temperature is nan"), (.topK(0), "top-k is 0"),
            (.topP(1.5), "top-p is 1.5"), (.minP(-0.1), "min-p is -0.1"),
            (.typicalP(2), "typical-p is 2.0"), (.epsilonCutoff(-1), "epsilon cutoff is -1.0"),
            (.etaCutoff(.infinity), "eta cutoff is inf"),
            (.repetitionPenalty(0), "repetition penalty is 0.0"),
            (.frequencyPenalty(2.1), "frequency penalty is 2.1"),
            (.presencePenalty(-2.1), "presence penalty is -2.1"),
            (.noRepeatNGram(0), "no-repeat n-gram size is 0"),
            (.noRepeatNGram(65), "no-repeat n-gram size is 65; expected a number from 1 to 64"),
            (.logitBias([3: 101]), "logit bias of the token 3 is 101.0"),
            (.logitBias([3: .nan]), "logit bias of the token 3 is nan"),
            (.logitBias([-1: 1]), "token of a logit bias is -1"),
            (
                .logitBias(Dictionary(uniqueKeysWithValues: (0..<1025).map { ($0, 1) })),
                "number of logit biases is 1025"
            ),
        ]
        for (step, sentence) in wrong {
            let error = #expect(throws: GenerationError.self) { try step.validate() }
            #expect(error?.description.contains("The \(sentence)") == true, "\(step)")
            #expect(throws: GenerationError.self) { try Sampler([step], seed: 1) }
        }
    }
}
