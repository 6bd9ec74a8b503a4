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
        "hiddenWidth": "hidden_dim", "classes.count": "num_labels",
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

    private static let tensors = EncoderNames(
        prefix: "distilbert.", segments: nil, layers: "distilbert.transformer.layer.",
        queriesKeysValues: ["q_lin", "k_lin", "v_lin"].map { "attention.\($0)" },
        attention: (output: "attention.out_lin", norm: "sa_layer_norm"),
        network: (hidden: "ffn.lin1", output: "ffn.lin2", norm: "output_layer_norm"))

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard let head = EncoderHead(of: configuration),
            let sizes = EncoderHead.sizes(configuration)
        else { return [] }
        var builder = LayoutBuilder(width: sizes.width)
        builder.addEncoder(sizes, under: head, names: tensors)
        switch head {
        case .none: return [builder.layout.withoutPrefix, builder.layout]
        case .maskedTokens:
            builder.addMaskedTokenHead(
                sizes, map: "vocab_transform", norm: "vocab_layer_norm",
                bias: "vocab_projector.bias")
            builder.layout.copies = [SharedTensor("vocab_projector.weight", of: tensors.words)]
        case .classes:
            builder.addClassifier(
                classCount: configuration.classCount, pooler: "pre_classifier")
        }
        return [builder.layout]
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
