internal import AttendLayers
internal import AttendModels
internal import AttendText

/// DeepSeek 3 without experts: Llama with a latent attention, whose keys and values come of one narrow vector a token.
///
/// Read and written is what our latent attention is: queries come straight from the stream, values are as wide as queries,
/// and every layer has one network for all tokens. The models that DeepSeek published are more than that, and are refused
/// by the names of the fields.
///
/// - Source: DeepSeek-AI 2024, §2.1.
enum DeepSeekFiles: LlamaFamily {
    static let modelType = "deepseek_v3"
    static let architecture = "DeepseekV3ForCausalLM"
    /// Of the norm of the latent vector: written into the code there, and in no field.
    private static let latentEpsilon: Float = 1e-6

    static let names = LlamaFields.names.merging([
        "headWidth": "qk_nope_head_dim + qk_rope_head_dim", "latent.rank": "kv_lora_rank",
        "latent.rotaryWidth": "qk_rope_head_dim",
    ]) { $1 }

    /// What only layers with experts depend on.
    private static let expertFields = [
        "moe_intermediate_size", "n_group", "n_routed_experts", "n_shared_experts",
        "norm_topk_prob", "num_experts_per_tok", "num_local_experts", "routed_scaling_factor",
        "topk_group", "topk_method", "scoring_func", "moe_layer_freq", "aux_loss_alpha", "seq_aux",
        "ep_size", "router_aux_loss_coef",
    ]

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(from: &fields)
        let still = fields.integer("qk_nope_head_dim", default: 128)
        let turning = fields.integer("qk_rope_head_dim", default: 64)
        let valueWidth = fields.integer("v_head_dim", default: 128)
        sizes.headWidth = still + turning
        sizes.keyValueHeadCount = sizes.headCount
        sizes.latent = LatentOptions(
            rank: fields.integer("kv_lora_rank", default: 512), rotaryWidth: turning)
        sizes.positions.rotaryInterleaves = fields.flag("rope_interleave", default: true)
        if fields.optionalInteger("q_lora_rank", absent: 1536) != nil {
            fields.add(
                "q_lora_rank is not null, but queries without a latent of their own are needed")
        }
        if valueWidth != sizes.headWidth {
            fields.add(
                "v_head_dim is \(valueWidth), but must be qk_nope_head_dim + qk_rope_head_dim, \(sizes.headWidth)"
            )
        }
        let plain = fields.integer("first_k_dense_replace", default: 3)
        if plain < sizes.layerCount {
            fields.add(
                "first_k_dense_replace is \(plain), so that later layers have experts, which is not implemented"
            )
        }
        if sizes.positions.yarn != nil {
            fields.add("rope_parameters has the rope_type yarn, which is not implemented here")
        }
        if sizes.normEpsilon != latentEpsilon {
            fields.add("rms_norm_eps is \(sizes.normEpsilon), but must be \(latentEpsilon)")
        }
        fields.require("attention_bias", false, otherwise: "a latent attention has no biases")
        fields.pass(over: LlamaFields.fieldsWithoutEffect + expertFields)
        fields.pass(over: ["qk_head_dim", "num_nextn_predict_layers", "num_mtp_layers"])
        return sizes
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        var plain = sizes
        plain.positions.rotaryInterleaves = false
        var misfits = LlamaFields.misfits(of: plain)
        if sizes.latent == nil { misfits.append("its attention is not latent (latent is null)") }
        misfits += sizes.expertMisfits + sizes.queryNormMisfits + sizes.biasMisfits
        if sizes.window != nil { misfits.append("its attention has a window (window is not null)") }
        if sizes.positions.yarn != nil {
            misfits.append("its angles are stretched by YaRN (positions.yarn is not null)")
        }
        if sizes.normEpsilon != latentEpsilon {
            misfits.append("its normEpsilon is \(sizes.normEpsilon), not \(latentEpsilon)")
        }
        return misfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        guard let latent = sizes.latent else { return [] }
        // What turns is a head there.
        return LlamaFields.fields(of: sizes).filter { $0.name != "head_dim" } + [
            ("head_dim", .integer(latent.rotaryWidth)),
            ("qk_nope_head_dim", .integer(sizes.headWidth - latent.rotaryWidth)),
            ("qk_rope_head_dim", .integer(latent.rotaryWidth)),
            ("v_head_dim", .integer(sizes.headWidth)), ("kv_lora_rank", .integer(latent.rank)),
            ("q_lora_rank", .null), ("first_k_dense_replace", .integer(sizes.layerCount)),
            ("rope_interleave", .bool(sizes.positions.rotaryInterleaves)),
            ("num_nextn_predict_layers", .integer(0)), ("attention_bias", .bool(false)),
        ]
    }
}
