import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Proposing tokens makes no other texts")
struct SpeculationTests {
    private static let prompt: [Int32] = [3, 1, 4, 1, 5]

    private func stream(
        _ model: any CausalLanguageModel, _ sampling: Sampling, seed: UInt64 = 0,
        expecting count: Int = 60, _ speculation: Speculation? = nil,
        whenFull: ContextOverflow = .slide
    ) throws -> TokenStream {
        TokenStream(
            model, prompt: Self.prompt, sampler: try Sampler(sampling, seed: seed),
            expectedCount: count, whenFull: whenFull, speculation: speculation)
    }

    /// The tokens without proposals must be those with all kinds of them, also where the window slides.
    @Test("greedily, token for token", arguments: TinyModel.all)
    func greedy(tiny: TinyModel) throws {
        let model = tiny.make(1)
        var plain = try stream(model, .greedy)
        let expected = try plain.tokens(60)
        let drafts: [Draft] = [
            .model(model), .model(tiny.make(2)), .model(TinyModel.gpt(contextLength: 6).make(2)),
            .lookUp,
        ]
        for (number, draft) in drafts.enumerated() {
            for count in [1, 3, 7] {
                var fast = try stream(model, .greedy, Speculation(draft, tokenCount: count))
                #expect(try fast.tokens(60) == expected, "draft \(number), \(count) tokens")
                let found = fast.proposals
                #expect(found.kept <= found.proposed)
                if number == 0 { #expect(found.proposed >= 25 && found.kept == found.proposed) }
            }
        }
    }

    @Test("penalties see what was proposed, and forget what was not kept")
    func penalties() throws {
        let sampling: Sampling = [
            .repetitionPenalty(1.3), .frequencyPenalty(0.5), .noRepeatNGram(3), .temperature(0),
        ]
        let model = TinyModel.gpt().make(1)
        var plain = try stream(model, sampling)
        let expected = try plain.tokens(40)
        for draft in [.model(model), .model(TinyModel.gpt().make(5)), .lookUp] as [Draft] {
            var fast = try stream(model, sampling, Speculation(draft))
            #expect(try fast.tokens(40) == expected)
        }
        var own = try stream(model, sampling, Speculation(.model(model)))
        _ = try own.tokens(15)
        #expect(own.proposals.kept == own.proposals.proposed)
    }

    @Test("with look-up, chance gives the same text for the same seed")
    func lookUpSeeds() throws {
        let model = TinyModel.all[1].make(1)
        let sampling: Sampling = [.presencePenalty(0.2), .temperature(0.7), .topP(0.9)]
        for seed in 0..<8 as Range<UInt64> {
            var plain = try stream(model, sampling, seed: seed)
            var fast = try stream(model, sampling, seed: seed, Speculation(.lookUp))
            #expect(try fast.tokens(60) == plain.tokens(60))
            #expect(fast.proposals.proposed > 0)
        }
    }

    @Test("the same seed gives the same text, and how many are expected bounds nothing")
    func seeds() throws {
        let (model, draft) = (TinyModel.gpt().make(1), TinyModel.gpt().make(2))
        func tokens(_ seed: UInt64) throws -> [Int32] {
            var fast = try stream(
                model, [.temperature(0.8)], seed: seed, expecting: 3, Speculation(.model(draft)))
            return try fast.tokens(50)
        }
        #expect(try tokens(4) == tokens(4))
        #expect(try tokens(4) != tokens(5))
    }

    @Test("no more tokens are proposed than will be asked for")
    func expectedCount() throws {
        let model = TinyModel.gpt().make(1)
        for count in 1...6 {
            var fast = try stream(
                model, .greedy, expecting: count, Speculation(.model(model), tokenCount: 4))
            _ = try fast.tokens(count)
            #expect(fast.proposals.proposed == (count == 6 ? 4 : count - 1))
        }
    }

    @Test("a context that may not slide ends at the same token")
    func refusing() throws {
        let model = TinyModel.gpt().make(1)
        var plain = try stream(model, .greedy, whenFull: .refuse)
        var fast = try stream(
            model, .greedy, Speculation(.model(model), tokenCount: 7), whenFull: .refuse)
        // Each of the places behind the prompt, and what the last one predicts.
        let count = 24 - Self.prompt.count + 1
        #expect(try fast.tokens(count) == plain.tokens(count))
        #expect(plain.isFull && fast.isFull)
        #expect(throws: GenerationError.contextIsFull(limit: 24)) { try fast.next() }
    }

    @Test("drafts that do not fit are refused, and one whose weights are no numbers is named")
    func unfit() throws {
        let (model, tokenizer) = (TinyModel.gpt().make(1), SavedTokenizer.byte(ByteTokenizer()))
        let other = try Speculation(.model(TinyModel.gpt(vocabularySize: 12).make(1)))
        let error = GenerationError.draft(.vocabularySize(12, model: 11))
        #expect(throws: error) {
            try Generator(
                model: model, tokenizer: tokenizer, prompt: "", settings: GenerationSettings(),
                speculation: other)
        }
        #expect("\(error)".contains("12 tokens and the model 11"))
        for count in [0, -1, 65, Int.max] {
            #expect(throws: GenerationError.self) { try Speculation(.lookUp, tokenCount: count) }
        }
        var broken = opinionatedGPT(vocabularySize: 11, contextLength: 24)
        broken.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        var fast = try stream(model, [], Speculation(.model(broken)))
        #expect(throws: GenerationError.draft(.logitsAreNotFinite)) { try fast.next() }
        #expect(throws: GenerationError.draft(.logitsAreNotFinite)) { try fast.next() }
        var reversed = try stream(broken, [], Speculation(.model(model)))
        #expect(throws: GenerationError.logitsAreNotFinite) { try reversed.next() }
        #expect(throws: GenerationError.logitsAreNotFinite) { try reversed.next() }
    }
}

