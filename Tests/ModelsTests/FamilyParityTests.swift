import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// What Hugging Face's models of each family make of the same weights and the same tokens.
@Suite struct FamilyParityTests {
    /// The families that are variants of Llama, and what each adds to it.
    static let llamas = [
        "llama", "llama-yarn", "mistral", "qwen2", "qwen3", "stablelm", "mixtral", "deepseek",
        "deepseek-experts",
    ]

    private static func configuration(_ recording: Recording) throws -> Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: try recording.integer("vocab_size"),
            contextLength: try recording.integer("max_position_embeddings"),
            layerCount: try recording.integer("num_hidden_layers"),
            headCount: try recording.integer("num_attention_heads"),
            keyValueHeadCount: try recording.integer("num_key_value_heads"),
            width: try recording.integer("hidden_size"),
            headWidth: recording.optionalInteger("head_dim"),
            hiddenWidth: try recording.integer("intermediate_size"))
        configuration.normEpsilon = Float(try recording.number("rms_norm_eps"))
        switch recording.name {
        case "llama-yarn":
            configuration.tiesHead = true
            configuration.positions.rotaryBase = 50
            configuration.positions.yarn = YaRN(
                factor: 4, originalContextLength: 64, betaFast: 8)
        case "mistral": configuration.window = try recording.integer("sliding_window")
        case "qwen2": configuration.attentionHasBias = true
        case "qwen3":
            configuration.normalisesQueriesAndKeys = true
            configuration.positions.rotaryBase = 1e6
        case "stablelm":
            configuration.norm = .layer
            configuration.attentionHasBias = true
            configuration.positions.rotaryWidth = configuration.headWidth / 2
        case "mixtral":
            configuration.experts = ExpertOptions(
                count: try recording.integer("num_local_experts"),
                perToken: try recording.integer("num_experts_per_tok"),
                hiddenWidth: configuration.hiddenWidth)
        case "deepseek", "deepseek-experts":
            configuration.headWidth = try recording.integer("v_head_dim")
            configuration.latent = LatentOptions(
                rank: try recording.integer("kv_lora_rank"),
                rotaryWidth: try recording.integer("qk_rope_head_dim"))
            configuration.positions.rotaryInterleaves = true
            if recording.name == "deepseek" { break }
            let expertWidth = try recording.integer("moe_intermediate_size")
            configuration.experts = ExpertOptions(
                count: try recording.integer("n_routed_experts"),
                perToken: try recording.integer("num_experts_per_tok"), hiddenWidth: expertWidth,
                sharedHiddenWidth: try recording.integer("n_shared_experts") * expertWidth,
                normalisesWeights: false)
        default: break
        }
        try configuration.validate()
        return configuration
    }

    @Test(arguments: llamas)
    func llama(name: String) throws {
        let recording = try Recording(name)
        var random = RandomSource(seed: 1)
        try expectParity(Llama(Self.configuration(recording), random: &random), recording)
    }

    @Test func gptOSS() throws {
        let recording = try Recording("gpt-oss")
        var configuration = GPTOSS.Configuration(
            vocabularySize: try recording.integer("vocab_size"),
            contextLength: try recording.integer("max_position_embeddings"),
            layerCount: try recording.integer("num_hidden_layers"),
            headCount: try recording.integer("num_attention_heads"),
            keyValueHeadCount: try recording.integer("num_key_value_heads"),
            width: try recording.integer("hidden_size"),
            headWidth: try recording.integer("head_dim"),
            window: try recording.integer("sliding_window"),
            expertCount: try recording.integer("num_local_experts"),
            expertsPerToken: try recording.integer("num_experts_per_tok"),
            expertWidth: try recording.integer("intermediate_size"))
        configuration.positions.rotaryBase = 50
        configuration.positions.yarn = YaRN(
            factor: 4, originalContextLength: 64, betaFast: 8, truncatesBorders: false)
        configuration.normEpsilon = Float(try recording.number("rms_norm_eps"))
        try configuration.validate()
        var random = RandomSource(seed: 1)
        try expectParity(GPTOSS(configuration, random: &random), recording)
    }

    /// Logits with padding hidden, and the loss and its gradients, which padding behind a sequence cannot reach.
    private func expectParity(_ fresh: some CausalLanguageModel, _ recording: Recording) throws {
        let model = try recording.loaded(fresh)
        let (ids, targets) = try (recording.integers("ids"), recording.integers("targets"))
        let batch = try recording.batch
        try recording.expect(
            model.logits(ids, batch: batch, keyMask: recording.tensor("mask")), is: "logits")
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(inputs: ids, targets: targets, batch: batch, context: &context)
        }
        #expect(try abs(loss - recording.tensor("loss").item()) <= 1e-4)
        try recording.expect(gradients, of: model)
    }

    /// ALiBi, as BLOOM's blocks have it.
    @Test func bloom() throws {
        let recording = try Recording("bloom")
        let width = try recording.integer("hidden_size")
        var options = StackOptions(
            layerCount: try recording.integer("n_layer"), width: width,
            headCount: try recording.integer("n_head"), hiddenWidth: 4 * width)
        options.function = .activation(.geluTanh)
        options.isCausal = true
        options.positions = PositionOptions(.alibi)
        try recording.expectParity(options)
    }

    /// Relative positions in buckets, unscaled scores and RMSNorm on both sides.
    @Test func t5() throws {
        let recording = try Recording("t5")
        let vocabulary = try recording.integer("vocab_size")
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: vocabulary, targetVocabularySize: vocabulary, contextLength: 16,
            width: try recording.integer("d_model"), headCount: try recording.integer("num_heads"),
            hiddenWidth: try recording.integer("d_ff"),
            encoderLayerCount: try recording.integer("num_layers"),
            decoderLayerCount: try recording.integer("num_layers"), dropout: 0, tying: .none)
        configuration.norm = .rms
        configuration.normPlacement = .pre
        configuration.normEpsilon = Float(try recording.number("layer_norm_epsilon"))
        configuration.hasBias = false
        configuration.scalesEmbeddings = false
        configuration.attentionScale = 1
        configuration.positions = PositionOptions(
            .relativeBuckets, bucketCount: try recording.integer("relative_attention_num_buckets"),
            maximumDistance: try recording.integer("relative_attention_max_distance"))
        try configuration.validate()
        var random = RandomSource(seed: 1)
        try recording.expectEncoderDecoderParity(
            recording.loaded(EncoderDecoder(configuration, random: &random)), smoothing: 0)
    }

    /// The bucket of every distance up to 300, in both directions.
    @Test(arguments: [true, false])
    func t5Buckets(isBidirectional: Bool) throws {
        let wanted = try Recording("t5").integers(
            isBidirectional ? "buckets.bidirectional" : "buckets.causal")
        let reach = wanted.count / 2
        var random = RandomSource(seed: 1)
        var bias = RelativePositionBias(
            PositionOptions(.relativeBuckets), headCount: 1, isBidirectional: isBidirectional,
            random: &random)
        bias.weight.tensor = Tensor((0..<32).map { Float($0) }, shape: [32, 1])
        // Row q, column k: the bucket of the distance k − q.
        let found = bias(queryCount: reach + 1, keyCount: reach + 1).elements.map { Int32($0) }
        for distance in 0...reach {
            #expect(found[distance] == wanted[reach + distance], "\(distance)")
            #expect(found[distance * (reach + 1)] == wanted[reach - distance], "\(-distance)")
        }
    }

    private func encoderConfiguration(_ recording: Recording) throws -> Encoder.Configuration {
        var configuration = Encoder.Configuration(
            vocabularySize: try recording.integer("vocab_size"),
            contextLength: try recording.integer("max_position_embeddings"),
            layerCount: try recording.integer("num_hidden_layers"),
            headCount: try recording.integer("num_attention_heads"),
            width: try recording.integer("hidden_size"),
            hiddenWidth: try recording.integer("intermediate_size"))
        configuration.segmentCount = try recording.integer("type_vocab_size")
        configuration.normEpsilon = Float(try recording.number("layer_norm_eps"))
        return configuration
    }

    @Test func maskedLanguageModel() throws {
        let recording = try Recording("bert-masked-lm")
        var random = RandomSource(seed: 1)
        let model = try recording.loaded(
            Encoder(encoderConfiguration(recording), random: &random))
        let (ids, mask) = try (recording.integers("ids"), recording.tensor("mask"))
        let (targets, batch) = try (recording.integers("targets"), recording.batch)
        try recording.expect(model.logits(ids, batch: batch, mask: mask), is: "logits")
        try recording.expect(
            model.logits(
                ids, batch: batch, mask: mask, segments: recording.integers("segments")),
            is: "segmentLogits")
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(ids, batch: batch, mask: mask, targets: targets, context: &context)
        }
        #expect(try abs(loss - recording.tensor("loss").item()) <= 1e-4)
        try recording.expect(gradients, of: model)
    }

    @Test func sequenceClassifier() throws {
        let recording = try Recording("bert-classifier")
        var configuration = SequenceClassifier.Configuration(
            encoder: try encoderConfiguration(recording), classes: ["a", "b", "c"])
        configuration.pooling = .first
        var random = RandomSource(seed: 1)
        let model = try recording.loaded(SequenceClassifier(configuration, random: &random))
        let (ids, mask) = try (recording.integers("ids"), recording.tensor("mask"))
        let (labels, batch) = try (recording.integers("labels"), recording.batch)
        var context = Context()
        try recording.expect(
            model.logits(ids, batch: batch, mask: mask, context: &context), is: "logits")
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(ids, batch: batch, mask: mask, labels: labels, context: &context)
        }
        #expect(try abs(loss - recording.tensor("loss").item()) <= 1e-4)
        try recording.expect(gradients, of: model)
    }
}
