import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("When the context is full")
struct ContextOverflowTests {
    private let model = opinionatedGPT(vocabularySize: 11, contextLength: 16)

    /// The greedy tokens, without any cache.
    private func naive(_ prompt: [Int32], _ count: Int, sinks: Int) -> [Int32] {
        var (window, tokens) = (prompt, [Int32]())
        for _ in 0..<count {
            if window.count > 16 {
                window = Array(window.prefix(sinks) + window.suffix(8 - sinks))
            }
            let last = Array(model.logits(window).elements.suffix(11))
            let best = last.indices.max {
                last[$0] < last[$1] || last[$0] == last[$1] && $0 > $1
            }
            tokens.append(Int32(best ?? 0))
            window.append(tokens[tokens.count - 1])
        }
        return tokens
    }

    @Test(
        "the first tokens stay in sight, and the last ones are read anew behind them",
        arguments: [0, 1, 4, 7])
    func sinks(count: Int) throws {
        var stream = TokenStream(
            model, prompt: [2, 3, 4, 5, 6], sampler: try Sampler(.greedy, seed: 0),
            expectedCount: 60, whenFull: count == 0 ? .slide : .sinks(count))
        #expect(try stream.tokens(60) == naive([2, 3, 4, 5, 6], 60, sinks: count))
    }

    @Test("of a prompt that is too long the first tokens stay as well")
    func longPrompt() throws {
        let prompt = (0..<30).map { Int32($0 % 11) }
        var long = TokenStream(
            model, prompt: prompt, sampler: try Sampler(.greedy, seed: 0), expectedCount: 9,
            whenFull: .sinks(4))
        var short = TokenStream(
            model, prompt: Array(prompt.prefix(4) + prompt.suffix(12)),
            sampler: try Sampler(.greedy, seed: 0), expectedCount: 9, whenFull: .sinks(4))
        #expect(long.promptCount == 16)
        #expect(try long.tokens(9) == short.tokens(9))
    }

    @Test(
        "more tokens that stay than half of a context holds: one place is left",
        arguments: [1, 2, 3])
    func tinyContexts(contextLength: Int) throws {
        let tiny = opinionatedGPT(vocabularySize: 5, contextLength: contextLength)
        var stream = TokenStream(
            tiny, prompt: [0, 1, 2, 3], sampler: try Sampler([], seed: 0), expectedCount: 9,
            whenFull: .sinks(4096), speculation: try Speculation(.model(tiny)))
        for _ in 0..<20 { #expect((0..<5).contains(try stream.next())) }
    }

    @Test("a text that may not slide ends where the context is full; a longer prompt is refused")
    func refuse() throws {
        let tokenizer = SavedTokenizer.character(try CharacterTokenizer(text: "\n abcdefgh."))
        func generator(_ prompt: String, _ whenFull: ContextOverflow) throws -> Generator {
            try Generator(
                model: model, tokenizer: tokenizer, prompt: prompt,
                settings: GenerationSettings(
                    maxTokens: 40, sampling: .greedy, whenFull: whenFull))
        }
        var (ending, sliding) = (try generator("abc", .refuse), try generator("abc", .slide))
        let text = try ending.run()
        #expect(text.tokenCount == 14)
        #expect(text.finishReason == .length)
        #expect(try sliding.run().text.hasPrefix(text.text))
        #expect(try ending.next() == nil)
        var full = try generator("abcdabcdabcdabcd", .refuse)
        #expect(try full.run().tokenCount == 1)
        #expect(throws: GenerationError.promptTooLong(count: 17, limit: 16)) {
            try generator("abcdabcdabcdabcda", .refuse)
        }
        #expect(
            try generator("abcdabcdabcdabcda", .sinks(4)).notices == [
                "The prompt has 17 tokens and the model's context holds 16, so only the first 4 and the last 12 are read."
            ])
        for count in [0, -1, 4097] {
            #expect(throws: GenerationError.self) { try generator("abc", .sinks(count)) }
        }
    }
}
