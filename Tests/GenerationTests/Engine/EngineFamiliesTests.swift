import AttendCheckpoints
import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Every family writes in an engine what it writes alone")
struct EngineFamiliesTests {
    private let tokenizer: SavedTokenizer

    init() throws { tokenizer = .character(try CharacterTokenizer(text: "\n abcdefgh.")) }

    /// Texts of prompts of all lengths, in small pages and pieces, beside the same from a stream each.
    private func expectSame(
        _ model: any CausalLanguageModel, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var engine = try GenerationEngine(
            model: model, tokenizer: tokenizer,
            limits: EngineLimits(concurrentCount: 4, promptTokensPerPass: 7, pageTokenCount: 3))
        var random = RandomSource(seed: 8)
        var wanted: [(id: GenerationRequest.ID, tokens: [Int32])] = []
        let beginning = (0..<7).map { _ in Int32(random.next() % 11) }
        for length in [1, 2, 5, 9, 12, 14] {
            // The longer ones begin alike, so that they share pages.
            let prompt =
                (length > 7 ? beginning : [])
                + (0..<(length > 7 ? length - 7 : length)).map { _ in Int32(random.next() % 11) }
            var stream = TokenStream(
                model, prompt: prompt, sampler: try Sampler(.greedy, seed: 0), expectedCount: 20)
            let id = try engine.submit(
                GenerationRequest(
                    .tokens(prompt), settings: GenerationSettings(maxTokens: 20, sampling: .greedy))
            )
            wanted.append((id, try stream.tokens(20)))
        }
        let found = engine.runToEnd()
        for (id, tokens) in wanted {
            #expect(found[id]?.tokens == tokens, sourceLocation: sourceLocation)
        }
        #expect(engine.unusedPageCount == engine.pageCount, sourceLocation: sourceLocation)
    }

    @Test("with caches of every format", arguments: TinyModel.all, CacheFormat.allCases)
    func caches(family: TinyModel, format: CacheFormat) throws {
        var model = family.make(3)
        model.cacheFormat = format
        try expectSame(model)
    }

    @Test("with weights of every format", arguments: [WeightFormat.bfloat16, .int8, .int4])
    func weights(format: WeightFormat) throws {
        var random = RandomSource(seed: 4)
        var model = GPT(
            GPT.Configuration(
                vocabularySize: 11, contextLength: 24, layerCount: 2, headCount: 2, width: 32),
            random: &random)
        model.forEachParameter { name, parameter in
            guard name.hasSuffix("weight"), !name.contains("ln_") else { return }
            parameter.tensor = Tensor(
                parameter.tensor.elements.map { $0 * 8 }, shape: parameter.tensor.shape)
        }
        try expectSame(model.storingWeights(as: format))
    }
}
