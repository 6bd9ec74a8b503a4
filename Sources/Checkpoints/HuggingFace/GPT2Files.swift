internal import AttendModels
internal import AttendTensors
internal import AttendText

/// GPT-2: the layout that our ``GPT`` has too, but for the weights of linear maps, which its `Conv1D` keeps transposed.
enum GPT2Files: HuggingFaceFamily {
    static let modelType = "gpt2"
    static let architecture = "GPT2LMHeadModel"

    static let names = [
        "vocabularySize": "vocab_size", "contextLength": "n_positions", "layerCount": "n_layer",
        "headCount": "n_head", "width": "n_embd", "hiddenWidth": "n_inner",
        "normEpsilon": "layer_norm_epsilon", "dropout": "resid_pdrop",
    ]

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        let width = fields.integer("n_embd")
        let function = fields.choice(
            "activation_function", default: "gelu_new", among: FunctionNames.activations)
        fields.require(
            "scale_attn_weights", true, otherwise: "scores are always divided by √head width")
        fields.require(
            "scale_attn_by_inverse_layer_idx", false,
            otherwise: "all layers scale their scores alike")
        fields.require(
            "add_cross_attention", false, otherwise: "this family is read as a decoder alone")
        fields.require("tie_word_embeddings", true, otherwise: "the head is the embedding's table")
        // Where it computes with more precision than with less, the result is meant to be the same.
        fields.pass(over: [
            "reorder_and_upcast_attn", "n_ctx", "embd_pdrop", "attn_pdrop", "summary_activation",
            "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
        ])
        return .gpt(
            GPT.Configuration(
                vocabularySize: fields.integer("vocab_size"),
                contextLength: fields.integer("n_positions"),
                layerCount: fields.integer("n_layer"),
                headCount: fields.integer("n_head"),
                width: width,
                hiddenWidth: fields.optionalInteger("n_inner"),
                dropout: fields.number("resid_pdrop", default: 0.1),
                activation: function ?? .geluTanh,
                normEpsilon: fields.number("layer_norm_epsilon", default: 1e-5)))
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .gpt(let sizes) = configuration else { return [] }
        let (width, hiddenWidth) = (sizes.width, sizes.hiddenWidth)
        var layout = CheckpointLayout([])
        layout.prefix = "transformer."
        layout.copies = [SharedTensor("lm_head.weight", of: "transformer.wte.weight")]
        // Masks that old versions kept beside the weights.
        layout.ignoredNames = [
            "transformer.h.*.attn.bias", "transformer.h.*.attn.masked_bias",
        ]
        func add(_ name: String, _ shape: [Int], _ arrangement: Arrangement = .same) {
            layout.maps.append(
                TensorMap(name, shape, from: "transformer.\(name)", arrangement: arrangement))
        }
        /// A vector that models without biases have not, and the file has always.
        func addBias(_ name: String, _ size: Int) {
            if sizes.hasBias { return add(name, [size]) }
            layout.constants.append(.init("transformer.\(name)", [size]))
        }
        func addLinear(_ name: String, inputs: Int, outputs: Int) {
            add("\(name).weight", [outputs, inputs], .transposed)
            addBias("\(name).bias", outputs)
        }
        func addNorm(_ name: String) {
            add("\(name).weight", [width])
            addBias("\(name).bias", width)
        }
        add("wte.weight", [sizes.vocabularySize, width])
        add("wpe.weight", [sizes.contextLength, width])
        for layer in 0..<sizes.layerCount {
            addNorm("h.\(layer).ln_1")
            addLinear("h.\(layer).attn.c_attn", inputs: width, outputs: 3 * width)
            addLinear("h.\(layer).attn.c_proj", inputs: width, outputs: width)
            addNorm("h.\(layer).ln_2")
            addLinear("h.\(layer).mlp.c_fc", inputs: width, outputs: hiddenWidth)
            addLinear("h.\(layer).mlp.c_proj", inputs: hiddenWidth, outputs: width)
        }
        addNorm("ln_f")
        return [layout]
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .gpt = configuration else { return nil }
        return []
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .gpt(let sizes) = configuration else { return [] }
        let dropout = JSONValue.number("\(sizes.dropout)")
        return [
            ("vocab_size", .integer(sizes.vocabularySize)),
            ("n_positions", .integer(sizes.contextLength)),
            ("n_layer", .integer(sizes.layerCount)), ("n_head", .integer(sizes.headCount)),
            ("n_embd", .integer(sizes.width)), ("n_inner", .integer(sizes.hiddenWidth)),
            (
                "activation_function",
                .string(FunctionNames.name(of: sizes.activation) ?? sizes.activation.rawValue)
            ),
            ("layer_norm_epsilon", .number("\(sizes.normEpsilon)")),
            ("resid_pdrop", dropout), ("embd_pdrop", dropout), ("attn_pdrop", dropout),
            ("tie_word_embeddings", .bool(true)),
        ]
    }
}
