internal import AttendModels
internal import AttendText

/// Llama 1 to 3.
enum LlamaFiles: HuggingFaceFamily {
    static let modelType = "llama"
    static let architecture = "LlamaForCausalLM"
    static let names = LlamaFields.names

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        var sizes = LlamaFields.configuration(from: &fields)
        sizes.attentionHasBias = fields.flag("attention_bias", default: false)
        sizes.attentionOutputHasBias = sizes.attentionHasBias ? true : nil
        sizes.hasBias = fields.flag("mlp_bias", default: false)
        fields.pass(over: LlamaFields.fieldsWithoutEffect)
        return .llama(sizes)
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .llama(let sizes) = configuration else { return [] }
        return [sizes.layout { $0.addNetwork($1, $2) }]
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        var misfits = LlamaFields.misfits(of: sizes)
        if sizes.experts != nil { misfits.append("it has experts (experts is not null)") }
        if sizes.window != nil { misfits.append("its attention has a window (window is not null)") }
        if sizes.normalisesQueriesAndKeys {
            misfits.append("it normalises queries and keys (normalisesQueriesAndKeys is true)")
        }
        if sizes.attentionHasBias != sizes.attentionOutputHasBias ?? false {
            misfits.append(
                "not all maps of its attention have biases (attentionHasBias and attentionOutputHasBias differ)"
            )
        }
        if sizes.width % max(sizes.headCount, 1) != 0 {
            misfits.append(
                "its headCount \(sizes.headCount) does not divide its width \(sizes.width)")
        }
        return misfits
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return LlamaFields.fields(of: sizes) + [
            ("attention_bias", .bool(sizes.attentionHasBias)), ("mlp_bias", .bool(sizes.hasBias)),
        ]
    }
}

extension Llama.Configuration {
    /// The tensors by the names that the families around Llama have in common.
    func layout(
        network: (inout LlamaTensors, _ ours: String, _ layer: String) -> Void
    ) -> CheckpointLayout {
        LlamaTensors.layout(
            stack, vocabularySize: vocabularySize, tiesHead: tiesHead, network: network)
    }
}
