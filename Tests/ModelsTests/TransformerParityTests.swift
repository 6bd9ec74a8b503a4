import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// What PyTorch's own Transformer makes of the same weights and inputs.
@Suite struct TransformerParityTests {
    /// nn.TransformerEncoderLayer and nn.TransformerDecoderLayer.
    @Test(arguments: ["encoder", "decoder"], ["post", "pre"])
    func layers(side: String, placement: String) throws {
        let recording = try Recording("torch-\(side)-layer-\(placement)")
        var options = StackOptions(
            layerCount: 1, width: try recording.integer("d_model"),
            headCount: try recording.integer("nhead"),
            hiddenWidth: try recording.integer("dim_feedforward"))
        options.function = .activation(
            try #require(Activation(rawValue: recording.word("activation"))))
        options.placement = try recording.flag("norm_first") ? .pre : .post
        options.hasFinalNorm = false
        options.isCausal = side == "decoder"
        options.crossAttends = side == "decoder"
        try recording.expectParity(options)
    }

    static let models = ["transformer-post", "transformer-pre", "transformer-plain"]

    private func model(_ recording: Recording) throws -> EncoderDecoder {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: try recording.integer("source_vocabulary"),
            targetVocabularySize: try recording.integer("target_vocabulary"),
            contextLength: try recording.integer("context"),
            width: try recording.integer("d_model"), headCount: try recording.integer("nhead"),
            hiddenWidth: try recording.integer("dim_feedforward"),
            encoderLayerCount: try recording.integer("encoder_layers"),
            decoderLayerCount: try recording.integer("decoder_layers"), dropout: 0,
            tying: try #require(EncoderDecoder.Tying(rawValue: recording.word("tying"))))
        configuration.hiddenFunction = .activation(
            try #require(Activation(rawValue: recording.word("activation"))))
        configuration.normPlacement = try recording.flag("norm_first") ? .pre : .post
        configuration.hasFinalNorm = try recording.flag("final_norms")
        configuration.hasBias = try recording.flag("bias")
        configuration.positions.kind = try #require(
            PositionOptions.Kind(rawValue: recording.word("positions")))
        configuration.scalesEmbeddings = try recording.flag("scale_embeddings")
        var random = RandomSource(seed: 1)
        return try recording.loaded(EncoderDecoder(configuration, random: &random))
    }

    /// nn.Transformer with embeddings, positions and a head.
    @Test(arguments: models)
    func encoderDecoderIsThatOfPyTorch(name: String) throws {
        let recording = try Recording(name)
        try recording.expectEncoderDecoderParity(
            model(recording), smoothing: Float(recording.number("smoothing")))
    }
}

extension Recording {
    func expectEncoderDecoderParity(_ model: EncoderDecoder, smoothing: Float) throws {
        let (sources, mask) = try (integers("sources"), tensor("sourceMask"))
        let (inputs, outputs) = try (integers("targetInputs"), integers("targetOutputs"))
        let batch = try batch
        try expect(
            model.logits(sources: sources, targets: inputs, batch: batch, sourceMask: mask),
            is: "logits")
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(
                sources: sources, sourceMask: mask, targetInputs: inputs, targetOutputs: outputs,
                batch: batch, smoothing: smoothing, context: &context)
        }
        #expect(try abs(loss - tensor("loss").item()) <= 1e-4, "\(name)")
        try expect(gradients, of: model)
    }
}
