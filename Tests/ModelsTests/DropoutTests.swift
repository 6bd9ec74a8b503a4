import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// Dropout is drawn from the context's source alone: the same seed drops the same numbers, and evaluation drops none.
@Suite struct DropoutTests {
    private static let ids = someIds(18, vocabulary: 11)

    /// Losses with seed 1 twice, seed 2, and without a source.
    private func expectSeeded(_ loss: (inout Context) -> Tensor) {
        var contexts = [
            Context(random: RandomSource(seed: 1)), Context(random: RandomSource(seed: 1)),
            Context(random: RandomSource(seed: 2)), Context(), Context(),
        ]
        let losses = contexts.indices.map { loss(&contexts[$0]).item() }
        #expect(losses[0] == losses[1])
        #expect(losses[0] != losses[2])
        #expect(losses[3] == losses[4])
        #expect(losses[0] != losses[3])
        #expect(Tensor(losses).isFinite)
    }

    @Test(arguments: [false, true])
    func llama(isLatent: Bool) {
        var configuration = Llama.Configuration(
            vocabularySize: 11, contextLength: 12, layerCount: 2, headCount: 4, width: 16)
        configuration.dropout = 0.2
        if isLatent {
            configuration.headWidth = 6
            configuration.latent = LatentOptions(rank: 5, rotaryWidth: 4)
        }
        var random = RandomSource(seed: 1)
        let model = Llama(configuration, random: &random).withLargeWeights()
        expectSeeded { model.loss(inputs: Self.ids, targets: Self.ids, batch: 2, context: &$0) }
    }

    @Test func encoder() {
        var variant = Encoder.Configuration.variants[0].configuration
        variant.dropout = 0.2
        let model = Encoder(Variant("", variant))
        expectSeeded {
            model.loss(Self.ids, batch: 2, mask: nil, targets: Self.ids, context: &$0)
        }
    }

    /// Each kind of dropout by itself.
    @Test(arguments: ["residual", "attention", "hidden"])
    func encoderDecoder(kind: String) {
        var configuration = EncoderDecoder.Configuration.variants[0].configuration
        configuration.dropout = kind == "residual" ? 0.2 : 0
        configuration.attentionDropout = kind == "attention" ? 0.2 : 0
        configuration.hiddenDropout = kind == "hidden" ? 0.2 : 0
        let model = EncoderDecoder(Variant("", configuration))
        expectSeeded {
            model.loss(
                sources: Self.ids, sourceMask: nil, targetInputs: Self.ids,
                targetOutputs: Self.ids, batch: 2, context: &$0)
        }
    }
}
