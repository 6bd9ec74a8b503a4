import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

@Suite("The best of some texts")
struct BestOfTests {
    private let model: GPT
    private let tokenizer: SavedTokenizer
    private let settings = GenerationSettings(maxTokens: 12, sampling: [.topK(4)], seed: 40)

    init() throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 16)
    }

    private func generator(_ settings: GenerationSettings) throws -> Generator {
        try Generator(model: model, tokenizer: tokenizer, prompt: "abc", settings: settings)
    }

    @Test("the log-probability is that of the model's softmax, whatever the sampling")
    func scores() throws {
        var settings = settings
        settings.isScored = true
        var scored = try generator(settings)
        let result = try scored.run()
        settings.isScored = false
        var unscored = try generator(settings)
        let plain = try unscored.run()
        #expect(plain.text == result.text)
        #expect(plain.logProbability == nil)

        let prompt = try tokenizer.encode("abc")
        let tokens = try prompt + tokenizer.encode(result.text)
        let rows = model.logits(tokens).elements
        let width = model.configuration.vocabularySize
        var sum = 0.0
        for place in prompt.count..<tokens.count {
            let row = rows[(place - 1) * width..<place * width].map(Double.init)
            let total = row.reduce(0) { $0 + exp($1) }
            sum += row[Int(tokens[place])] - log(total)
        }
        #expect(abs(try #require(result.logProbability) - sum) < 1e-3)
    }

    @Test("the text with the highest mean log-probability is kept, and its seed gives it again")
    func choice() throws {
        var told: [Int] = []
        let choice = try BestOf(6).run(
            generator(settings), progress: { told.append($0) })
        #expect(told == [1, 2, 3, 4, 5, 6])
        var (texts, means) = ([String](), [Double]())
        for seed in 40..<46 as Range<UInt64> {
            var settings = settings
            settings.seed = seed
            settings.isScored = true
            var generator = try generator(settings)
            let result = try generator.run()
            texts.append(result.text)
            means.append(try #require(result.logProbability) / Double(result.tokenCount))
        }
        #expect(Set(texts).count > 1)
        #expect(choice.meanLogProbabilities == means)
        let best = try #require(means.indices.max { means[$0] < means[$1] })
        #expect(choice.text.text == texts[best])
        #expect(choice.seed == 40 + UInt64(best))
        #expect(choice.totalTokenCount == 72)
    }

    @Test(
        "the prompt is read once for all, with a window that slides and after a prompt of the whole context too"
    )
    func shared() throws {
        for prompt in ["a", "abcdefghabcdefgh", "hgfedcbahgfedcbahgfedcba"] {
            var settings = settings
            settings.maxTokens = 24
            func generator() throws -> Generator {
                try Generator(
                    model: model, tokenizer: tokenizer, prompt: prompt, settings: settings)
            }
            let choice = try BestOf(5).run(generator())
            settings.seed = choice.seed
            settings.isScored = true
            var single = try generator()
            let text = try single.run()
            #expect(text.text == choice.text.text)
            #expect(text.logProbability == choice.text.logProbability, "to the bit")
        }
    }

    @Test("the best of one is that one; of equals the first")
    func few() throws {
        #expect(try BestOf(1).run(generator(settings)).seed == 40)
        var greedy = settings
        greedy.sampling = .greedy
        greedy.seed = .max
        #expect(try BestOf(3).run(generator(greedy)).seed == .max)
    }

    @Test("told to stop, there is no text; counts out of range are refused")
    func refusals() throws {
        #expect(throws: CancellationError.self) {
            try BestOf(2).run(generator(settings), shouldStop: { true })
        }
        for count in [0, -1, 1001] {
            #expect(throws: GenerationError.self) { try BestOf(count) }
        }
    }
}
