internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

/// T5: RMSNorm before the layers, relative positions in buckets, scores without a scale, no biases.
///
/// The first version has a rectified network, and the head is the table of tokens, whose logits are divided by √width; 1.1
/// has a gate and a head of its own.
///
/// - Source: Raffel et al. 2020; 1.1: Shazeer 2020 and the authors' notes.
enum T5Files: HuggingFaceFamily {
    static let modelType = "t5"
    static let architecture = "T5ForConditionalGeneration"
    static let isEncoderDecoder = true
    /// The longest sequence that is taken: relative positions have no end of their own.
    private static let contextLength = 2048

    static let names = [
        "sourceVocabularySize": "vocab_size", "targetVocabularySize": "vocab_size",
        "encoderLayerCount": "num_layers", "decoderLayerCount": "num_decoder_layers",
        "headCount": "num_heads", "headWidth": "d_kv", "width": "d_model", "hiddenWidth": "d_ff",
        "normEpsilon": "layer_norm_epsilon", "dropout": "dropout_rate",
        "positions.bucketCount": "relative_attention_num_buckets",
        "positions.maximumDistance": "relative_attention_max_distance",
    ]

    private static let gates: [(String, Gate)] = [
        ("gelu_new", .geluTanh), ("gelu_pytorch_tanh", .geluTanh), ("gelu", .gelu), ("silu", .silu),
        ("swish", .silu), ("relu", .relu), ("sigmoid", .sigmoid),
    ]

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        if let name = fields.texts("architectures")?.first,
            name != architecture && name != "T5WithLMHeadModel"
        {
            fields.add(
                "architectures names \(name.quoted), which is not implemented; known is \(architecture)"
            )
        }
        let function = function(from: &fields)
        let layerCount = fields.integer("num_layers", default: 6)
        let vocabulary = fields.integer("vocab_size", default: 32128)
        // A head of its own is told by its tensor: newer files say of all that they are tied.
        let hasOwnHead = fields.tensorNames.contains("lm_head.weight")
        let isTied = fields.flag("tie_word_embeddings", default: true)
        let isScaled = fields.flag("scale_decoder_outputs", default: isTied)
        fields.pass(over: [
            "classifier_dropout", "initializer_factor", "is_decoder", "is_gated_act", "n_positions",
        ])
        var sizes = EncoderDecoder.Configuration(
            sourceVocabularySize: vocabulary, targetVocabularySize: vocabulary,
            contextLength: contextLength, width: fields.integer("d_model", default: 512),
            headCount: fields.integer("num_heads", default: 8),
            hiddenWidth: fields.integer("d_ff", default: 2048), encoderLayerCount: layerCount,
            decoderLayerCount: fields.integer("num_decoder_layers", default: layerCount),
            dropout: fields.number("dropout_rate", default: 0.1),
            tying: hasOwnHead ? .sourceAndTarget : .all)
        sizes.headWidth = fields.integer("d_kv", default: 64)
        sizes.attentionDropout = sizes.dropout
        sizes.hiddenDropout = sizes.dropout
        sizes.hiddenFunction = function
        sizes.norm = .rms
        sizes.normPlacement = .pre
        sizes.normEpsilon = fields.number("layer_norm_epsilon", default: 1e-6)
        sizes.hasBias = false
        sizes.scalesEmbeddings = false
        sizes.attentionScale = 1
        if isScaled, sizes.width > 0 { sizes.logitScale = scale(width: sizes.width) }
        sizes.positions = PositionOptions(
            .relativeBuckets,
            bucketCount: fields.integer("relative_attention_num_buckets", default: 32),
            maximumDistance: fields.integer("relative_attention_max_distance", default: 128))
        return .encoderDecoder(sizes)
    }

    /// What the logits of a tied head are multiplied by.
    private static func scale(width: Int) -> Float { 1 / Float(width).squareRoot() }

    /// `gated-gelu` means the tanh form; otherwise the word after `gated-` is a function's name.
    private static func function(from fields: inout ConfigurationFields) -> HiddenFunction {
        let word = fields.text("feed_forward_proj", default: "relu")
        let isGated = word.hasPrefix("gated-")
        let plain = word == "gated-gelu" ? "gelu_new" : isGated ? String(word.dropFirst(6)) : word
        if isGated {
            let gate = fields.choice("dense_act_fn", default: plain, among: gates)
            return .gate(gate ?? .geluTanh)
        }
        let activation = fields.choice(
            "dense_act_fn", default: plain, among: FunctionNames.activations)
        return .activation(activation ?? .relu)
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .encoderDecoder(let sizes) = configuration else { return [] }
        let heads = sizes.headCount * (sizes.headWidth ?? sizes.width / max(sizes.headCount, 1))
        var builder = LayoutBuilder(width: sizes.width)
        builder.table("wte.weight", rows: sizes.sourceVocabularySize, from: "shared.weight")
        for side in ["encoder", "decoder"] {
            let isDecoder = side == "decoder"
            for layer in 0..<(isDecoder ? sizes.decoderLayerCount : sizes.encoderLayerCount) {
                addBlock(
                    "\(side).h.\(layer)", "\(side).block.\(layer).layer", isDecoder: isDecoder,
                    sizes, heads, to: &builder)
            }
            builder.same(
                "\(side).relative_attention_bias.weight",
                [sizes.positions.bucketCount, sizes.headCount],
                from: "\(side).block.0.layer.0.SelfAttention.relative_attention_bias.weight")
            builder.same(
                "\(side).ln_f.weight", [sizes.width], from: "\(side).final_layer_norm.weight")
        }
        if sizes.tying.hasOwnHead {
            builder.table(
                "lm_head.weight", rows: sizes.targetVocabularySize, from: "lm_head.weight")
        }
        builder.layout.copies = ["encoder", "decoder"].map {
            SharedTensor("\($0).embed_tokens.weight", of: "shared.weight")
        }
        builder.layout.ignoredNames = [
            // Left over in the first files, whose cross-attention has no positions.
            "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"
        ]
        return [builder.layout]
    }

    private static func addBlock(
        _ block: String, _ theirs: String, isDecoder: Bool, _ sizes: EncoderDecoder.Configuration,
        _ heads: Int, to builder: inout LayoutBuilder
    ) {
        let width = sizes.width
        func linear(
            _ name: String, _ outputs: Int, _ inputs: Int, _ part: String, _ tensors: [String]
        ) {
            builder.linear(
                "\(block).\(name)", outputs: outputs, inputs: inputs, hasBias: nil, .none,
                from: tensors.map { "\(theirs).\(part).\($0)" })
        }
        func norm(_ name: String, _ number: Int) {
            builder.same(
                "\(block).\(name).weight", [width], from: "\(theirs).\(number).layer_norm.weight")
        }
        norm("ln_1", 0)
        linear("attn.c_attn", 3 * heads, width, "0.SelfAttention", ["q", "k", "v"])
        linear("attn.c_proj", width, heads, "0.SelfAttention", ["o"])
        if isDecoder {
            norm("ln_cross_attn", 1)
            linear("crossattention.q_attn", heads, width, "1.EncDecAttention", ["q"])
            linear("crossattention.c_attn", 2 * heads, width, "1.EncDecAttention", ["k", "v"])
            linear("crossattention.c_proj", width, heads, "1.EncDecAttention", ["o"])
        }
        let last = isDecoder ? 2 : 1
        norm("ln_2", last)
        let isGated = sizes.hiddenFunction.isGated
        linear(
            "mlp.c_fc", isGated ? 2 * sizes.hiddenWidth : sizes.hiddenWidth, width,
            "\(last).DenseReluDense", isGated ? ["wi_0", "wi_1"] : ["wi"])
        linear("mlp.c_proj", width, sizes.hiddenWidth, "\(last).DenseReluDense", ["wo"])
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .encoderDecoder(let sizes) = configuration else { return nil }
        var misfits: [String] = []
        func check(_ fits: Bool, _ misfit: String) {
            if !fits { misfits.append(misfit) }
        }
        check(sizes.norm == .rms, "its norm is \(sizes.norm.rawValue), not rms")
        check(sizes.normPlacement == .pre, "its normPlacement is post, not pre")
        check(sizes.hasFinalNorm ?? true, "its stacks end without a norm (hasFinalNorm)")
        check(!sizes.hasBias, "its maps have biases (hasBias)")
        check(
            sizes.positions.kind == .relativeBuckets,
            "its positions.kind is \(sizes.positions.kind.rawValue), not relativeBuckets")
        check(!sizes.scalesEmbeddings, "its embeddings are scaled (scalesEmbeddings)")
        check(sizes.attentionScale == 1, "its scores are scaled (attentionScale)")
        check(sizes.tying.sharesEmbeddings, "its tying is \(sizes.tying.rawValue)")
        check(
            !(sizes.hasEmbeddingNorm ?? false),
            "norms follow its embeddings (hasEmbeddingNorm is true)")
        check(!(sizes.headHasBias ?? false), "its head has a bias (headHasBias is true)")
        check(
            sizes.logitScale.map { $0 == scale(width: sizes.width) } ?? true,
            "its logitScale is not 1 / √width")
        check(
            sizes.keyValueHeadCount == sizes.headCount && sizes.decoderHeadCount == nil,
            "its headCount, keyValueHeadCount and decoderHeadCount differ")
        check(sizes.decoderHiddenWidth == nil, "its hiddenWidth and decoderHiddenWidth differ")
        check(
            functionName(of: sizes) != nil,
            "its hiddenFunction \(sizes.hiddenFunction.name) has no name there")
        return misfits
    }

    private static func functionName(of sizes: EncoderDecoder.Configuration) -> String? {
        switch sizes.hiddenFunction {
        case .activation(let function): FunctionNames.name(of: function)
        case .gate(let gate): gates.first { $0.1 == gate }?.0
        }
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .encoderDecoder(let sizes) = configuration else { return [] }
        let name = functionName(of: sizes) ?? ""
        let isGated = sizes.hiddenFunction.isGated
        // The word for the tanh form, and only it, is not the function's own name.
        let word = isGated ? (name == "gelu_new" ? "gated-gelu" : "gated-\(name)") : name
        let headWidth = sizes.headWidth ?? sizes.width / max(sizes.headCount, 1)
        return [
            ("vocab_size", .integer(sizes.sourceVocabularySize)),
            ("d_model", .integer(sizes.width)),
            ("d_kv", .integer(headWidth)), ("d_ff", .integer(sizes.hiddenWidth)),
            ("num_layers", .integer(sizes.encoderLayerCount)),
            ("num_decoder_layers", .integer(sizes.decoderLayerCount)),
            ("num_heads", .integer(sizes.headCount)), ("dropout_rate", .number("\(sizes.dropout)")),
            ("relative_attention_num_buckets", .integer(sizes.positions.bucketCount)),
            ("relative_attention_max_distance", .integer(sizes.positions.maximumDistance)),
            ("layer_norm_epsilon", .number("\(sizes.normEpsilon)")),
            ("feed_forward_proj", .string(word)),
            ("dense_act_fn", .string(name)), ("is_gated_act", .bool(isGated)),
            ("is_encoder_decoder", .bool(true)),
            ("tie_word_embeddings", .bool(!sizes.tying.hasOwnHead)),
            ("scale_decoder_outputs", .bool(sizes.logitScale != nil)),
        ]
    }
}
