internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

/// BART and its relatives, which name their tensors alike: Marian and Pegasus.
protocol BARTFamily: HuggingFaceFamily {
    /// Where the norms stand, and with it whether each stack ends with one.
    static var placement: NormPlacement { get }
    /// How places are told apart.
    static var positions: PositionOptions.Kind { get }
    /// Whether norms follow the embeddings.
    static var hasEmbeddingNorm: Bool { get }
    /// Whether files have the sines of places as a table.
    static var writesSines: Bool { get }
    /// How many rows of the tables of places come before the first place's, and are never read.
    static var unreadPlaces: Int { get }
    /// How many tokens there are where a file does not say.
    static var defaultVocabularySize: Int { get }
    /// Which tables are one, by the fields and the tensors.
    static func tying(from fields: inout ConfigurationFields) -> EncoderDecoder.Tying
    /// Which of our tyings the family has a place for.
    static var tyings: [EncoderDecoder.Tying] { get }
}

extension BARTFamily {
    static var isEncoderDecoder: Bool { true }
    static var writesSines: Bool { false }
    static var defaultVocabularySize: Int { 50265 }
    static var tyings: [EncoderDecoder.Tying] { [.all] }

    static func tying(from fields: inout ConfigurationFields) -> EncoderDecoder.Tying {
        fields.require(
            "tie_word_embeddings", true, otherwise: "source, target and head share one table")
        return .all
    }

    static var names: [String: String] {
        [
            "sourceVocabularySize": "vocab_size", "targetVocabularySize": "decoder_vocab_size",
            "contextLength": "max_position_embeddings", "encoderLayerCount": "encoder_layers",
            "decoderLayerCount": "decoder_layers", "headCount": "encoder_attention_heads",
            "decoderHeadCount": "decoder_attention_heads", "width": "d_model",
            "hiddenWidth": "encoder_ffn_dim", "decoderHiddenWidth": "decoder_ffn_dim",
            "attentionDropout": "attention_dropout", "hiddenDropout": "activation_dropout",
        ]
    }

