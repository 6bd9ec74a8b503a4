internal import AttendLayers
internal import AttendModels
internal import AttendTensors

/// The sizes that Llama and the families around it have in the metadata.
enum GGUFLlamaSizes {
    /// Reads what all these families have.
    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> Llama.Configuration {
        let headCount = try fields.integer("attention.head_count")
        let keyWidth = try fields.optionalInteger("attention.key_length")
        guard try fields.optionalInteger("attention.value_length") ?? keyWidth == keyWidth else {
            throw fields.unsupported(
                "attention.value_length",
                "differs from attention.key_length, but heads have one width")
        }
        var sizes = Llama.Configuration(
            vocabularySize: try file.shape(of: "token_embd.weight").first ?? 0,
            contextLength: try fields.integer("context_length"),
            layerCount: try fields.integer("block_count"),
            headCount: headCount,
            keyValueHeadCount: try fields.optionalInteger("attention.head_count_kv"),
            width: try fields.integer("embedding_length"),
            headWidth: keyWidth,
            hiddenWidth: try fields.integer("feed_forward_length"))
        sizes.normEpsilon = try fields.fraction("attention.layer_norm_rms_epsilon")
        sizes.tiesHead = !file.contains("output.weight")
        sizes.positions = try GGUFRotary.positions(
            from: fields, of: file, headWidth: sizes.headWidth,
            contextLength: sizes.contextLength)
        if let window = try fields.optionalInteger("attention.sliding_window"), window > 0 {
            sizes.window = window < sizes.contextLength ? window : nil
        }
        return sizes
    }

    /// What of a configuration none of these families has a place for.
    static func misfits(of sizes: Llama.Configuration) -> [String] {
        var misfits = GGUFRotary.misfits(of: sizes.positions, headWidth: sizes.headWidth)
        misfits += sizes.commonMisfits + sizes.latentMisfits
        if sizes.hiddenFunction != .gate(.silu) {
            misfits.append("its hiddenFunction is \(sizes.hiddenFunction.name), not SwiGLU")
        }
        // llama.cpp has no window for these families: tokens would see further than they should.
        if let window = sizes.window, window < sizes.contextLength {
            misfits.append(
                "its attention has a window of \(window) in a context of \(sizes.contextLength)")
        }
        return misfits
    }

    /// The values that all these families have.
    static func values(of sizes: Llama.Configuration) -> [(key: String, value: GGUFValue)] {
        let experts: [(key: String, value: GGUFValue)] =
            sizes.experts.map {
                [("expert_count", .size($0.count)), ("expert_used_count", .size($0.perToken))]
            } ?? []
        return [
            ("block_count", .size(sizes.layerCount)),
            ("context_length", .size(sizes.contextLength)),
            ("embedding_length", .size(sizes.width)),
            ("feed_forward_length", .size(sizes.experts?.hiddenWidth ?? sizes.hiddenWidth)),
            ("attention.head_count", .size(sizes.headCount)),
            ("attention.head_count_kv", .size(sizes.keyValueHeadCount)),
            ("attention.key_length", .size(sizes.headWidth)),
            ("attention.value_length", .size(sizes.headWidth)),
            ("attention.layer_norm_rms_epsilon", .float32(sizes.normEpsilon)),
            ("vocab_size", .size(sizes.vocabularySize)),
        ] + GGUFRotary.values(of: sizes.positions, headWidth: sizes.headWidth) + experts
    }
}

extension GGUFValue {
    /// A size as llama.cpp wants it.
    static func size(_ size: Int) -> GGUFValue { .uint32(UInt32(clamping: size)) }
}
