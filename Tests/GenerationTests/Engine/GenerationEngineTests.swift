import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Many texts at once")
struct GenerationEngineTests {
    private let sample: EngineSample

    init() throws { sample = try EngineSample() }

    /// Prompts of all lengths, also longer than the context, with every kind of settings.
    private func requests(_ count: Int) -> [(prompt: String, settings: GenerationSettings)] {
        var random = RandomSource(seed: 5)
        return (0..<count).map { index in
            let letters = Array(" abcdefgh.")
            let length = Int(random.next() % 23)
            let prompt = String((0..<length).map { _ in letters[Int(random.next() % 10)] })
            var settings = GenerationSettings(
                maxTokens: 1 + Int(random.next() % 40),
                sampling: index % 3 == 0 ? .greedy : [.temperature(0.9), .topP(0.95)],
                seed: random.next())
            if index % 4 == 1 { settings.stopTexts = ["ab", "."] }
            if index % 5 == 2 { settings.isScored = true }
            if index % 6 == 3 { settings.sampling = [.repetitionPenalty(1.3), .noRepeatNGram(3)] }
            switch index % 7 {
            case 3: settings.whenFull = .sinks(3)
            case 4 where length <= 16: settings.whenFull = .refuse
            default: break
            }
            return (prompt, settings)
        }
    }

    @Test(
        "a text is the same alone and among others, however many, in whatever pages and pieces",
        arguments: [
            EngineLimits(), EngineLimits(concurrentCount: 1),
            EngineLimits(concurrentCount: 5, promptTokensPerPass: 3, pageTokenCount: 1),
            EngineLimits(concurrentCount: 40, promptTokensPerPass: 1, pageTokenCount: 5),
            EngineLimits(concurrentCount: 8, pageTokenCount: 4, cacheTokenCount: 40),
            EngineLimits(concurrentCount: 3, pageTokenCount: 100, cacheTokenCount: 1),
        ])
    func batchedIsSingle(limits: EngineLimits) throws {
        var engine = try sample.engine(limits)
        var wanted: [(id: GenerationRequest.ID, text: GeneratedText)] = []
        for (prompt, settings) in requests(40) {
            let id = try engine.submit(GenerationRequest(.text(prompt), settings: settings))
            wanted.append((id, try sample.alone(prompt, settings)))
        }
        let found = engine.runToEnd()
        for (id, alone) in wanted {
            let text = try #require(found[id])
            #expect(text.text == alone.text)
            #expect(text.summary?.finishReason == alone.finishReason)
            #expect(text.summary?.tokenCount == alone.tokenCount)
            #expect(text.summary?.promptTokenCount == alone.promptTokenCount)
            #expect(text.tokens.count == alone.tokenCount)
            if let wanted = alone.logProbability {
                #expect(abs((text.summary?.logProbability ?? 0) - wanted) < 1e-3)
            }
        }
        #expect(engine.unusedPageCount == engine.pageCount, "no page is lost")
    }

    @Test("a request that begins as another shares its pages and gives the same text")
    func sharedPrefix() throws {
        var engine = try sample.engine(EngineLimits(pageTokenCount: 4))
        let settings = GenerationSettings(maxTokens: 3, sampling: .greedy)
        func run(_ prompt: String) throws -> EngineText {
            let id = try engine.submit(GenerationRequest(.text(prompt), settings: settings))
            return try #require(engine.runToEnd()[id])
        }
        #expect(try run("abcdefghab").summary?.sharedTokenCount == 0)
        let second = try run("abcdefghcd")
        #expect(second.summary?.sharedTokenCount == 8)
        #expect(try second.text == sample.alone("abcdefghcd", settings).text)
        #expect(try run("abcdefgh").summary?.sharedTokenCount == 4, "the last token is read")
        #expect(try run("abcaefgh").summary?.sharedTokenCount == 0)
        #expect(try run("efghefgh").summary?.sharedTokenCount == 0, "of the same place alone")
        #expect(engine.unusedPageCount == engine.pageCount)
    }

