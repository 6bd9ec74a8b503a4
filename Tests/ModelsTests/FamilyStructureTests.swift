import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// What holds for every family and every variant: sizes, names, visits, files.
@Suite struct FamilyStructureTests {
    @Test(arguments: CausalVariant.all)
    func causalModels(variant: CausalVariant) throws {
        try expectSound(variant.make(), variant.configuration)
    }

    @Test(arguments: EncoderDecoder.Configuration.variants)
    func encoderDecoders(variant: Variant<EncoderDecoder.Configuration>) throws {
        try expectSound(EncoderDecoder(variant), variant.configuration)
    }

    @Test(arguments: BERT.Configuration.variants)
    func encoders(variant: Variant<BERT.Configuration>) throws {
        try expectSound(BERT(variant), variant.configuration)
    }

    @Test(arguments: Pooling.allCases)
    func classifiers(pooling: Pooling) throws {
        var configuration = SequenceClassifier.Configuration(
            encoder: BERT.Configuration.variants[0].configuration, classes: ["a", "b", "c"])
        configuration.pooling = pooling
        var random = RandomSource(seed: 1)
        try expectSound(SequenceClassifier(configuration, random: &random), configuration)
    }

    /// The count is foretold, every stored parameter is visited once, names differ, and JSON keeps the configuration.
    private func expectSound(
        _ model: some Module, _ configuration: some ModelConfiguration
    ) throws {
        try configuration.validate()
        #expect(model.parameterCount == configuration.parameterCount)
        #expect(configuration.flopsPerToken >= 0 && configuration.activationsPerToken(recomputingBlocks: false) > 0)
        let names = model.parameters.map(\.name)
        #expect(Set(names).count == names.count)
        var frozen = model
        frozen.freeze { _ in true }
        let stored = storedParameters(in: frozen, path: "")
        #expect(stored.filter(\.parameter.isTrainable).map(\.path) == [])
        #expect(stored.count == names.count)
        try expectSurvivesJSON(configuration)
    }

