internal import AttendLayers
internal import AttendModels

/// Llama 1 to 3, Mistral, and with experts Mixtral: all `llama` there.
///
/// Rotary pairs are neighbours there and halves of a head here, so the rows of queries and keys change places.
enum GGUFLlama: GGUFLlamaFamily {
    static let architecture = "llama"
    static let pairsAreNeighbours = true

    static func read(
        into sizes: inout Llama.Configuration, from fields: GGUFFields, of file: GGUFFile
    ) throws {
        sizes.attentionHasBias = file.contains("blk.0.attn_q.bias")
        sizes.attentionOutputHasBias = file.contains("blk.0.attn_output.bias") ? true : nil
        sizes.hasBias = file.contains("blk.0.ffn_up.bias")
        let count = try fields.optionalInteger("expert_count") ?? 0
        if count > 0 {
            sizes.experts = ExpertOptions(
                count: count, perToken: try fields.integer("expert_used_count"),
                hiddenWidth: sizes.hiddenWidth)
            sizes.hasBias = false
        }
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        let misfits = sizes.queryNormMisfits + sizes.expertKindMisfits
        return sizes.experts != nil && sizes.hasBias
            ? misfits + ["its experts have biases (hasBias is true)"] : misfits
    }
}

/// Qwen 2 and 2.5: Llama with biases on queries, keys and values, and rotary pairs that are halves of a head.
enum GGUFQwen2: GGUFLlamaFamily {
    static let architecture = "qwen2"

    static func read(
        into sizes: inout Llama.Configuration, from fields: GGUFFields, of file: GGUFFile
    ) {
        sizes.attentionHasBias = true
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        let misfits = sizes.queryNormMisfits + sizes.expertMisfits + sizes.queryBiasMisfits
        return sizes.headWidth * sizes.headCount == sizes.width
            ? misfits : misfits + ["its heads together are not as wide as the model (headWidth)"]
    }
}

/// Qwen 3: Llama with norms on queries and keys, and rotary pairs that are halves of a head.
enum GGUFQwen3: GGUFLlamaFamily {
    static let architecture = "qwen3"

    static func read(
        into sizes: inout Llama.Configuration, from fields: GGUFFields, of file: GGUFFile
    ) {
        sizes.normalisesQueriesAndKeys = true
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        sizes.missingQueryNormMisfits + sizes.expertMisfits + sizes.biasMisfits
    }
}
