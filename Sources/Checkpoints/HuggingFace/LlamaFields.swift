internal import AttendLayers
internal import AttendModels
internal import AttendText

/// The fields that `config.json` has for Llama and for the families around it.
enum LlamaFields {
    /// What the files call our sizes, for errors about them.
    static let names = [
        "vocabularySize": "vocab_size", "contextLength": "max_position_embeddings",
        "layerCount": "num_hidden_layers", "headCount": "num_attention_heads",
        "keyValueHeadCount": "num_key_value_heads", "width": "hidden_size", "headWidth": "head_dim",
        "hiddenWidth": "intermediate_size", "normEpsilon": "rms_norm_eps",
        "window": "sliding_window", "experts.count": "num_local_experts",
        "experts.perToken": "num_experts_per_tok", "experts.hiddenWidth": "intermediate_size",
        "positions.rotaryBase": "rope_theta", "positions.rotaryWidth": "head_dim",
        "positions.linearFactor": "rope_parameters.factor",
        "positions.wavelengths.factor": "rope_parameters.factor",
        "positions.yarn.factor": "rope_parameters.factor",
    ]

    /// Fields that say nothing about what a model of these families computes.
    static let fieldsWithoutEffect = ["pretraining_tp", "max_window_layers", "layer_types"]

    /// Reads what all these families have.
    ///
    /// - Parameters:
    ///   - keyValueHeadCount: how many there are where the file is silent; as many as heads where nil.
    ///   - headWidth: the same for the width of a head, which otherwise divides the width.
    static func configuration(
        from fields: inout ConfigurationFields, keyValueHeadCount: Int? = nil,
        headWidth: Int? = nil, normEpsilon: Float = 1e-6, rotaryBase: Float = 10000
    ) -> Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: fields.integer("vocab_size"),
            contextLength: fields.integer("max_position_embeddings"),
            layerCount: fields.integer("num_hidden_layers"),
            headCount: fields.integer("num_attention_heads"),
            keyValueHeadCount: fields.optionalInteger(
                "num_key_value_heads", absent: keyValueHeadCount),
            width: fields.integer("hidden_size"),
            headWidth: fields.optionalInteger("head_dim", absent: headWidth),
            hiddenWidth: fields.integer("intermediate_size"))
        configuration.positions = RotaryFields.positions(
            from: &fields, contextLength: configuration.contextLength, base: rotaryBase)
        configuration.normEpsilon = fields.number("rms_norm_eps", default: normEpsilon)
        configuration.tiesHead = fields.flag("tie_word_embeddings", default: false)
        if let gate = fields.choice(
            "hidden_act", default: "silu", among: FunctionNames.gates)
        {
            configuration.hiddenFunction = .gate(gate)
        }
        return configuration
    }

    /// What of a configuration none of these families has a place for, apart from a latent attention.
    static func misfits(of sizes: Llama.Configuration) -> [String] {
        var misfits = RotaryFields.misfits(of: sizes.positions, headWidth: sizes.headWidth)
        misfits += sizes.commonMisfits
        if function(of: sizes) == nil {
            misfits.append(
                "its hiddenFunction is \(sizes.hiddenFunction.name), no gate that has a name there"
            )
        }
        return misfits
    }

    private static func function(of sizes: Llama.Configuration) -> String? {
        guard case .gate(let gate) = sizes.hiddenFunction else { return nil }
        return FunctionNames.name(of: gate)
    }

    /// The fields that all these families have.
    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        [
            ("vocab_size", .integer(sizes.vocabularySize)),
            ("max_position_embeddings", .integer(sizes.contextLength)),
            ("num_hidden_layers", .integer(sizes.layerCount)),
            ("num_attention_heads", .integer(sizes.headCount)),
            ("num_key_value_heads", .integer(sizes.keyValueHeadCount)),
            ("hidden_size", .integer(sizes.width)), ("head_dim", .integer(sizes.headWidth)),
            ("intermediate_size", .integer(sizes.experts?.hiddenWidth ?? sizes.hiddenWidth)),
            ("hidden_act", .string(function(of: sizes) ?? "")),
            ("rms_norm_eps", .number("\(sizes.normEpsilon)")),
            ("rope_parameters", RotaryFields.value(of: sizes.positions)),
            ("tie_word_embeddings", .bool(sizes.tiesHead)),
        ]
    }
}
