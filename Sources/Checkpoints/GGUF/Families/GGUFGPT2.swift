internal import AttendModels
internal import AttendTensors

/// GPT-2: the layout that our ``GPT`` has too, with biases everywhere, of which those that ours lacks are written as zeros.
enum GGUFGPT2: GGUFFamily {
    static let architecture = "gpt2"

    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration {
        let tokens = try file.shape(of: "token_embd.weight")
        var configuration = GPT.Configuration(
            vocabularySize: tokens.first ?? 0,
            contextLength: try fields.integer("context_length"),
            layerCount: try fields.integer("block_count"),
            headCount: try fields.integer("attention.head_count"),
            width: try fields.integer("embedding_length"),
            hiddenWidth: try fields.integer("feed_forward_length"))
        configuration.normEpsilon = try fields.fraction("attention.layer_norm_epsilon")
        let keyCount = try fields.optionalInteger("attention.head_count_kv")
        guard keyCount ?? configuration.headCount == configuration.headCount else {
            throw fields.unsupported(
                "attention.head_count_kv", "differs from the count of heads, which GPT-2 has not")
        }
        try checkHead(of: file)
        return .gpt(configuration)
    }

    /// The head is the table of tokens; a file that has it twice must have the same numbers twice.
    private static func checkHead(of file: GGUFFile) throws {
        guard file.contains("output.weight") else { return }
        let names = ["output.weight", "token_embd.weight"]
        let entries = try names.map { try file.entry($0) }
        if entries[0].type == entries[1].type, try file.haveEqualBytes(names[0], names[1]) {
            return
        }
        throw CheckpointError(
            .unsupported, path: file.path,
            "has an output.weight that is not token_embd.weight; GPT-2's head is its table of tokens"
        )
    }

    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout {
        var layout = CheckpointLayout([])
        guard case .gpt(let sizes) = configuration else { return layout }
        let (width, hiddenWidth) = (sizes.width, sizes.hiddenWidth)
        // Each may be quantised in its own way, which at four bits changes a tenth.
        layout.copies = [
            SharedTensor("output.weight", of: "token_embd.weight", tolerance: 0.2)
        ]
        func add(_ name: String, _ shape: [Int], _ theirs: String) {
            layout.maps.append(TensorMap(name, shape, from: theirs))
        }
        func addBias(_ name: String, _ size: Int, _ theirs: String) {
            if sizes.hasBias { return add("\(name).bias", [size], "\(theirs).bias") }
            layout.constants.append(.init("\(theirs).bias", [size]))
        }
        func addLinear(_ name: String, _ outputs: Int, _ inputs: Int, _ theirs: String) {
            add("\(name).weight", [outputs, inputs], "\(theirs).weight")
            addBias(name, outputs, theirs)
        }
        func addNorm(_ name: String, _ theirs: String) {
            add("\(name).weight", [width], "\(theirs).weight")
            addBias(name, width, theirs)
        }
        add("wte.weight", [sizes.vocabularySize, width], "token_embd.weight")
        add("wpe.weight", [sizes.contextLength, width], "position_embd.weight")
        for layer in 0..<sizes.layerCount {
            let (ours, theirs) = ("h.\(layer)", "blk.\(layer)")
            addNorm("\(ours).ln_1", "\(theirs).attn_norm")
            addLinear("\(ours).attn.c_attn", 3 * width, width, "\(theirs).attn_qkv")
            addLinear("\(ours).attn.c_proj", width, width, "\(theirs).attn_output")
            addNorm("\(ours).ln_2", "\(theirs).ffn_norm")
            addLinear("\(ours).mlp.c_fc", hiddenWidth, width, "\(theirs).ffn_up")
            addLinear("\(ours).mlp.c_proj", width, hiddenWidth, "\(theirs).ffn_down")
        }
        addNorm("ln_f", "output_norm")
        return layout
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .gpt(let sizes) = configuration else { return nil }
        return sizes.activation == .geluTanh
            ? []
            : [
                "its activation is \(sizes.activation.rawValue), not \(Activation.geluTanh.rawValue)"
            ]
    }

    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)] {
        guard case .gpt(let sizes) = configuration else { return [] }
        return [
            ("block_count", .size(sizes.layerCount)),
            ("context_length", .size(sizes.contextLength)),
            ("embedding_length", .size(sizes.width)),
            ("feed_forward_length", .size(sizes.hiddenWidth)),
            ("attention.head_count", .size(sizes.headCount)),
            ("attention.layer_norm_epsilon", .float32(sizes.normEpsilon)),
            ("vocab_size", .size(sizes.vocabularySize)),
        ]
    }
}