    @Test("prompts that are read at the same time keep out of each other's pages")
    func simultaneousTwins() throws {
        var engine = try sample.engine(EngineLimits(promptTokensPerPass: 5, pageTokenCount: 2))
        let settings = GenerationSettings(maxTokens: 9, sampling: .greedy)
        let ids = try (0..<6).map { _ in
            try engine.submit(GenerationRequest(.text("abcdefgh"), settings: settings))
        }
        let texts = engine.runToEnd()
        let wanted = try sample.alone("abcdefgh", settings).text
        for id in ids { #expect(texts[id]?.text == wanted) }
        #expect(engine.unusedPageCount == engine.pageCount)
    }

    @Test("requests that come together read once what they begin with alike")
    func togetherAlike() throws {
        let sample = try EngineSample(contextLength: 64)
        var engine = try sample.engine(EngineLimits(promptTokensPerPass: 8, pageTokenCount: 4))
        let settings = GenerationSettings(maxTokens: 5, sampling: .greedy)
        let beginning = "abcdefghhgfedcbaacegbdfh"
        let prompts = ["ab", "cde", "", "a"].map { beginning + $0 } + ["hh"]
        let ids = try prompts.map {
            try engine.submit(GenerationRequest(.text($0), settings: settings))
        }
        let texts = engine.runToEnd()
        let shared = ids.map { texts[$0]?.summary?.sharedTokenCount }
        #expect(shared == [0, 24, 20, 24, 0])
        for (id, prompt) in zip(ids, prompts) {
            #expect(try texts[id]?.text == sample.alone(prompt, settings).text)
        }
        #expect(engine.unusedPageCount == engine.pageCount)
    }

    @Test("tokens that are forbidden are not written, alone or among others")
    func forbidden() throws {
        let sample = try EngineSample(contextLength: 64)
        for sampling: Sampling in [.greedy, [.temperature(1.5)]] {
            let settings = GenerationSettings(maxTokens: 60, sampling: sampling, seed: 4)
            let free = try sample.alone("ab", settings)
            var defaults = GenerationDefaults()
            defaults.forbiddenTokens = try sample.tokenizer.encode(String(free.text.prefix(3)))
            var generator = try Generator(
                model: sample.model, tokenizer: sample.tokenizer, prompt: "ab",
                settings: settings, defaults: defaults)
            let text = try generator.run().text
            let written = try sample.tokenizer.encode(text)
            #expect(
                written.count == 60 && !written.contains(where: defaults.forbiddenTokens.contains))
            var engine = try GenerationEngine(
                model: sample.model, tokenizer: sample.tokenizer, defaults: defaults)
            let id = try engine.submit(GenerationRequest(.text("ab"), settings: settings))
            #expect(engine.runToEnd()[id]?.text == text)
        }
    }

    @Test("a long prompt does not hold up the others")
    func longPrompt() throws {
        let sample = try EngineSample(contextLength: 64)
        var engine = try sample.engine(EngineLimits(promptTokensPerPass: 4))
        let settings = GenerationSettings(maxTokens: 40, sampling: .greedy)
        let short = try engine.submit(GenerationRequest(.text("a"), settings: settings))
        _ = engine.step()
        let long = try engine.submit(
            GenerationRequest(
                .text(String(repeating: "abcdefgh", count: 6)), settings: settings))
        for _ in 0..<11 {
            let told = engine.step().map(\.request)
            #expect(told == [short], "a token in each pass")
        }
        let told = Set(engine.step().map(\.request))
        #expect(told == [short, long])
    }

    @Test("where pages run out the last one taken on waits, and all come to their end")
    func preemption() throws {
        var engine = try sample.engine(
            EngineLimits(concurrentCount: 4, pageTokenCount: 2, cacheTokenCount: 20))
        let settings = GenerationSettings(maxTokens: 13, sampling: .greedy)
        let prompts = ["ab", "cd", "ef", "gh"]
        let ids = try prompts.map {
            try engine.submit(GenerationRequest(.text($0), settings: settings))
        }
        var most = 0
        var wasSentBack = false
        let texts = engine.runToEnd {
            if $0.runningCount < most, $0.waitingCount > 0 { wasSentBack = true }
            most = max(most, $0.runningCount)
        }
        #expect(wasSentBack)
        for (id, prompt) in zip(ids, prompts) {
            #expect(try texts[id]?.text == sample.alone(prompt, settings).text)
        }
        #expect(engine.unusedPageCount == engine.pageCount)
    }

