import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Generating what a grammar allows")
struct ConstrainedGenerationTests {
    private static func tokenizer(_ name: String) throws -> SavedTokenizer {
        switch name {
        case "byte": .byte(ByteTokenizer())
        case "character":
            .character(try CharacterTokenizer(text: "\n {}[]\":,.-+0123456789abcdefnrstulx🦊é"))
        default:
            .pipeline(
                try PipelineTokenizer.bytePairs(
                    texts: ["{\"name\": \"fox\", \"age\": 12}", "{\"name\": \"🦊\", \"age\": 7}"],
                    vocabularySize: 290))
        }
    }

    private func generator(
        _ name: String, _ grammar: TextGrammar, maxTokens: Int = 400, seed: UInt64 = 1,
        stop: [String] = [], sampling: Sampling = [],
        defaults: GenerationDefaults = GenerationDefaults()
    ) throws -> Generator {
        let tokenizer = try Self.tokenizer(name)
        var random = RandomSource(seed: 3)
        let model = GPT(
            GPT.Configuration(
                vocabularySize: tokenizer.vocabularySize + 5, contextLength: 24, layerCount: 1,
                headCount: 2, width: 16),
            random: &random)
        return try Generator(
            model: model, tokenizer: tokenizer, prompt: "a",
            settings: GenerationSettings(
                maxTokens: maxTokens, sampling: sampling, stopTexts: stop, seed: seed,
                grammar: grammar), defaults: defaults)
    }

    @Test(
        "A random model writes valid JSON with any tokenizer",
        arguments: ["byte", "character", "pairs"])
    func json(name: String) throws {
        let schema = """
            {"type":"object","properties":{"name":{"type":"string","maxLength":6},"age":{"type":"integer","minimum":0,
            "maximum":150},"sex":{"enum":["f","x"]},"list":{"type":"array","items":{"type":"boolean"},"maxItems":3}},
            "required":["name","age"]}
            """
        let value = try JSONValue(Array(schema.utf8))
        let grammar = try JSONSchemaGrammar.grammar(of: schema.utf8)
        // The character tokenizer has no m and no i.
        let small = try JSONSchemaGrammar.grammar(
            of: schema.replacing("name", with: "sun").replacing("list", with: "blue").replacing(
                "age", with: "ace"
            )
            .utf8)
        for seed in 0..<6 as Range<UInt64> {
            var generator = try generator(
                name, name == "character" ? small : grammar, seed: seed)
            let result = try generator.run()
            #expect(result.finishReason == .stop, "\(result.text)")
            let written = try JSONValue(Array(result.text.utf8))
            if name != "character" {
                #expect(SchemaValidator(root: value).isValid(written, value), "\(result.text)")
            }
            #expect(try generator.next() == nil)
        }
    }

    @Test("At the most tokens it ends in the middle, by its length, and characters stay whole")
    func length() throws {
        let grammar = try TextGrammar("root ::= [🦊é]{50}")
        for count in 1...9 {
            var generator = try generator("byte", grammar, maxTokens: count, seed: UInt64(count))
            let result = try generator.run()
            #expect(result.finishReason == .length && result.tokenCount == count)
            #expect(result.text.allSatisfy { "🦊é".contains($0) }, "\(result.text)")
        }
        var exact = try generator("byte", TextGrammar("root ::= \"abc\""), maxTokens: 3)
        let result = try exact.run()
        #expect(result.text == "abc" && result.finishReason == .stop && result.tokenCount == 3)
    }

    @Test("End tokens end it only where the grammar does")
    func endTokens() throws {
        let newline = Int32(10)
        let grammar = try TextGrammar("root ::= [ab]{3,}")
        for seed in 0..<20 as Range<UInt64> {
            var generator = try generator(
                "byte", grammar, seed: seed, defaults: GenerationDefaults(endTokens: [newline]))
            let result = try generator.run()
            #expect(result.finishReason == .stop)
            #expect(result.text.count >= 3 && result.text.allSatisfy { "ab".contains($0) })
            #expect(result.tokenCount == result.text.count + 1)
        }
    }

    @Test("A grammar of the empty text alone ends before the first token")
    func empty() throws {
        var generator = try generator("byte", TextGrammar("root ::= \"\""))
        let result = try generator.run()
        #expect(result.text.isEmpty && result.finishReason == .stop && result.tokenCount == 0)
    }

    @Test("Stop texts and greedy choice go with a grammar")
    func stops() throws {
        let grammar = try TextGrammar("root ::= \"abcdef\" [a-z]*")
        var generator = try generator("byte", grammar, stop: ["de"], sampling: .greedy)
        let result = try generator.run()
        #expect(result.text == "abc" && result.finishReason == .stop)
    }

    @Test("A grammar that the tokenizer cannot spell is refused at once")
    func unspellable() throws {
        #expect(throws: GenerationError.constraint(.unspellable)) {
            try generator("character", TextGrammar("root ::= \"Z\""))
        }
    }

    @Test("Weights that are no numbers are still an error")
    func notFinite() throws {
        let tokenizer = SavedTokenizer.byte(ByteTokenizer())
        var random = RandomSource(seed: 3)
        var model = GPT(
            GPT.Configuration(
                vocabularySize: 256, contextLength: 8, layerCount: 1, headCount: 2, width: 16),
            random: &random)
        model.stack.finalNorm?.weight?.tensor = Tensor(repeating: .nan, shape: [16])
        var generator = try Generator(
            model: model, tokenizer: tokenizer, prompt: "a",
            settings: GenerationSettings(grammar: TextGrammar("root ::= [a-z]+")))
        #expect(throws: GenerationError.logitsAreNotFinite) { try generator.next() }
    }
}
