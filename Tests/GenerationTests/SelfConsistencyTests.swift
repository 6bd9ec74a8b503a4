import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Self-consistency")
struct SelfConsistencyTests {
    private let model: GPT
    private let tokenizer: SavedTokenizer
    private let settings = GenerationSettings(maxTokens: 10, sampling: [.topK(3)], seed: 5)

    init() throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 16)
    }

    private func generator(_ settings: GenerationSettings) throws -> Generator {
        try Generator(model: model, tokenizer: tokenizer, prompt: "abc", settings: settings)
    }

    @Test(
        "each text has one vote, and the most votes come first; the seed gives a text with the answer"
    )
    func votes() throws {
        let rule = AnswerRule.after("a")
        let result = try SelfConsistency(20, rule).run(generator(settings))
        var (counts, first, texts) = ([String: Int](), [String: UInt64](), [String]())
        for seed in 5..<25 as Range<UInt64> {
            var settings = settings
            settings.seed = seed
            var generator = try generator(settings)
            let text = try generator.run().text
            texts.append(text)
            guard let answer = rule.answer(in: text) else { continue }
            counts[answer, default: 0] += 1
            first[answer] = first[answer] ?? seed
        }
        #expect(result.texts.map(\.text) == texts)
        #expect(
            Dictionary(uniqueKeysWithValues: result.votes.map { ($0.answer, $0.count) }) == counts)
        #expect(
            Dictionary(uniqueKeysWithValues: result.votes.map { ($0.answer, $0.seed) }) == first)
        #expect(result.unansweredCount == 20 - counts.values.reduce(0, +))
        #expect(result.totalTokenCount == 200)
        for (better, worse) in zip(result.votes, result.votes.dropFirst()) {
            #expect((worse.count, better.seed) < (better.count, worse.seed))
        }
        #expect(result.answer == result.votes[0].answer)
    }

    @Test("without any answer, and with settings that make no sense, there is a sentence")
    func refusals() throws {
        let none = #expect(throws: GenerationError.self) {
            try SelfConsistency(3, .lastNumber).run(generator(settings))
        }
        #expect(none?.description.hasPrefix("None of 3 texts has an answer") == true)
        #expect(throws: GenerationError.self) { try SelfConsistency(0, .lastNumber) }
        #expect(throws: GenerationError.self) { try SelfConsistency(3, .after("")) }
        #expect(throws: CancellationError.self) {
            try SelfConsistency(3, .lastNumber).run(generator(settings), shouldStop: { true })
        }
    }
}
