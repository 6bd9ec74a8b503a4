internal import AttendModels
internal import AttendText

/// Qwen 2 and 2.5: Llama whose queries, keys and values have biases, perhaps with a window from a layer on.
enum Qwen2Files: LlamaFamily {
    static let modelType = "qwen2"
    static let architecture = "Qwen2ForCausalLM"

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(from: &fields, keyValueHeadCount: 32)
        sizes.attentionHasBias = true
        QwenWindow.read(from: &fields, into: &sizes)
        return sizes
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        LlamaFields.misfits(of: sizes) + sizes.latentMisfits + sizes.expertMisfits
            + sizes.queryNormMisfits + sizes.queryBiasMisfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        LlamaFields.fields(of: sizes) + QwenWindow.fields(of: sizes)
    }
}

/// Qwen 3: Llama with normalised queries and keys, perhaps with a window from a layer on.
enum Qwen3Files: LlamaFamily {
    static let modelType = "qwen3"
    static let architecture = "Qwen3ForCausalLM"

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(from: &fields, keyValueHeadCount: 32, headWidth: 128)
        sizes.normalisesQueriesAndKeys = true
        sizes.attentionHasBias = fields.flag("attention_bias", default: false)
        sizes.attentionOutputHasBias = sizes.attentionHasBias ? true : nil
        QwenWindow.read(from: &fields, into: &sizes)
        return sizes
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        let misfits =
            LlamaFields.misfits(of: sizes) + sizes.latentMisfits + sizes.expertMisfits
            + sizes.missingQueryNormMisfits + sizes.unevenBiasMisfits
        return sizes.hasBias
            ? misfits + ["its feed-forward networks have biases (hasBias is true)"] : misfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        LlamaFields.fields(of: sizes) + QwenWindow.fields(of: sizes) + [
            ("attention_bias", .bool(sizes.attentionHasBias))
        ]
    }
}

/// The window of both: `layer_types`, or in older files `max_window_layers`, says which layers have it.
enum QwenWindow {
    private static let full = "full_attention"
    private static let sliding = "sliding_attention"

    static func read(from fields: inout ConfigurationFields, into sizes: inout Llama.Configuration)
    {
        let isUsed = fields.flag("use_sliding_window", default: false)
        let window = fields.optionalInteger("sliding_window", absent: 4096)
        let first = fields.integer("max_window_layers", default: 28)
        if isUsed { sizes.window = window }
        sizes.firstWindowedLayer = sizes.window == nil ? nil : first
        guard let kinds = fields.texts("layer_types") else { return }
        if kinds.count != sizes.layerCount || kinds.contains(where: { $0 != full && $0 != sliding })
        {
            fields.add(
                "layer_types does not give each of num_hidden_layers \(sizes.layerCount) layers one of \(full), "
                    + sliding)
            return
        }
        let fullCount = kinds.prefix { $0 == full }.count
        if kinds[fullCount...].contains(full) {
            fields.add("layer_types has \(full) after \(sliding), which is not implemented")
        }
        if fullCount < kinds.count, sizes.window == nil {
            fields.add("layer_types has \(sliding), but there is no window in use")
        }
        sizes.firstWindowedLayer = sizes.window == nil ? nil : fullCount
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        let first = sizes.window == nil ? sizes.layerCount : sizes.firstWindowedLayer ?? 0
        return [
            ("use_sliding_window", .bool(sizes.window != nil)),
            ("sliding_window", sizes.window.map { .integer($0) } ?? .null),
            ("max_window_layers", .integer(first)),
            (
                "layer_types",
                .array((0..<sizes.layerCount).map { .string($0 < first ? full : sliding) })
            ),
        ]
    }
}