    /// Written into the code there, and in no field.
    private static var normEpsilon: Float { 1e-5 }

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        if let name = fields.texts("architectures")?.first, name != architecture {
            fields.add(
                "architectures names \(name.quoted), which is not implemented; known is \(architecture)"
            )
        }
        let function = fields.choice(
            "activation_function", default: "gelu", among: FunctionNames.activations)
        // What old files say about their training, which transformers does not read either, and what generate() reads.
        fields.pass(over: [
            "add_bias_logits", "add_final_layer_norm", "classif_dropout", "classifier_dropout",
            "encoder_layerdrop", "decoder_layerdrop", "extra_pos_embeddings", "init_std",
            "is_decoder", "normalize_before", "normalize_embedding", "static_position_embeddings",
            "num_hidden_layers", "attention_dropout", "activation_dropout",
            "gradient_checkpointing",
        ])
        let vocabulary = fields.integer("vocab_size", default: defaultVocabularySize)
        let tying = tying(from: &fields)
        let target = fields.optionalInteger("decoder_vocab_size")
        var sizes = EncoderDecoder.Configuration(
            sourceVocabularySize: vocabulary,
            targetVocabularySize: tying.sharesEmbeddings ? vocabulary : target ?? vocabulary,
            contextLength: fields.integer("max_position_embeddings", default: 1024),
            width: fields.integer("d_model", default: 1024),
            headCount: fields.integer("encoder_attention_heads", default: 16),
            hiddenWidth: fields.integer("encoder_ffn_dim", default: 4096),
            encoderLayerCount: fields.integer("encoder_layers", default: 12),
            decoderLayerCount: fields.integer("decoder_layers", default: 12),
            dropout: fields.number("dropout", default: 0.1), tying: tying)
        let heads = fields.integer("decoder_attention_heads", default: 16)
        let hidden = fields.integer("decoder_ffn_dim", default: 4096)
        if heads != sizes.headCount { sizes.decoderHeadCount = heads }
        if hidden != sizes.hiddenWidth { sizes.decoderHiddenWidth = hidden }
        sizes.attentionDropout = fields.number("attention_dropout", default: 0)
        sizes.hiddenDropout = fields.number("activation_dropout", default: 0)
        sizes.hiddenFunction = .activation(function ?? .gelu)
        sizes.normPlacement = placement
        sizes.normEpsilon = normEpsilon
        sizes.positions = PositionOptions(positions)
        sizes.scalesEmbeddings = fields.flag("scale_embedding", default: false)
        if hasEmbeddingNorm { sizes.hasEmbeddingNorm = true }
        // A file without it is taken by transformers for one of zeros.
        if fields.tensorNames.contains("final_logits_bias") { sizes.headHasBias = true }
        return .encoderDecoder(sizes)
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .encoderDecoder(let sizes) = configuration else { return [] }
        let width = sizes.width
        var builder = LayoutBuilder(
            width: width, streamStandsInHalves: positions == .sinusoidal)
        // What the head repeats, where it has no weights of its own.
        var target = "model.decoder.embed_tokens.weight"
        if sizes.tying.sharesEmbeddings {
            builder.table(
                "wte.weight", rows: sizes.sourceVocabularySize, from: "model.shared.weight")
            target = "model.shared.weight"
            builder.layout.copies = ["encoder", "decoder"].map {
                SharedTensor("model.\($0).embed_tokens.weight", of: target)
            }
        } else {
            builder.table(
                "encoder.wte.weight", rows: sizes.sourceVocabularySize,
                from: "model.encoder.embed_tokens.weight")
            builder.table(
                "decoder.wte.weight", rows: sizes.targetVocabularySize,
                from: "model.decoder.embed_tokens.weight")
        }
        for (number, side) in ["encoder", "decoder"].enumerated() {
            let places = "model.\(side).embed_positions.weight"
            if positions == .learned {
                builder.places(
                    "wpe.\(number).weight", sizes.contextLength, after: unreadPlaces, from: places)
            } else if writesSines {
                builder.layout.constants.append(
                    ConstantTensor(places, [sizes.contextLength, width], contents: .sines))
            } else {
                // Sines that some versions wrote out.
                builder.layout.ignoredNames.append(places)
            }
        }
        if hasEmbeddingNorm {
            for (number, side) in ["encoder", "decoder"].enumerated() {
                builder.norm(
                    "ln_emb.\(number)", hasBias: sizes.hasBias,
                    from: "model.\(side).layernorm_embedding")
            }
        }
        addStacks(sizes, to: &builder)
        if sizes.tying.hasOwnHead {
            builder.table(
                "lm_head.weight", rows: sizes.targetVocabularySize, from: "lm_head.weight")
        } else {
            builder.layout.copies.append(SharedTensor("lm_head.weight", of: target))
        }
        let bias = "final_logits_bias"
        if sizes.headHasBias ?? false {
            builder.layout.maps.append(
                TensorMap(
                    "lm_head.bias", [sizes.targetVocabularySize],
                    parts: [
                        TensorPart(
                            bias, [1, sizes.targetVocabularySize],
                            rows: 0..<sizes.targetVocabularySize)
                    ]))
        } else {
            builder.layout.constants.append(.init(bias, [1, sizes.targetVocabularySize]))
        }
        return [builder.layout]
    }

    private static func addStacks(
        _ sizes: EncoderDecoder.Configuration, to builder: inout LayoutBuilder
    ) {
        let (width, hasBias) = (sizes.width, sizes.hasBias)
        for side in ["encoder", "decoder"] {
            let isDecoder = side == "decoder"
            let hidden = isDecoder ? sizes.decoderHiddenWidth : nil
            let hiddenWidth = hidden ?? sizes.hiddenWidth
            for layer in 0..<(isDecoder ? sizes.decoderLayerCount : sizes.encoderLayerCount) {
                let (block, theirs) = ("\(side).h.\(layer)", "model.\(side).layers.\(layer)")
                builder.norm(
                    "\(block).ln_1", hasBias: hasBias, from: "\(theirs).self_attn_layer_norm")
                builder.linear(
                    "\(block).attn.c_attn", outputs: 3 * width, inputs: width, hasBias: hasBias,
                    .reads,
                    from: ["q_proj", "k_proj", "v_proj"].map { "\(theirs).self_attn.\($0)" }
                )
                builder.linear(
                    "\(block).attn.c_proj", outputs: width, inputs: width, hasBias: hasBias,
                    .writes, from: ["\(theirs).self_attn.out_proj"])
                if isDecoder {
                    let attention = "\(theirs).encoder_attn"
                    builder.norm(
                        "\(block).ln_cross_attn", hasBias: hasBias, from: "\(attention)_layer_norm")
                    builder.linear(
                        "\(block).crossattention.q_attn", outputs: width, inputs: width,
                        hasBias: hasBias, .reads, from: ["\(attention).q_proj"])
                    builder.linear(
                        "\(block).crossattention.c_attn", outputs: 2 * width, inputs: width,
                        hasBias: hasBias, .reads,
                        from: ["\(attention).k_proj", "\(attention).v_proj"])
                    builder.linear(
                        "\(block).crossattention.c_proj", outputs: width, inputs: width,
                        hasBias: hasBias, .writes, from: ["\(attention).out_proj"])
                }
                builder.norm(
                    "\(block).ln_2", hasBias: hasBias, from: "\(theirs).final_layer_norm")
                builder.linear(
                    "\(block).mlp.c_fc", outputs: hiddenWidth, inputs: width, hasBias: hasBias,
                    .reads, from: ["\(theirs).fc1"])
                builder.linear(
                    "\(block).mlp.c_proj", outputs: width, inputs: hiddenWidth, hasBias: hasBias,
                    .writes, from: ["\(theirs).fc2"])
            }
            if placement == .pre {
                builder.norm("\(side).ln_f", hasBias: hasBias, from: "model.\(side).layer_norm")
            }
        }
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .encoderDecoder(let sizes) = configuration else { return nil }
        var misfits: [String] = []
        if sizes.normPlacement != placement {
            misfits.append(
                "its normPlacement is \(sizes.normPlacement.rawValue), not \(placement.rawValue)")
        }
        if (sizes.hasFinalNorm ?? (placement == .pre)) != (placement == .pre) {
            misfits.append(
                "its stacks end \(placement == .pre ? "without" : "with") a norm (hasFinalNorm)")
        }
        if sizes.positions.kind != positions {
            misfits.append(
                "its positions.kind is \(sizes.positions.kind.rawValue), not \(positions.rawValue)")
        }
        if (sizes.hasEmbeddingNorm ?? false) != hasEmbeddingNorm {
            misfits.append(
                "it has \(hasEmbeddingNorm ? "no norms" : "norms") after its embeddings (hasEmbeddingNorm is \(!hasEmbeddingNorm))"
            )
        }
        if !tyings.contains(sizes.tying) {
            misfits.append(
                "its tying is \(sizes.tying.rawValue), not \(tyings.map(\.rawValue).joined(separator: " or "))"
            )
        }
        return misfits + sizes.generalMisfits(normEpsilon: normEpsilon)
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        commonFields(of: configuration)
    }

    /// The fields that all relatives have.
    static func commonFields(of configuration: AnyConfiguration) -> [(
        name: String, value: JSONValue
    )] {
        guard case .encoderDecoder(let sizes) = configuration else { return [] }
        var function = ""
        if case .activation(let activation) = sizes.hiddenFunction {
            function = FunctionNames.name(of: activation) ?? ""
        }
        return [
            ("vocab_size", .integer(sizes.sourceVocabularySize)),
            ("max_position_embeddings", .integer(sizes.contextLength)),
            ("encoder_layers", .integer(sizes.encoderLayerCount)),
            ("decoder_layers", .integer(sizes.decoderLayerCount)),
            ("encoder_attention_heads", .integer(sizes.headCount)),
            ("decoder_attention_heads", .integer(sizes.decoderHeadCount ?? sizes.headCount)),
            ("encoder_ffn_dim", .integer(sizes.hiddenWidth)),
            ("decoder_ffn_dim", .integer(sizes.decoderHiddenWidth ?? sizes.hiddenWidth)),
            ("d_model", .integer(sizes.width)), ("activation_function", .string(function)),
            ("dropout", .number("\(sizes.dropout)")),
            ("attention_dropout", .number("\(sizes.attentionDropout)")),
            ("activation_dropout", .number("\(sizes.hiddenDropout)")),
            ("scale_embedding", .bool(sizes.scalesEmbeddings)), ("is_encoder_decoder", .bool(true)),
            ("tie_word_embeddings", .bool(!sizes.tying.hasOwnHead)),
        ]
    }
}

extension EncoderDecoder.Configuration {
    /// What none of BART's relatives has a place for.
    fileprivate func generalMisfits(normEpsilon: Float) -> [String] {
        var misfits: [String] = []
        if keyValueHeadCount != headCount {
            misfits.append("it has fewer key-value heads (keyValueHeadCount) than heads")
        }
        if let headWidth, headWidth * headCount != width {
            misfits.append("its heads are not as wide as its stream together (headWidth)")
        }
        if norm != .layer { misfits.append("its norm is \(norm.rawValue), not layer") }
        if self.normEpsilon != normEpsilon {
            misfits.append("its normEpsilon is \(self.normEpsilon), not \(normEpsilon)")
        }
        switch hiddenFunction {
        case .gate:
            misfits.append(
                "its hiddenFunction is the gate \(hiddenFunction.name), not an activation")
        case .activation(let function):
            if FunctionNames.name(of: function) == nil {
                misfits.append("its hiddenFunction \(function.rawValue) has no name there")
            }
        }
        if attentionScale != nil {
            misfits.append("its scores have a scale of their own (attentionScale is not null)")
        }
        if logitScale != nil { misfits.append("its logits are scaled (logitScale is not null)") }
        return misfits
    }
}
