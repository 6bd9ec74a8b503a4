internal import AttendLayers
internal import AttendModels
internal import AttendText
internal import AttendTensors

/// DistilBERT: BERT without segments and without a pooler; its classifiers have a rectified one.
///
/// - Source: Sanh et al. 2019.
enum DistilBERTFiles: HuggingFaceFamily {
    static let modelType = "distilbert"
    static let architecture = "DistilBertForMaskedLM"
    /// Written into the code there, and in no field.
    private static let normEpsilon: Float = 1e-12

    static let names = [
        "vocabularySize": "vocab_size", "contextLength": "max_position_embeddings",
        "layerCount": "n_layers", "headCount": "n_heads", "width": "dim",
        "hiddenWidth": "hidden_dim",
    ]

    static func architecture(of configuration: AnyConfiguration) -> String {
        EncoderHead(of: configuration)?.className(of: "DistilBert") ?? architecture
    }

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        let head = EncoderHead(
            from: &fields, family: "DistilBert", maskedTensor: "vocab_projector.bias")
        let function = fields.choice(
            "activation", default: "gelu", among: FunctionNames.activations)
        fields.require("tie_word_embeddings", true, otherwise: "the head is the embedding's table")
        // The sines that a model began with stand in its table like learned positions.
        fields.pass(over: [
            "sinusoidal_pos_embds", "qa_dropout", "seq_classif_dropout", "tie_weights_",
        ])
        var sizes = BERT.Configuration(
            vocabularySize: fields.integer("vocab_size", default: 30522),
            contextLength: fields.integer("max_position_embeddings", default: 512),
            layerCount: fields.integer("n_layers", default: 6),
            headCount: fields.integer("n_heads", default: 12),
            width: fields.integer("dim", default: 768),
            hiddenWidth: fields.integer("hidden_dim", default: 3072))
        sizes.dropout = fields.number("dropout", default: 0.1)
        sizes.normEpsilon = normEpsilon
        sizes.segmentCount = 0
        sizes.hiddenFunction = .activation(function ?? .gelu)
        if head == .maskedTokens { sizes.headFunction = function }
        return head?.configuration(sizes, from: &fields, poolerFunction: .relu)
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard let head = EncoderHead(of: configuration),
            let sizes = EncoderHead.sizes(configuration)
        else { return [] }
        let width = sizes.width
        var builder = LayoutBuilder(width: width)
        func our(_ name: String) -> String { head == .classes ? "encoder.\(name)" : name }
        let embeddings = "distilbert.embeddings."
        builder.table(
            our("wte.weight"), rows: sizes.vocabularySize,
            from: "\(embeddings)word_embeddings.weight")
        builder.table(
            our("wpe.weight"), rows: sizes.contextLength,
            from: "\(embeddings)position_embeddings.weight")
        builder.norm(our("ln_emb"), hasBias: true, from: "\(embeddings)LayerNorm")
        for layer in 0..<sizes.layerCount {
            let (block, theirs) = (our("h.\(layer)"), "distilbert.transformer.layer.\(layer)")
            builder.norm("\(block).ln_1", hasBias: true, from: "\(theirs).sa_layer_norm")
            builder.linear(
                "\(block).attn.c_attn", outputs: 3 * width, inputs: width, hasBias: true, .reads,
                from: ["q_lin", "k_lin", "v_lin"].map { "\(theirs).attention.\($0)" })
            builder.linear(
                "\(block).attn.c_proj", outputs: width, inputs: width, hasBias: true, .writes,
                from: ["\(theirs).attention.out_lin"])
            builder.norm("\(block).ln_2", hasBias: true, from: "\(theirs).output_layer_norm")
            builder.linear(
                "\(block).mlp.c_fc", outputs: sizes.hiddenWidth, inputs: width, hasBias: true,
                .reads, from: ["\(theirs).ffn.lin1"])
            builder.linear(
                "\(block).mlp.c_proj", outputs: width, inputs: sizes.hiddenWidth, hasBias: true,
                .writes, from: ["\(theirs).ffn.lin2"])
        }
        builder.layout.prefix = "distilbert."
        builder.layout.ignoredNames = ["\(embeddings)position_ids"]
        switch head {
        case .none: break
        case .maskedTokens:
            builder.linear(
                "head.dense", outputs: width, inputs: width, hasBias: true, .readsAndWrites,
                from: ["vocab_transform"])
            builder.norm("head.norm", hasBias: true, from: "vocab_layer_norm")
            builder.same("head.bias", [sizes.vocabularySize], from: "vocab_projector.bias")
            builder.layout.ignoredNames.append("vocab_projector.weight")
        case .classes:
            builder.linear(
                "pooler", outputs: width, inputs: width, hasBias: true, .readsAndWrites,
                from: ["pre_classifier"])
            builder.linear(
                "classifier", outputs: configuration.classCount, inputs: width, hasBias: true,
                .reads, from: ["classifier"])
        }
        return head == .none ? [builder.layout.withoutPrefix, builder.layout] : [builder.layout]
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard let sizes = EncoderHead.sizes(configuration) else { return nil }
        var misfits = sizes.misfits(headFunction: sizes.headFunction ?? .gelu)
        if sizes.segmentCount > 0 {
            misfits.append("its segmentCount is \(sizes.segmentCount), not 0")
        }
        if sizes.hasPooler ?? false { misfits.append("it has a pooler (hasPooler is true)") }
        if sizes.normEpsilon != normEpsilon {
            misfits.append("its normEpsilon is \(sizes.normEpsilon), not \(normEpsilon)")
        }
        if case .classifier(let classifier) = configuration {
            misfits += classifier.misfits(poolerFunction: .relu)
        }
        return misfits
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard let sizes = EncoderHead.sizes(configuration) else { return [] }
        return [
            ("vocab_size", .integer(sizes.vocabularySize)),
            ("max_position_embeddings", .integer(sizes.contextLength)),
            ("n_layers", .integer(sizes.layerCount)), ("n_heads", .integer(sizes.headCount)),
            ("dim", .integer(sizes.width)), ("hidden_dim", .integer(sizes.hiddenWidth)),
            ("activation", .string(sizes.functionName)), ("dropout", .number("\(sizes.dropout)")),
            ("attention_dropout", .number("\(sizes.dropout)")),
            ("tie_word_embeddings", .bool(true)),
        ] + EncoderHead.labels(of: configuration)
    }
}
