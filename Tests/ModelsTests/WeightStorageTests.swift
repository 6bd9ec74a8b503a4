import AttendLayers
import AttendModels
import AttendTensors
import Testing

@Suite("Models with weights in fewer bits")
struct WeightStorageTests {
    private static func model() -> GPT {
        var random = RandomSource(seed: 3)
        return GPT(
            GPT.Configuration(
                vocabularySize: 61, contextLength: 40, layerCount: 2, headCount: 4, width: 64),
            random: &random)
    }

    @Test("Logits stay near those of float32", arguments: WeightFormat.allCases)
    func logits(format: WeightFormat) {
        let model = Self.model()
        let stored = model.storingWeights(as: format)
        let ids = (0..<20).map { Int32($0 * 3 % 61) }
        let (wanted, found) = (model.logits(ids).elements, stored.logits(ids).elements)
        let size = wanted.map(abs).max() ?? 0
        let error = zip(wanted, found).map { abs($0 - $1) }.max() ?? 0
        #expect(error > 0)
        #expect(error < size * (format == .int4 ? 0.3 : 0.05))
    }

    @Test("Cached is uncached", arguments: WeightFormat.allCases)
    func caches(format: WeightFormat) {
        let model = Self.model().storingWeights(as: format)
        let ids = (0..<12).map { Int32($0 * 5 % 61) }
        var caches = model.makeCaches(batch: 1, capacity: 12)
        var last = Tensor.zeros([1])
        for id in ids { last = model.nextLogits([id], caches: &caches) }
        let whole = model.logits(ids).elements.suffix(61)
        // Where rows are rounded, a difference in the last bit may move a number by one of 127 steps.
        let largest = whole.map(abs).max() ?? 0
        let tolerance = format == .bfloat16 ? 1e-4 : largest / 50
        for (x, y) in zip(last.elements, whole) { #expect(abs(x - y) < tolerance) }
    }

    @Test("Vectors and places stay float32; what is written is dense again")
    func parameters() {
        var model = Self.model().storingWeights(as: .int8)
        let dense = model.parameters.filter { $0.parameter.stored == nil }.map(\.name)
        #expect(dense.contains("wpe.weight"))
        #expect(
            dense.allSatisfy { $0.hasSuffix("bias") || $0.contains("ln_") || $0 == "wpe.weight" })
        #expect(model.parameterCount == Self.model().parameterCount)
        #expect(model.parameterBytes < Self.model().parameterBytes / 2)
        let before = model.namedTensors()
        model.forEachParameter { _, parameter in parameter.tensor = parameter.tensor }
        #expect(model.parameters.allSatisfy { $0.parameter.stored == nil })
        for (old, new) in zip(before, model.namedTensors()) {
            #expect(old.tensor.elements == new.tensor.elements)
        }
    }

    @Test("Numbers that are blocks already are kept without a change, others not at all")
    func exactly() {
        let model = Self.model()
        #expect(
            model.storingWeightsExactly(as: .int8).parameters.allSatisfy {
                $0.parameter.stored == nil
            })
        var rounded = model.storingWeights(as: .int8)
        rounded.forEachParameter { _, parameter in parameter.tensor = parameter.tensor }
        let again = rounded.storingWeightsExactly(as: .int8)
        #expect(again.parameters.contains { $0.parameter.stored?.format == .int8 })
        for (old, new) in zip(rounded.namedTensors(), again.namedTensors()) {
            #expect(old.tensor.elements == new.tensor.elements)
        }
    }

    @Test("A model in fewer bits can be trained on: its weights are widened")
    func gradients() {
        let model = Self.model().storingWeights(as: .int8)
        let (_, gradients) = valueWithGradients(of: model) { model in
            var context = Context()
            return model.loss(inputs: [1, 2, 3], targets: [2, 3, 4], batch: 1, context: &context)
        }
        let sizes = gradients.tensors.map { $0.tensor.elements.map(abs).max() ?? 0 }
        #expect(sizes.contains { $0 > 0 })
    }
}
