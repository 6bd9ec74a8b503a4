internal import AttendModels
internal import AttendText

/// A family around Llama: what it says of Llama's sizes, and how it differs from Llama.
protocol LlamaFamily: HuggingFaceFamily {
    /// The sizes that the fields of a `config.json` describe.
    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration
    /// How the files of such a model name its tensors; where there are several ways, the first is written.
    static func layouts(of sizes: Llama.Configuration) -> [CheckpointLayout]
    /// What of the sizes the family has no place for, one sentence each.
    static func misfits(of sizes: Llama.Configuration) -> [String]
    /// The fields of the `config.json` of sizes without misfits.
    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)]
}

extension LlamaFamily {
    static var names: [String: String] { LlamaFields.names }

    /// Most have Llama's tensors, with one gated network in each layer.
    static func layouts(of sizes: Llama.Configuration) -> [CheckpointLayout] {
        [sizes.layout { $0.addNetwork($1, $2) }]
    }

    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration? {
        .llama(sizes(from: &fields))
    }

    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout] {
        guard case .llama(let sizes) = configuration else { return [] }
        return layouts(of: sizes)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        return misfits(of: sizes)
    }

    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return fields(of: sizes)
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
