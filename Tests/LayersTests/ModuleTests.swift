import AttendLayers
import AttendTensors
import Foundation
import Testing

@Suite struct ModuleTests {
    /// One of each type in Sources/Layers, with all of its optional parts.
    private static func everyModule() -> [any Module] {
        var random = RandomSource(seed: 1)
        let experts = MixtureOfExperts(
            ExpertOptions(
                count: 3, perToken: 2, hiddenWidth: 5, sharedHiddenWidth: 3, routerHasBias: true),
            width: 4, function: .activation(.relu), hasBias: true, random: &random)
        var attention = AttentionLayout(width: 4, headCount: 2)
        attention.hasSinks = true
        attention.normalisesQueriesAndKeys = true
        var latent = AttentionLayout(width: 4, headCount: 2, headWidth: 6)
        latent.latent = LatentOptions(rank: 3, rotaryWidth: 2)
        var options = StackOptions(layerCount: 2, width: 4, headCount: 2, hiddenWidth: 6)
        var withExperts = options
        withExperts.experts = experts.options
        options.crossAttends = true
        options.positions = PositionOptions(.relativeBuckets)
        return [
            Linear(inputs: 3, outputs: 5, random: &random),
            Embedding(vocabularySize: 7, width: 3, random: &random),
            Norm(width: 3),
            FeedForward(
                width: 4, hiddenWidth: 6, function: .gate(.gelu), hasBias: true, random: &random),
            experts,
            TransformerBlock(withExperts, number: 0, random: &random).feedForward,
            RelativePositionBias(
                PositionOptions(.relativeBuckets), headCount: 2, isBidirectional: true,
                random: &random),
            MultiHeadAttention(attention, random: &random),
            MultiHeadAttention(
                AttentionLayout(width: 4, headCount: 2), isCross: true, random: &random),
            MultiHeadAttention(latent, random: &random),
            TransformerBlock(options, number: 0, random: &random),
            TransformerStack(options, random: &random),
        ]
    }

    @Test func everyStoredParameterIsVisitedOnce() {
        for module in Self.everyModule() {
            #expect(ModuleWalk.mistakes(in: module) == [])
            #expect(!module.parameters.isEmpty)
        }
    }

    /// A type that is missing from the list above would go untested.
    @Test func everyTypeIsInTheList() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let sources = tests.appendingPathComponent("../../Sources/Layers").standardizedFileURL
        let files = try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var declared: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /struct (\w+)[^\n{]*: [^\n{]*\bModule\b/) {
                declared.insert(String(match.1))
            }
        }
        #expect(declared == Set(Self.everyModule().map { "\(type(of: $0))" }))
    }

    private struct Forgetful: Module {
        var inner: Linear
        var forgotten: Parameter?
        var others: [Embedding]

        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("inner", &inner)
        }
    }

    private struct Repetitive: Module {
        var inner: Linear

        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("a", &inner)
            visitor.visit("a", &inner)
        }
    }

    @Test func theWalkFindsMistakes() {
        var random = RandomSource(seed: 1)
        let inner = Linear(inputs: 1, outputs: 1, random: &random)
        let others = [Embedding(vocabularySize: 1, width: 1, random: &random)]
        #expect(
            ModuleWalk.mistakes(
                in: Forgetful(inner: inner, forgotten: Parameter(.zeros([1])), others: others))
                == [
                    "Forgetful.forgotten is not visited",
                    "Forgetful.others.0.weight is not visited",
                ])
        #expect(ModuleWalk.mistakes(in: Repetitive(inner: inner)) == ["4 visits to 2 parameters"])
    }

    private static func block(hasBias: Bool = true) -> TransformerBlock {
        var random = RandomSource(seed: 1)
        var options = StackOptions(layerCount: 1, width: 4, headCount: 2, hiddenWidth: 6)
        options.hasBias = hasBias
        options.normHasBias = hasBias
        options.isCausal = true
        return TransformerBlock(options, number: 0, random: &random)
    }

    @Test func namesAreThoseOfCheckpoints() {
        #expect(
            Self.block().parameters.map(\.name) == [
                "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias",
                "attn.c_proj.weight", "attn.c_proj.bias", "ln_2.weight", "ln_2.bias",
                "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
            ])
        #expect(Self.block(hasBias: false).parameters.count == 6)
        #expect(Self.block().namedTensors().map(\.name) == Self.block().parameters.map(\.name))
        #expect(Self.block().parameterCount == 4 * 4 + 64 + 16 + 48 + 10)
    }

    @Test func decayIsForMatrices() {
        let decayed = Self.block().parameters.filter { $0.parameter.kind != .vector }.map(\.name)
        #expect(
            decayed == [
                "attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight",
            ])
    }

    @Test func freezing() {
        var block = Self.block()
        block.freeze { $0.hasPrefix("attn.") }
        #expect(block.trainableParameterCount == block.parameterCount - 80)
        var context = Context()
        let gradients = valueWithGradients(of: block) {
            var none: KeyValueCache?
            return $0(
                Tensor(repeating: 1, shape: [1, 2, 4]), guide: AttentionGuide(), cache: &none,
                context: &context
            ).sum()
        }.gradients
        #expect(
            gradients.tensors.map(\.name)
                == block.parameters.map(\.name).filter { !$0.hasPrefix("attn.") })
        block.freeze { _ in false }
        #expect(block.trainableParameterCount == block.parameterCount)
    }

    /// Changing a copy, or loading into one, leaves the original alone.
    @Test func modulesAreValues() throws {
        let original = Self.block()
        let before = original.namedTensors().map(\.tensor.elements)
        var copy = original
        copy.forEachParameter { _, parameter in
            unsafe parameter.tensor.withMutableElements { unsafe $0[0] += 1 }
        }
        #expect(original.namedTensors().map(\.tensor.elements) == before)
        #expect(copy.namedTensors().map(\.tensor.elements) != before)
        try copy.load(Dictionary(uniqueKeysWithValues: original.namedTensors().map { ($0, $1) }))
        #expect(copy.namedTensors().map(\.tensor.elements) == before)
    }

    @Test func loadingListsEveryProblemAndChangesNothing() {
        var random = RandomSource(seed: 1)
        var linear = Linear(inputs: 2, outputs: 3, random: &random)
        let before = linear.weight.tensor.elements
        let wrong: [String: Tensor] = [
            "weight": .zeros([2, 3]), "extra": .zeros([1]), "another": .zeros([1]),
        ]
        #expect(
            throws: LoadingError(problems: [
                "weight has shape [2, 3] where the model has [3, 2]", "bias [3] is missing",
                "another is not part of the model", "extra is not part of the model",
            ])
        ) { try linear.load(wrong) }
        #expect(throws: LoadingError.self) {
            try linear.load(["weight": .zeros([3, 2])])
        }
        #expect(linear.weight.tensor.elements == before)
        let many = LoadingError(problems: (0..<10).map(String.init))
        #expect(
            many.description
                == "the weights do not fit the model: 0; 1; 2; 3; 4; 5; 6; 7; and 2 more")
    }
}
