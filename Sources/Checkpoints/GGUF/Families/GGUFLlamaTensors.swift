internal import AttendLayers
internal import AttendModels

/// The names that llama.cpp gives to the tensors of Llama and of the families around it.
struct GGUFLlamaTensors {
    private var maps: [TensorMap] = []
    private let sizes: Llama.Configuration
    private let pairsAreNeighbours: Bool

    /// A whole model.
    ///
    /// - Parameter pairsAreNeighbours: whether rotary pairs are neighbours there, as in `llama`, or halves of a head.
    static func layout(
        of sizes: Llama.Configuration, pairsAreNeighbours: Bool
    ) -> CheckpointLayout {
        var tensors = GGUFLlamaTensors(sizes, pairsAreNeighbours: pairsAreNeighbours)
        let table = [sizes.vocabularySize, sizes.width]
        tensors.add("wte.weight", table, "token_embd.weight")
        for layer in 0..<sizes.layerCount { tensors.addBlock("h.\(layer)", "blk.\(layer)") }
        tensors.add("ln_f.weight", [sizes.width], "output_norm.weight")
        if !sizes.tiesHead { tensors.add("lm_head.weight", table, "output.weight") }
        var layout = CheckpointLayout(tensors.maps)
        layout.ignoredNames = [GGUFRotary.factorsName]
        return layout
    }

    private init(_ sizes: Llama.Configuration, pairsAreNeighbours: Bool) {
        self.sizes = sizes
        self.pairsAreNeighbours = pairsAreNeighbours
    }

    private mutating func add(_ name: String, _ shape: [Int], _ theirs: String) {
        maps.append(TensorMap(name, shape, from: theirs))
    }

    private mutating func addBlock(_ ours: String, _ theirs: String) {
        let (width, queryWidth) = (sizes.width, sizes.headCount * sizes.headWidth)
        add("\(ours).ln_1.weight", [width], "\(theirs).attn_norm.weight")
        addQueriesKeysValues("weight", width, ours, theirs)
        if sizes.attentionHasBias { addQueriesKeysValues("bias", nil, ours, theirs) }
        if sizes.normalisesQueriesAndKeys {
            add("\(ours).attn.q_norm.weight", [sizes.headWidth], "\(theirs).attn_q_norm.weight")
            add("\(ours).attn.k_norm.weight", [sizes.headWidth], "\(theirs).attn_k_norm.weight")
        }
        add("\(ours).attn.c_proj.weight", [width, queryWidth], "\(theirs).attn_output.weight")
        if sizes.attentionOutputHasBias ?? false {
            add("\(ours).attn.c_proj.bias", [width], "\(theirs).attn_output.bias")
        }
        add("\(ours).ln_2.weight", [width], "\(theirs).ffn_norm.weight")
        if sizes.experts != nil { addExperts(ours, theirs) } else { addNetwork(ours, theirs) }
    }

    private mutating func addQueriesKeysValues(
        _ kind: String, _ width: Int?, _ ours: String, _ theirs: String
    ) {
        let keyWidth = sizes.keyValueHeadCount * sizes.headWidth
        let columns = width.map { [$0] } ?? []
        var parts: [TensorPart] = []
        var row = 0
        for (name, rows) in [
            ("attn_q", sizes.headCount * sizes.headWidth), ("attn_k", keyWidth),
            ("attn_v", keyWidth),
        ] {
            let turns = pairsAreNeighbours && name != "attn_v"
            parts.append(
                TensorPart(
                    "\(theirs).\(name).\(kind)", [rows] + columns, rows: row..<row + rows,
                    arrangement: turns ? .alternating(sizes.headWidth) : .same))
            row += rows
        }
        maps.append(TensorMap("\(ours).attn.c_attn.\(kind)", [row] + columns, parts: parts))
    }

    private mutating func addNetwork(_ ours: String, _ theirs: String) {
        let (width, hidden) = (sizes.width, sizes.hiddenWidth)
        func addGate(_ kind: String, _ width: Int?) {
            maps.append(
                TensorMap(
                    "\(ours).mlp.c_fc.\(kind)", width: width,
                    joining: [
                        ("\(theirs).ffn_gate.\(kind)", hidden),
                        ("\(theirs).ffn_up.\(kind)", hidden),
                    ]))
        }
        addGate("weight", width)
        if sizes.hasBias { addGate("bias", nil) }
        add("\(ours).mlp.c_proj.weight", [width, hidden], "\(theirs).ffn_down.weight")
        if sizes.hasBias { add("\(ours).mlp.c_proj.bias", [width], "\(theirs).ffn_down.bias") }
    }

    /// The maps of all experts are one tensor there.
    private mutating func addExperts(_ ours: String, _ theirs: String) {
        guard let experts = sizes.experts else { return }
        let (width, hidden) = (sizes.width, experts.hiddenWidth)
        add("\(ours).mlp.router.weight", [experts.count, width], "\(theirs).ffn_gate_inp.weight")
        for number in 0..<experts.count {
            func part(_ name: String, _ shape: [Int], firstRow: Int = 0) -> TensorPart {
                TensorPart(
                    "\(theirs).\(name).weight", [experts.count] + shape, block: number,
                    rows: firstRow..<firstRow + shape[0])
            }
            let expert = "\(ours).mlp.experts.\(number)"
            maps.append(
                TensorMap(
                    "\(expert).c_fc.weight", [2 * hidden, width],
                    parts: [
                        part("ffn_gate_exps", [hidden, width]),
                        part("ffn_up_exps", [hidden, width], firstRow: hidden),
                    ]))
            maps.append(
                TensorMap(
                    "\(expert).c_proj.weight", [width, hidden],
                    parts: [part("ffn_down_exps", [width, hidden])]))
        }
    }
}
