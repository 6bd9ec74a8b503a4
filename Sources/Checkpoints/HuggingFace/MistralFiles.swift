internal import AttendModels
internal import AttendText

/// Mistral: Llama with a window.
///
/// - Source: Jiang et al. 2023.
enum MistralFiles: HuggingFaceFamily {
    static let modelType = "mistral"
    static let architecture = "MistralForCausalLM"
    static let names = LlamaFields.names

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        var sizes = LlamaFields.configuration(from: &fields, keyValueHeadCount: 8)
        sizes.window = fields.optionalInteger("sliding_window", absent: 4096)
        if fields.contains("layer_types") {
            fields.add("layer_types is there, but the layers of a mistral are all alike")
        }
        fields.pass(over: LlamaFields.fieldsWithoutEffect)
        return .llama(sizes)
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        LlamaFiles.layouts(of: configuration)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        var misfits = LlamaFields.misfits(of: sizes)
        if sizes.experts != nil { misfits.append("it has experts (experts is not null)") }
        if sizes.normalisesQueriesAndKeys {
            misfits.append("it normalises queries and keys (normalisesQueriesAndKeys is true)")
        }
        if sizes.attentionHasBias || sizes.attentionOutputHasBias == true || sizes.hasBias {
            misfits.append("it has biases")
        }
        if sizes.firstWindowedLayer ?? 0 > 0 {
            misfits.append("not all its layers have the window (firstWindowedLayer is not 0)")
        }
        return misfits
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return LlamaFields.fields(of: sizes) + [
            ("sliding_window", sizes.window.map { .integer($0) } ?? .null)
        ]
    }
}
