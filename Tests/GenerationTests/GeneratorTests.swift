import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Generating text")
struct GeneratorTests {
    private let model: GPT
    private let tokenizer: SavedTokenizer

    init() throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 16)
    }

    private func generator(
        _ prompt: String = "abc", maxTokens: Int = 12,
        sampling: Sampling = [],
        stop: [String] = [], seed: UInt64 = 1
    ) throws -> Generator {
        try Generator(
            model: model, tokenizer: tokenizer, prompt: prompt,
            settings: GenerationSettings(
                maxTokens: maxTokens, sampling: sampling, stopTexts: stop, seed: seed))
    }

    /// The likeliest next token, without any cache.
    private func likeliest(after ids: [Int32]) -> Int32 {
        let vocabulary = model.configuration.vocabularySize
        let last = Array(model.logits(ids).elements.suffix(vocabulary))
        return Int32(last.indices.max { last[$0] < last[$1] || last[$0] == last[$1] && $0 > $1 }!)
    }

    @Test("with the cache the same tokens are likeliest as without, also when the window slides")
    func cached() throws {
        let sampler = try Sampler(.greedy, seed: 0)
        let prompt: [Int32] = [2, 3, 4]
        var stream = TokenStream(model, prompt: prompt, sampler: sampler, expectedCount: 50)
        var window = prompt
        for step in 0..<50 {
            if window.count > 16 { window = window.suffix(8) }
            let expected = likeliest(after: window)
            #expect(try stream.next() == expected, "step \(step)")
            window.append(expected)
        }
    }

    @Test("more tokens than expected are the same tokens")
    func moreThanExpected() throws {
        let sampler = try Sampler([], seed: 9)
        var few = TokenStream(model, prompt: [1], sampler: sampler, expectedCount: 1)
        var many = TokenStream(model, prompt: [1], sampler: sampler, expectedCount: 40)
        for _ in 0..<40 { #expect(try few.next() == many.next()) }
    }

    @Test("a context of one token is enough")
    func tinyContext() throws {
        var random = RandomSource(seed: 1)
        let tiny = GPT(
            GPT.Configuration(
                vocabularySize: 5, contextLength: 1, layerCount: 1, headCount: 1, width: 4),
            random: &random)
        let sampler = try Sampler([], seed: 0)
        var stream = TokenStream(tiny, prompt: [0, 1, 2], sampler: sampler, expectedCount: 9)
        #expect(stream.promptCount == 1)
        for _ in 0..<9 { #expect((0..<5).contains(try stream.next())) }
    }

    @Test("the pieces joined are the whole")
    func streaming() throws {
        var pieces: [String] = []
        var first = try generator(maxTokens: 40)
        while let piece = try first.next() { pieces.append(piece) }
        var second = try generator(maxTokens: 40)
        let whole = try second.run()
        #expect(pieces.joined() == whole.text)
        #expect(whole.text.unicodeScalars.count == 40)
        #expect(whole.tokenCount == 40)
        #expect(whole.promptTokenCount == 3)
        #expect(whole.finishReason == .length)
        #expect(whole.tokensPerSecond > 0)
    }

    @Test("the same seed writes the same, another seed something else")
    func seeds() throws {
        func text(_ seed: UInt64) throws -> String {
            var generator = try generator(maxTokens: 40, seed: seed)
            return try generator.run().text
        }
        #expect(try text(7) == text(7))
        #expect(try text(7) != text(8))
    }

    @Test("a stop text of several tokens ends the text before it", arguments: [1, 2, 3])
    func stops(length: Int) throws {
        var free = try generator(maxTokens: 40)
        let text = try free.run().text
        let stop = String(text.dropFirst(9).prefix(length))
        var stopped = try generator(maxTokens: 40, stop: [stop, "never"])
        let result = try stopped.run()
        let end = try #require(text.firstRange(of: stop)).lowerBound
        #expect(result.text == String(text[..<end]))
        #expect(result.finishReason == .stop)
        #expect(result.tokenCount == result.text.count + length)
        #expect(try stopped.next() == nil)
    }

    @Test("any end token of the model ends the text before it", arguments: [1, 2])
    func endTokens(count: Int) throws {
        var free = try generator(maxTokens: 40)
        let text = try free.run().text
        let ends = try Set(tokenizer.encode(String(text.dropFirst(9).prefix(count))))
        let defaults = GenerationDefaults(endTokens: Array(ends))
        var ended = try Generator(
            model: model, tokenizer: tokenizer, prompt: "abc",
            settings: GenerationSettings(
                maxTokens: 40, sampling: [], seed: 1), defaults: defaults)
        let result = try ended.run()
        let kept = try tokenizer.encode(text).prefix { !ends.contains($0) }
        #expect(kept.count <= 9)
        #expect(result.text == tokenizer.decode(Array(kept)))
        #expect(result.tokenCount == kept.count + 1)
        #expect(result.finishReason == .stop)
        #expect(try ended.next() == nil)
    }

    @Test("an empty prompt begins after the model's start token where it has one")
    func startToken() throws {
        var own = try Generator(
            model: model, tokenizer: tokenizer, prompt: "",
            settings: GenerationSettings(maxTokens: 20, sampling: .greedy),
            defaults: GenerationDefaults(startToken: 4))
        var stream = TokenStream(
            model, prompt: [4], sampler: try Sampler(.greedy, seed: 0), expectedCount: 20)
        let expected = try (0..<20).map { _ in try stream.next() }
        #expect(try own.run().text == tokenizer.decode(expected))
    }

    @Test("what was held back for a stop text appears at the end")
    func heldBack() throws {
        var free = try generator(maxTokens: 10)
        let text = try free.run().text
        var held = try generator(maxTokens: 10, stop: [String(text.suffix(2)) + "🦊"])
        #expect(try held.run().text == text)
    }

    @Test("an empty prompt begins after a line end, or after token 0 where there is none")
    func emptyPrompt() throws {
        var empty = try generator("", maxTokens: 20)
        var newline = try generator("\n", maxTokens: 20)
        #expect(empty.promptTokenCount == 0)
        #expect(try empty.run().text == newline.run().text)
        let letters = SavedTokenizer.character(try CharacterTokenizer(text: "abcdefghijk"))
        var generator = try Generator(
            model: model, tokenizer: letters, prompt: "",
            settings: GenerationSettings(maxTokens: 5, sampling: .greedy))
        var stream = TokenStream(
            model, prompt: [0], sampler: try Sampler(.greedy, seed: 0), expectedCount: 5)
        let expected = try (0..<5).map { _ in try stream.next() }
        #expect(try generator.run().text == letters.decode(expected))
    }

    @Test("of a prompt longer than the context the end is read, with a notice")
    func longPrompt() throws {
        let end = "aabbccddeeffgghh"
        var long = try generator("fedcba" + end, maxTokens: 5)
        var short = try generator(end, maxTokens: 5)
        #expect(long.promptTokenCount == 16)
        #expect(
            long.notices == [
                "The prompt has 22 tokens and the model's context holds 16, so only the last 16 are read."
            ])
        #expect(short.notices.isEmpty)
        #expect(try long.run().text == short.run().text)
    }

    @Test("a prompt with an unknown character is refused")
    func unknownCharacter() {
        #expect(throws: TokenizerError.self) { try generator("xyz") }
    }

    @Test("weights that are no numbers are an error, not a text")
    func notFinite() throws {
        var broken = model
        broken.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        var generator = try Generator(
            model: broken, tokenizer: tokenizer, prompt: "a", settings: GenerationSettings())
        #expect(throws: GenerationError.logitsAreNotFinite) { try generator.next() }
    }

    @Test("a generation that is told to stop has no reason to have finished")
    func toldToStop() throws {
        var generator = try generator(maxTokens: 40)
        var count = 0
        let result = try generator.run { _ in
            count += 1
            return count < 4
        }
        #expect(result.tokenCount == 4)
        #expect(result.finishReason == nil)
    }

    @Test("numbers of tokens out of range are refused", arguments: [0, -1, Int.max])
    func counts(count: Int) {
        #expect(throws: GenerationError.self) { try generator(maxTokens: count) }
    }
}
