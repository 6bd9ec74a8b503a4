internal import AttendModels
internal import AttendText

/// Mistral: Llama with a window.
///
/// - Source: Jiang et al. 2023.
enum MistralFiles: LlamaFamily {
    static let modelType = "mistral"
    static let architecture = "MistralForCausalLM"

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(from: &fields, keyValueHeadCount: 8)
        sizes.window = fields.optionalInteger("sliding_window", absent: 4096)
        if fields.contains("layer_types") {
            fields.add("layer_types is there, but the layers of a mistral are all alike")
        }
        fields.pass(over: LlamaFields.fieldsWithoutEffect)
        return sizes
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        LlamaFields.misfits(of: sizes) + sizes.latentMisfits + sizes.expertMisfits
            + sizes.queryNormMisfits + sizes.biasMisfits + sizes.windowedLayerMisfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        LlamaFields.fields(of: sizes) + [
            ("sliding_window", sizes.window.map { .integer($0) } ?? .null)
        ]
    }
}
