internal import AttendLayers
internal import AttendModels
internal import AttendText

/// Mixtral: Mistral with experts.
///
/// transformers saves a tensor for each map of each expert; in memory, since version 5, it packs them, and files of that
/// form are read too.
///
/// - Source: Jiang et al. 2024.
enum MixtralFiles: LlamaFamily {
    static let modelType = "mixtral"
    static let architecture = "MixtralForCausalLM"

    static func sizes(from fields: inout ConfigurationFields) -> Llama.Configuration {
        var sizes = LlamaFields.configuration(
            from: &fields, keyValueHeadCount: 8, normEpsilon: 1e-5, rotaryBase: 1_000_000)
        sizes.window = fields.optionalInteger("sliding_window")
        var experts = ExpertOptions(
            count: fields.integer("num_local_experts", default: 8),
            perToken: fields.integer("num_experts_per_tok", default: 2),
            hiddenWidth: sizes.hiddenWidth)
        experts.balanceCoefficient = fields.number("router_aux_loss_coef", default: 0.001)
        sizes.experts = experts
        fields.pass(over: LlamaFields.fieldsWithoutEffect)
        return sizes
    }

    static func layouts(of sizes: Llama.Configuration) -> [CheckpointLayout] {
        guard let experts = sizes.experts else { return [] }
        let (width, hidden) = (sizes.width, experts.hiddenWidth)
        let separate = sizes.layout { tensors, ours, layer in
            let theirs = "\(layer).block_sparse_moe"
            tensors.add("\(ours).router.weight", [experts.count, width], "\(theirs).gate.weight")
            for number in 0..<experts.count {
                let expert = "\(theirs).experts.\(number)"
                tensors.append(
                    TensorMap(
                        "\(ours).experts.\(number).c_fc.weight", width: width,
                        joining: [("\(expert).w1.weight", hidden), ("\(expert).w3.weight", hidden)])
                )
                tensors.add(
                    "\(ours).experts.\(number).c_proj.weight", [width, hidden],
                    "\(expert).w2.weight")
            }
        }
        let packed = sizes.layout { tensors, ours, layer in
            let theirs = "\(layer).mlp"
            tensors.add("\(ours).router.weight", [experts.count, width], "\(theirs).gate.weight")
            for number in 0..<experts.count {
                func add(_ name: String, _ shape: [Int], _ tensor: String) {
                    tensors.append(
                        TensorMap(
                            "\(ours).experts.\(number).\(name).weight", shape,
                            parts: [
                                TensorPart(
                                    "\(theirs).experts.\(tensor)", [experts.count] + shape,
                                    block: number, rows: 0..<shape[0])
                            ]))
                }
                add("c_fc", [2 * hidden, width], "gate_up_proj")
                add("c_proj", [width, hidden], "down_proj")
            }
        }
        return [separate, packed]
    }

    static func misfits(of sizes: Llama.Configuration) -> [String] {
        let misfits = LlamaFields.misfits(of: sizes) + sizes.latentMisfits
        if sizes.experts == nil { return misfits + ["it has no experts (experts is null)"] }
        return misfits + sizes.expertKindMisfits + sizes.queryNormMisfits + sizes.biasMisfits
            + sizes.windowedLayerMisfits
    }

    static func fields(of sizes: Llama.Configuration) -> [(name: String, value: JSONValue)] {
        guard let experts = sizes.experts else { return [] }
        return LlamaFields.fields(of: sizes) + [
            ("sliding_window", sizes.window.map { .integer($0) } ?? .null),
            ("num_local_experts", .integer(experts.count)),
            ("num_experts_per_tok", .integer(experts.perToken)),
            ("router_aux_loss_coef", .number("\(experts.balanceCoefficient)")),
        ]
    }
}