@Suite("Proposing tokens to a generator")
struct SpeculativeGeneratorTests {
    private let tokenizer: SavedTokenizer
    private let model: GPT
    private let draft: GPT

    init() throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 16)
        draft = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 12)
    }

    private func result(
        _ settings: GenerationSettings, _ draft: Draft?, defaults: GenerationDefaults
    ) throws -> GeneratedText {
        var generator = try Generator(
            model: model, tokenizer: tokenizer, prompt: "abc", settings: settings,
            defaults: defaults, speculation: draft.map { try Speculation($0) })
        return try generator.run()
    }

    @Test("stop texts, end tokens, scores and grammars are as without proposals")
    func settings() throws {
        var all: [(GenerationSettings, GenerationDefaults)] = []
        let none = GenerationDefaults()
        for count in [1, 2, 7, 40] {
            var settings = GenerationSettings(maxTokens: count, sampling: .greedy)
            settings.isScored = true
            all.append((settings, none))
        }
        let text = try result(all[3].0, nil, defaults: none).text
        for length in 1...3 {
            let stop = String(text.dropFirst(9).prefix(length))
            all.append(
                (GenerationSettings(maxTokens: 40, sampling: .greedy, stopTexts: [stop]), none))
        }
        let ends = try GenerationDefaults(
            endTokens: tokenizer.encode(String(text.prefix(7).suffix(1))))
        all.append((GenerationSettings(maxTokens: 40, sampling: .greedy), ends))
        for source in [
            "root ::= \"ab\" [cd]+ \".\"", "root ::= \"abcd\" | \"aab\"", "root ::= [a-h]+",
        ] {
            let grammar = try TextGrammar(Array(source.utf8))
            all.append(
                (GenerationSettings(maxTokens: 30, sampling: .greedy, grammar: grammar), none))
        }
        for (settings, defaults) in all {
            let plain = try result(settings, nil, defaults: defaults)
            #expect(plain.proposals == nil)
            // The model itself proposes what it writes, within the grammar too.
            let own = try result(settings, .model(model), defaults: defaults).proposals
            if settings.grammar != nil { #expect(own?.kept == own?.proposed && own != nil) }
            for draft in [.model(model), .model(draft), .lookUp] as [Draft] {
                let fast = try result(settings, draft, defaults: defaults)
                #expect(fast.text == plain.text)
                #expect(fast.tokenCount == plain.tokenCount)
                #expect(fast.finishReason == plain.finishReason)
                let counts = try #require(fast.proposals)
                #expect(counts.kept <= min(counts.proposed, fast.tokenCount))
                if let score = plain.logProbability {
                    #expect(abs((fast.logProbability ?? 0) - score) < 1e-3)
                }
            }
        }
    }
}
