internal import AttendModels
internal import AttendText

/// Llama 1 to 3.
enum LlamaFiles: LlamaFamily {
    static let modelType = "llama"
    static let architecture = "LlamaForCausalLM"

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(from: &fields)
        sizes.attentionHasBias = fields.flag("attention_bias", default: false)
        sizes.attentionOutputHasBias = sizes.attentionHasBias ? true : nil
        sizes.hasBias = fields.flag("mlp_bias", default: false)
        fields.pass(over: LlamaFields.fieldsWithoutEffect)
        return sizes
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        var misfits =
            LlamaFields.misfits(of: sizes) + sizes.latentMisfits + sizes.expertMisfits
            + sizes.queryNormMisfits + sizes.unevenBiasMisfits
        if sizes.window != nil { misfits.append("its attention has a window (window is not null)") }
        if sizes.width % max(sizes.headCount, 1) != 0 {
            misfits.append(
                "its headCount \(sizes.headCount) does not divide its width \(sizes.width)")
        }
        return misfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        LlamaFields.fields(of: sizes) + [
            ("attention_bias", .bool(sizes.attentionHasBias)), ("mlp_bias", .bool(sizes.hasBias)),
        ]
    }
}
