import AttendCheckpoints
import AttendGeneration
import Foundation
import Testing

/// Against what Hugging Face transformers computes (Scripts/record-sampling-fixtures.py).
@Suite("Sampling as in transformers")
struct SamplingFixtureTests {
    private struct Fixture: Decodable {
        let logits: [[Float?]]
        let chains: [Chain]
        let texts: [Text]
    }

    private struct Chain: Decodable {
        let logits: Int
        let prompt: [Int32]
        let generated: [Int32]
        let steps: [Step]
        let results: [Result]
    }

    private struct Step: Decodable {
        let name: String
        let value: Double?
        let biases: [String: Double]?

        var step: SamplingStep {
            get throws {
                if let biases { return .logitBias(try SamplingFixtureTests.numbered(biases)) }
                let value = try #require(value)
                switch name {
                case "temperature": return .temperature(value)
                case "topK": return .topK(Int(value))
                case "topP": return .topP(value)
                case "minP": return .minP(value)
                case "typicalP": return .typicalP(value)
                case "epsilonCutoff": return .epsilonCutoff(value)
                case "etaCutoff": return .etaCutoff(value)
                case "repetitionPenalty": return .repetitionPenalty(value)
                case "frequencyPenalty": return .frequencyPenalty(value)
                case "presencePenalty": return .presencePenalty(value)
                default:
                    try #require(name == "noRepeatNGram")
                    return .noRepeatNGram(Int(value))
                }
            }
        }
    }

    private struct Result: Decodable {
        /// Which tokens are left; nil for all.
        let kept: [Int32]?
        let probabilities: [Double]
    }

    private struct Text: Decodable {
        let prompt: [Int32]
        let generated: [Int32]
        let repetitionPenalty: Double?
        let noRepeatNGram: Int?
        let biases: [String: Double]
    }

    private static func fixture() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/sampling", withExtension: "json"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    private static func numbered(_ biases: [String: Double]) throws -> [Int32: Double] {
        var result: [Int32: Double] = [:]
        for (id, bias) in biases { result[try #require(Int32(id))] = bias }
        return result
    }

    @Test("the same tokens stay after each step, with the same probabilities")
    func chains() throws {
        let fixture = try Self.fixture()
        #expect(fixture.chains.count > 200)
        for (index, chain) in fixture.chains.enumerated() {
            let logits = fixture.logits[chain.logits].map { $0 ?? -.infinity }
            let steps = try chain.steps.map { try $0.step }
            #expect(steps.count == chain.results.count)
            for (count, result) in zip(1..., chain.results) {
                let sampling = Sampling(Array(steps.prefix(count)))
                var history = TokenHistory(prompt: chain.prompt, for: sampling)
                for token in chain.generated { history.append(token) }
                let found = try distribution(sampling, of: logits, after: history)
                let kept = result.kept ?? (0..<Int32(logits.count)).map { $0 }
                #expect(found.keys.sorted() == kept, "chain \(index), \(sampling.steps)")
                let error = zip(kept, result.probabilities).map { abs((found[$0] ?? -1) - $1) }
                #expect(error.max() ?? 1 < 1e-6, "chain \(index), \(sampling.steps)")
            }
        }
    }

    @Test("the tiny GPT-2 writes what generate writes, with penalties, n-grams and biases")
    func texts() throws {
        let loaded = try LoadedModel.load(foreignDirectory("gpt2"))
        let model = try loaded.causal()
        var texts: Set<[Int32]> = []
        for text in try Self.fixture().texts {
            var steps: [SamplingStep] = []
            if !text.biases.isEmpty { steps.append(.logitBias(try Self.numbered(text.biases))) }
            if let penalty = text.repetitionPenalty { steps.append(.repetitionPenalty(penalty)) }
            if let size = text.noRepeatNGram { steps.append(.noRepeatNGram(size)) }
            steps.append(.temperature(0))
            var stream = TokenStream(
                model, prompt: text.prompt, sampler: try Sampler(Sampling(steps), seed: 0),
                expectedCount: text.generated.count)
            let found = try text.generated.map { _ in try stream.next() }
            #expect(found == text.generated, "\(steps)")
            texts.insert(found)
        }
        #expect(texts.count > 4)
    }
}
