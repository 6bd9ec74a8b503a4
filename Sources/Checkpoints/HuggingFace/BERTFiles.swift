internal import AttendLayers
internal import AttendModels
internal import AttendText
internal import AttendTensors

/// BERT, with the head that restores masked tokens, with the one that tells classes apart, or without.
///
/// A model without a head keeps its pooler, since transformers has one there. Beside the head of masked tokens transformers
/// has none, and passes over the pooler and the head for pairs of sentences that BERT was first trained with; so it is done
/// here.
enum BERTFiles: HuggingFaceFamily {
    static let modelType = "bert"
    static let architecture = "BertForMaskedLM"

    static let names = [
        "vocabularySize": "vocab_size", "contextLength": "max_position_embeddings",
        "layerCount": "num_hidden_layers", "headCount": "num_attention_heads",
        "width": "hidden_size", "hiddenWidth": "intermediate_size",
        "normEpsilon": "layer_norm_eps", "dropout": "hidden_dropout_prob",
        "segmentCount": "type_vocab_size", "classes.count": "num_labels",
    ]

    static func architecture(of configuration: AnyConfiguration) -> String {
        EncoderHead(of: configuration)?.className(of: "Bert") ?? architecture
    }

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        let head = EncoderHead(
            from: &fields, family: "Bert", maskedTensor: "cls.predictions.bias",
            others: ["BertForPreTraining": .maskedTokens])
        let function = fields.choice(
            "hidden_act", default: "gelu", among: FunctionNames.activations)
        fields.require("is_decoder", false, otherwise: "the family is read as an encoder")
        fields.require(
            "add_cross_attention", false, otherwise: "the family is read as an encoder alone")
        fields.require("tie_word_embeddings", true, otherwise: "the head is the embedding's table")
        if fields.text("position_embedding_type", default: "absolute") != "absolute" {
            fields.add("position_embedding_type is not absolute, which is not implemented")
        }
        fields.pass(over: ["attention_probs_dropout_prob", "classifier_dropout"])
        var sizes = BERT.Configuration(
            vocabularySize: fields.integer("vocab_size", default: 30522),
            contextLength: fields.integer("max_position_embeddings", default: 512),
            layerCount: fields.integer("num_hidden_layers", default: 12),
            headCount: fields.integer("num_attention_heads", default: 12),
            width: fields.integer("hidden_size", default: 768),
            hiddenWidth: fields.integer("intermediate_size", default: 3072))
        sizes.dropout = fields.number("hidden_dropout_prob", default: 0.1)
        sizes.normEpsilon = fields.number("layer_norm_eps", default: 1e-12)
        sizes.segmentCount = fields.integer("type_vocab_size", default: 2)
        sizes.hiddenFunction = .activation(function ?? .gelu)
        if head == .maskedTokens { sizes.headFunction = function }
        if head == EncoderHead.none, fields.hasTensor("pooler.dense.weight", prefix: "bert.") {
            sizes.hasPooler = true
        }
        return head?.configuration(sizes, from: &fields, poolerFunction: nil)
    }

    private static let tensors = EncoderNames(
        prefix: "bert.", segments: "token_type_embeddings.weight", layers: "bert.encoder.layer.",
        queriesKeysValues: ["query", "key", "value"].map { "attention.self.\($0)" },
        attention: (output: "attention.output.dense", norm: "attention.output.LayerNorm"),
        network: (hidden: "intermediate.dense", output: "output.dense", norm: "output.LayerNorm"))

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard let head = EncoderHead(of: configuration),
            let sizes = EncoderHead.sizes(configuration)
        else { return [] }
        var builder = LayoutBuilder(width: sizes.width)
        builder.addEncoder(sizes, under: head, names: tensors)
        let pooler = "bert.pooler.dense"
        switch head {
        case .none: if sizes.hasPooler ?? false { builder.addPooler(from: pooler) }
        case .maskedTokens:
            builder.addMaskedTokenHead(
                sizes, map: "cls.predictions.transform.dense",
                norm: "cls.predictions.transform.LayerNorm", bias: "cls.predictions.bias")
            builder.layout.copies = [
                SharedTensor("cls.predictions.decoder.weight", of: tensors.words),
                SharedTensor("cls.predictions.decoder.bias", of: "cls.predictions.bias"),
            ]
            builder.layout.ignoredNames += [
                "\(pooler).weight", "\(pooler).bias",
                "cls.seq_relationship.weight", "cls.seq_relationship.bias",
            ]
        case .classes:
            builder.addClassifier(classCount: configuration.classCount, pooler: pooler)
        }
        // Transformers saves a model without a head by names without the prefix.
        let written = head == .none ? builder.layout.withoutPrefix : builder.layout
        return [written, builder.layout, builder.layout.withLegacyNorms]
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard let sizes = EncoderHead.sizes(configuration) else { return nil }
        var misfits = sizes.misfits(headFunction: sizes.headFunction ?? .gelu)
        if sizes.restoresTokens && (sizes.hasPooler ?? false) {
            misfits.append("it has a pooler beside the head of masked tokens (hasPooler is true)")
        }
        if case .classifier(let classifier) = configuration {
            misfits += classifier.misfits(poolerFunction: .tanh)
        }
        return misfits
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard let sizes = EncoderHead.sizes(configuration) else { return [] }
        return [
            ("vocab_size", .integer(sizes.vocabularySize)),
            ("max_position_embeddings", .integer(sizes.contextLength)),
            ("num_hidden_layers", .integer(sizes.layerCount)),
            ("num_attention_heads", .integer(sizes.headCount)),
            ("hidden_size", .integer(sizes.width)),
            ("intermediate_size", .integer(sizes.hiddenWidth)),
            ("hidden_act", .string(sizes.functionName)),
            ("layer_norm_eps", .number("\(sizes.normEpsilon)")),
            ("hidden_dropout_prob", .number("\(sizes.dropout)")),
            ("attention_probs_dropout_prob", .number("\(sizes.dropout)")),
            ("type_vocab_size", .integer(max(sizes.segmentCount, 1))),
            ("tie_word_embeddings", .bool(true)),
        ] + EncoderHead.labels(of: configuration)
    }
}