    @Test("a request that is given up says no more, and its pages are free")
    func cancels() throws {
        var engine = try sample.engine(EngineLimits(concurrentCount: 2))
        let settings = GenerationSettings(maxTokens: 30, sampling: .greedy)
        let ids = try (0..<4).map { _ in
            try engine.submit(GenerationRequest(.text("abcdefgh"), settings: settings))
        }
        _ = engine.step()
        #expect(engine.runningCount == 2 && engine.waitingCount == 2)
        let given = [ids[0], ids[3], ids[3]].map { engine.cancel($0) }
        #expect(given == [true, true, false], "once each")
        let texts = engine.runToEnd()
        #expect(Set(texts.keys) == [ids[1], ids[2]])
        #expect(engine.unusedPageCount == engine.pageCount)
        let isGiven = engine.cancel(ids[1])
        #expect(!isGiven, "after its end")
    }

    @Test("a text that fails leaves the others alone")
    func failures() throws {
        let grammar = try TextGrammar("root ::= \"a\" | \"xyz\"")
        var engine = try sample.engine()
        var settings = GenerationSettings(maxTokens: 5, sampling: .greedy)
        let other = try engine.submit(GenerationRequest(.text("ab"), settings: settings))
        settings.grammar = grammar
        let held = try engine.submit(GenerationRequest(.text("ab"), settings: settings))
        settings.grammar = try TextGrammar("root ::= \"xyz\"")
        #expect(throws: RequestRefusal.self) {
            try engine.submit(GenerationRequest(.text("ab"), settings: settings))
        }
        let texts = engine.runToEnd()
        #expect(texts[other]?.tokens.count == 5)
        #expect(texts[held]?.text == "a")
        #expect(texts[held]?.summary?.finishReason == .stop)
    }

    @Test("weights that are no numbers fail the request")
    func notFinite() throws {
        var model = sample.model
        model.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        var engine = try GenerationEngine(model: model, tokenizer: sample.tokenizer)
        let id = try engine.submit(GenerationRequest(.text("a")))
        let texts = engine.runToEnd()
        #expect(texts[id]?.failure == .logitsAreNotFinite)
        #expect(engine.unusedPageCount == engine.pageCount)
    }

    @Test("what is refused is refused with a sentence")
    func refusals() throws {
        var engine = try sample.engine(
            EngineLimits(concurrentCount: 1, waitingCount: 2, tokensPerRequest: 600))
        func refusal(
            _ prompt: GenerationRequest.Prompt, _ settings: GenerationSettings = .init()
        ) throws -> String {
            let error = try #require(throws: RequestRefusal.self) {
                try engine.submit(GenerationRequest(prompt, settings: settings))
            }
            return error.description
        }
        #expect(
            try refusal(.tokens([1, 99]))
                == "Token 2 of the prompt is 99, and the model knows only the tokens 0 to 10; encode it with the model's own tokenizer."
        )
        #expect(try refusal(.tokens([-1])).contains("Token 1 of the prompt is -1"))
        #expect(try refusal(.text("Z")).contains("Z"))
        #expect(
            try refusal(.text(String(repeating: "a", count: EngineLimits.promptByteLimit + 1)))
                .contains("expected at most 4194304"))
        #expect(
            try refusal(.text(""), GenerationSettings(maxTokens: 0)).contains("number of tokens"))
        #expect(
            try refusal(.text("a"), GenerationSettings(maxTokens: 601))
                == "The number of tokens is 601; expected a number from 1 to 600.")
        #expect(
            try refusal(.text("a"), GenerationSettings(sampling: [.temperature(.nan)]))
                .hasSuffix("."))
        #expect(
            try refusal(
                .text("a"), GenerationSettings(stopTexts: Array(repeating: "a", count: 65))
            ).contains("65 stop texts"))
        #expect(
            try refusal(
                .text("a"), GenerationSettings(stopTexts: [String(repeating: "a", count: 4097)])
            ).contains("4097 bytes"))
        #expect(
            try refusal(
                .text(String(repeating: "a", count: 17)), GenerationSettings(whenFull: .refuse)
            ).contains("17"))
        _ = try engine.submit(GenerationRequest(.text("a")))
        _ = try engine.submit(GenerationRequest(.text("b")))
        #expect(try refusal(.text("c")).contains("2 requests waiting"))
    }

    @Test("limits out of range are refused")
    func limits() throws {
        for limits in [
            EngineLimits(concurrentCount: 0), EngineLimits(waitingCount: -1),
            EngineLimits(tokensPerRequest: 0), EngineLimits(promptTokensPerPass: 0),
            EngineLimits(pageTokenCount: 0),
            EngineLimits(cacheTokenCount: .max),
        ] {
            #expect(throws: GenerationError.self) { try sample.engine(limits) }
        }
    }
}
