internal import AttendLayers
internal import AttendModels
internal import AttendText

/// gpt-oss: experts with biases, sinks, and a window in every second layer.
///
/// Its experts are packed, transposed, and their gates and values take turns. The published models keep them in MXFP4,
/// which is not read.
///
/// - Source: OpenAI 2025 (gpt-oss-120b & gpt-oss-20b model card), §2.
enum GPTOSSFiles: HuggingFaceFamily {
    static let modelType = "gpt_oss"
    static let architecture = "GptOssForCausalLM"
    static let names = LlamaFields.names

    private static let sliding = "sliding_attention"
    private static let full = "full_attention"

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        let layerCount = fields.integer("num_hidden_layers")
        let headCount = fields.integer("num_attention_heads")
        var sizes = GPTOSS.Configuration(
            vocabularySize: fields.integer("vocab_size"),
            contextLength: fields.integer("max_position_embeddings"), layerCount: layerCount,
            headCount: headCount,
            keyValueHeadCount: fields.optionalInteger("num_key_value_heads", absent: 8)
                ?? headCount,
            width: fields.integer("hidden_size"),
            headWidth: fields.optionalInteger("head_dim", absent: 64),
            window: fields.integer("sliding_window", default: 128),
            expertCount: fields.integer("num_local_experts"),
            expertsPerToken: fields.integer("num_experts_per_tok", default: 4),
            expertWidth: fields.integer("intermediate_size"))
        sizes.positions = RotaryFields.positions(
            from: &fields, contextLength: sizes.contextLength, base: 150_000)
        sizes.normEpsilon = fields.number("rms_norm_eps", default: 1e-5)
        sizes.experts.balanceCoefficient = fields.number("router_aux_loss_coef", default: 0.001)
        fields.require("attention_bias", true, otherwise: "its attentions have biases")
        fields.require("tie_word_embeddings", false, otherwise: "its head has weights of its own")
        require("swiglu_alpha", 1.702, in: &fields)
        require("swiglu_limit", 7, in: &fields)
        _ = fields.choice("hidden_act", default: "silu", among: [("silu", true)])
        if let kinds = fields.texts("layer_types"), kinds != layerTypes(layerCount) {
            fields.add(
                "layer_types does not begin with \(sliding) and take turns with \(full), as the layers of this "
                    + "family do")
        }
        fields.pass(over: [
            "experts_per_token", "initial_context_length", "rope_scaling_factor",
            "rope_ntk_alpha", "rope_ntk_beta",
        ])
        return .gptOSS(sizes)
    }

    private static func require(
        _ name: String, _ value: Float, in fields: inout ConfigurationFields
    ) {
        let found = fields.number(name, default: value)
        if found != value { fields.add("\(name) is \(found), but only \(value) is implemented") }
    }

    private static func layerTypes(_ count: Int) -> [String] {
        // A file may claim any number of layers; more than are permitted need no names.
        (0..<min(count, 1 << 16)).map { $0 % 2 == 0 ? sliding : full }
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .gptOSS(let sizes) = configuration else { return [] }
        let (width, experts) = (sizes.width, sizes.experts)
        let hidden = experts.hiddenWidth
        return [
            LlamaTensors.layout(
                sizes.stack, vocabularySize: sizes.vocabularySize, tiesHead: false
            ) { tensors, ours, layer in
                let theirs = "\(layer).mlp"
                tensors.add(
                    "\(ours).router.weight", [experts.count, width], "\(theirs).router.weight")
                tensors.add("\(ours).router.bias", [experts.count], "\(theirs).router.bias")
                for number in 0..<experts.count {
                    func add(
                        _ name: String, _ shape: [Int], _ tensor: String, _ arrangement: Arrangement
                    ) {
                        tensors.append(
                            TensorMap(
                                "\(ours).experts.\(number).\(name)", shape,
                                parts: [
                                    TensorPart(
                                        "\(theirs).experts.\(tensor)",
                                        [experts.count]
                                            + (arrangement.isTransposed ? shape.reversed() : shape),
                                        block: number, rows: 0..<shape[0], arrangement: arrangement)
                                ]))
                    }
                    let turns = Arrangement.alternating(2 * hidden)
                    let transposedTurns = Arrangement(
                        isTransposed: true, alternatingGroup: 2 * hidden)
                    add("c_fc.weight", [2 * hidden, width], "gate_up_proj", transposedTurns)
                    add("c_fc.bias", [2 * hidden], "gate_up_proj_bias", turns)
                    add("c_proj.weight", [width, hidden], "down_proj", .transposed)
                    add("c_proj.bias", [width], "down_proj_bias", .same)
                }
            }
        ]
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .gptOSS(let sizes) = configuration else { return nil }
        var misfits = RotaryFields.misfits(of: sizes.positions, headWidth: sizes.headWidth)
        let experts = sizes.experts
        if experts.sharedHiddenWidth > 0 {
            misfits.append("it has a shared expert (experts.sharedHiddenWidth is not 0)")
        }
        if !experts.routerHasBias {
            misfits.append("its router has no bias (experts.routerHasBias is false)")
        }
        if !experts.normalisesWeights {
            misfits.append(
                "the weights of a token's experts do not sum to 1 (experts.normalisesWeights is false)"
            )
        }
        return misfits
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .gptOSS(let sizes) = configuration else { return [] }
        return [
            ("vocab_size", .integer(sizes.vocabularySize)),
            ("max_position_embeddings", .integer(sizes.contextLength)),
            ("num_hidden_layers", .integer(sizes.layerCount)),
            ("num_attention_heads", .integer(sizes.headCount)),
            ("num_key_value_heads", .integer(sizes.keyValueHeadCount)),
            ("hidden_size", .integer(sizes.width)), ("head_dim", .integer(sizes.headWidth)),
            ("intermediate_size", .integer(sizes.experts.hiddenWidth)),
            ("num_local_experts", .integer(sizes.experts.count)),
            ("num_experts_per_tok", .integer(sizes.experts.perToken)),
            ("router_aux_loss_coef", .number("\(sizes.experts.balanceCoefficient)")),
            ("sliding_window", .integer(sizes.window)),
            ("layer_types", .array(layerTypes(sizes.layerCount).map { .string($0) })),
            ("hidden_act", .string("silu")), ("attention_bias", .bool(true)),
            ("rms_norm_eps", .number("\(sizes.normEpsilon)")),
            ("rope_parameters", RotaryFields.value(of: sizes.positions)),
            ("swiglu_alpha", .number("1.702")), ("swiglu_limit", .number("7.0")),
            ("tie_word_embeddings", .bool(false)),
        ]
    }
}
