internal import AttendLayers
internal import AttendModels

/// What the files of Llama and of the families around it have in common: names of tensors and of fields.
///
/// Queries, keys and values are three tensors there and one here, and so are the two halves of a gate. Rotary pairs are
/// the halves of a head in both, so that no rows change their places.
struct LlamaTensors {
    /// The tensors so far, in the order of our parameters.
    private(set) var maps: [TensorMap] = []
    let width: Int
    let stack: StackOptions

    init(_ stack: StackOptions) {
        self.stack = stack
        width = stack.width
    }

    /// A whole model.
    ///
    /// - Parameter network: adds the feed-forward network of a layer; is given our name of it, and that of the layer there.
    static func layout(
        _ stack: StackOptions, vocabularySize: Int, tiesHead: Bool,
        network: (inout LlamaTensors, _ ours: String, _ layer: String) -> Void
    ) -> CheckpointLayout {
        var tensors = LlamaTensors(stack)
        let width = stack.width
        tensors.add("wte.weight", [vocabularySize, width], "model.embed_tokens.weight")
        for number in 0..<stack.layerCount {
            let (ours, layer) = ("h.\(number)", "model.layers.\(number)")
            tensors.add("\(ours).ln_1.weight", [width], "\(layer).input_layernorm.weight")
            tensors.addAttention("\(ours).attn", "\(layer).self_attn")
            tensors.add("\(ours).ln_2.weight", [width], "\(layer).post_attention_layernorm.weight")
            network(&tensors, "\(ours).mlp", layer)
        }
        tensors.add("ln_f.weight", [width], "model.norm.weight")
        if !tiesHead { tensors.add("lm_head.weight", [vocabularySize, width], "lm_head.weight") }
        var layout = CheckpointLayout(tensors.maps)
        layout.prefix = "model."
        layout.ignoredNames = ["model.layers.*.self_attn.rotary_emb.inv_freq"]
        if tiesHead {
            layout.copies = [SharedTensor("lm_head.weight", of: "model.embed_tokens.weight")]
        }
        return layout
    }

    mutating func add(
        _ name: String, _ shape: [Int], _ theirs: String, _ arrangement: Arrangement = .same
    ) {
        maps.append(TensorMap(name, shape, from: theirs, arrangement: arrangement))
    }

    mutating func append(_ map: TensorMap) {
        maps.append(map)
    }

    private mutating func addAttention(_ ours: String, _ theirs: String) {
        if let latent = stack.latent { return addAttention(ours, theirs, latent) }
        let queryWidth = stack.headCount * stack.headWidth
        let keyWidth = stack.keyValueHeadCount * stack.headWidth
        let parts = [("q_proj", queryWidth), ("k_proj", keyWidth), ("v_proj", keyWidth)]
        func join(_ kind: String, width: Int?) {
            maps.append(
                TensorMap(
                    "\(ours).c_attn.\(kind)", width: width,
                    joining: parts.map { ("\(theirs).\($0.0).\(kind)", $0.1) }))
        }
        join("weight", width: width)
        if stack.attentionHasBias ?? stack.hasBias { join("bias", width: nil) }
        if stack.normalisesQueriesAndKeys {
            add("\(ours).q_norm.weight", [stack.headWidth], "\(theirs).q_norm.weight")
            add("\(ours).k_norm.weight", [stack.headWidth], "\(theirs).k_norm.weight")
        }
        if stack.hasSinks { add("\(ours).sinks", [stack.headCount], "\(theirs).sinks") }
        add("\(ours).c_proj.weight", [width, queryWidth], "\(theirs).o_proj.weight")
        if stack.attentionOutputHasBias ?? stack.hasBias {
            add("\(ours).c_proj.bias", [width], "\(theirs).o_proj.bias")
        }
    }

    /// A latent attention, by DeepSeek's names: keys and values of a head stand together there.
    private mutating func addAttention(
        _ ours: String, _ theirs: String, _ latent: LatentOptions
    ) {
        let (headCount, headWidth) = (stack.headCount, stack.headWidth)
        let (queryWidth, still) = (headCount * headWidth, headWidth - latent.rotaryWidth)
        add("\(ours).q_attn.weight", [queryWidth, width], "\(theirs).q_proj.weight")
        add(
            "\(ours).kv_a.weight", [latent.rank + latent.rotaryWidth, width],
            "\(theirs).kv_a_proj_with_mqa.weight")
        add("\(ours).kv_a_norm.weight", [latent.rank], "\(theirs).kv_a_layernorm.weight")
        add(
            "\(ours).kv_b.weight", [headCount * (still + headWidth), latent.rank],
            "\(theirs).kv_b_proj.weight", Arrangement(twoKindsGroup: .init(still, headWidth)))
        add("\(ours).c_proj.weight", [width, queryWidth], "\(theirs).o_proj.weight")
    }

    /// One gated network for all tokens.
    mutating func addNetwork(_ ours: String, _ layer: String) {
        let (hidden, theirs) = (stack.hiddenWidth, "\(layer).mlp")
        func join(_ kind: String, width: Int?) {
            maps.append(
                TensorMap(
                    "\(ours).c_fc.\(kind)", width: width,
                    joining: [
                        ("\(theirs).gate_proj.\(kind)", hidden),
                        ("\(theirs).up_proj.\(kind)", hidden),
                    ]))
        }
        join("weight", width: width)
        if stack.hasBias { join("bias", width: nil) }
        add("\(ours).c_proj.weight", [width, hidden], "\(theirs).down_proj.weight")
        if stack.hasBias { add("\(ours).c_proj.bias", [width], "\(theirs).down_proj.bias") }
    }
}