    private func expectSurvivesJSON<Configuration: ModelConfiguration>(
        _ configuration: Configuration
    ) throws {
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(Configuration.self, from: data) == configuration)
    }

    /// Every parameter that a value stores, found by reflection.
    private func storedParameters(in value: Any, path: String)
        -> [(path: String, parameter: Parameter)]
    {
        if let parameter = value as? Parameter { return [(path, parameter)] }
        return Mirror(reflecting: value).children.enumerated().flatMap { index, child in
            storedParameters(in: child.value, path: path + "." + (child.label ?? "\(index)"))
        }
    }

    /// A model that is missing from the tests above would go untested.
    @Test func everyModelIsTested() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let sources = tests.appendingPathComponent("../../Sources/Models").standardizedFileURL
        let files = try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var declared: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(
                of: /struct (\w+)[^\n{]*: [^\n{]*\b(?:Module|CausalLanguageModel)\b/)
            {
                declared.insert(String(match.1))
            }
        }
        let causal = CausalVariant.all.map { "\(type(of: $0.make()))" }
        let others = [
            "BERT", "EncoderDecoder", "MaskedTokenHead", "PlacedEmbedding", "SequenceClassifier",
        ]
        #expect(declared == Set(causal + others))
    }

    /// The count of the paper's base model: six and six blocks, 512 wide, one table of 37,000 tokens.
    @Test func baseModelOf2017HasItsKnownSize() {
        let configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 37000, targetVocabularySize: 37000)
        let attention = 4 * 512 * 512 + 4 * 512
        let network = 2 * 512 * 2048 + 2048 + 512
        let encoder = attention + network + 2 * 1024
        let decoder = 2 * attention + network + 3 * 1024
        #expect(configuration.parameterCount == 37000 * 512 + 6 * (encoder + decoder))
        #expect(configuration.parameterCount == 63_082_496)
    }

    /// BERT base without its pooler, with the head of masked tokens.
    @Test func bertBaseHasItsKnownSize() {
        let configuration = BERT.Configuration(
            vocabularySize: 30522, contextLength: 512, layerCount: 12, headCount: 12, width: 768)
        #expect(configuration.parameterCount == 109_514_298)
    }

    /// Llama 3 8B and Mixtral 8x7B.
    @Test func wellKnownDecodersHaveTheirSizes() {
        let llama = Llama.Configuration(
            vocabularySize: 128_256, contextLength: 8192, layerCount: 32, headCount: 32,
            keyValueHeadCount: 8, width: 4096, hiddenWidth: 14336)
        #expect(llama.parameterCount == 8_030_261_248)
        var mixtral = Llama.Configuration(
            vocabularySize: 32000, contextLength: 32768, layerCount: 32, headCount: 32,
            keyValueHeadCount: 8, width: 4096, hiddenWidth: 14336)
        mixtral.experts = ExpertOptions(count: 8, perToken: 2, hiddenWidth: 14336)
        #expect(mixtral.parameterCount == 46_702_792_704)
    }

    /// The work of a pass, part by part, is what the configuration foretells.
    @Test(arguments: CausalVariant.all)
    func tracedWorkIsForetold(variant: CausalVariant) {
        // The lowest rungs have no parts to trace.
        if ["bigram", "single head", "several heads"].contains(variant.name) { return }
        var context = Context()
        context.trace = Trace()
        runWhole(variant.make(), context: &context)
        let traced = context.trace?.steps.reduce(0) { $0 + $1.flops } ?? 0
        let head = 2 * CausalVariant.vocabulary * (context.trace?.steps.last?.shape.last ?? 0)
        #expect(
            traced == (variant.configuration.flopsPerToken - head) * CausalVariant.context)
    }

    private func runWhole(_ model: some CausalLanguageModel, context: inout Context) {
        var caches: [KeyValueCache] = []
        let ids = someIds(CausalVariant.context, vocabulary: CausalVariant.vocabulary)
        _ = model.hidden(ids, batch: 1, caches: &caches, context: &context)
    }

    @Test(arguments: EncoderDecoder.Configuration.variants)
    func tracedWorkOfPairsIsForetold(variant: Variant<EncoderDecoder.Configuration>) {
        let (configuration, length) = (variant.configuration, 7)
        var context = Context()
        context.trace = Trace()
        _ = EncoderDecoder(variant).loss(
            sources: someIds(length, vocabulary: configuration.sourceVocabularySize),
            sourceMask: nil,
            targetInputs: someIds(length, vocabulary: configuration.targetVocabularySize),
            targetOutputs: someIds(length, vocabulary: configuration.targetVocabularySize),
            batch: 1, context: &context)
        let traced = context.trace?.steps.reduce(0) { $0 + $1.flops } ?? 0
        // The head of a loss makes no logits that could be traced.
        let head = 2 * configuration.targetVocabularySize * configuration.width
        let foretold = configuration.flopsPerToken(sourceLength: length, targetLength: length)
        #expect(traced == (foretold - head) * length)
    }

    /// A gradient reaches every weight.
    @Test(arguments: CausalVariant.all)
    func gradientsAreFinite(variant: CausalVariant) {
        expectFiniteGradients(variant.make())
    }

    private func expectFiniteGradients(_ model: some CausalLanguageModel) {
        let ids = someIds(14, vocabulary: CausalVariant.vocabulary, seed: 4)
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(inputs: ids, targets: ids, batch: 2, context: &context)
        }
        #expect(loss.isFinite)
        for (name, gradient) in gradients.tensors {
            #expect(gradient.isFinite, "\(name)")
        }
        // What no token reaches may have none: an expert that nobody chose, a bucket of another distance.
        let idle = gradients.tensors.filter { $0.tensor.largestMagnitude == 0 }.map(\.name)
        #expect(idle.allSatisfy { $0.contains("experts") }, "\(idle)")
    }
}
