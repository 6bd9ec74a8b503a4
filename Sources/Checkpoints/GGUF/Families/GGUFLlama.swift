internal import AttendLayers
internal import AttendModels

/// Llama 1 to 3, Mistral, and with experts Mixtral: all `llama` there.
///
/// Rotary pairs are neighbours there and halves of a head here, so the rows of queries and keys change places.
enum GGUFLlama: GGUFFamily {
    static let architecture = "llama"

    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration {
        var sizes = try GGUFLlamaSizes.configuration(from: fields, of: file)
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
        return .llama(sizes)
    }

    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout {
        guard case .llama(let sizes) = configuration else { return CheckpointLayout([]) }
        return GGUFLlamaTensors.layout(of: sizes, pairsAreNeighbours: true)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        var misfits = GGUFLlamaSizes.misfits(of: sizes)
        if sizes.normalisesQueriesAndKeys {
            misfits.append("it normalises queries and keys (normalisesQueriesAndKeys is true)")
        }
        guard let experts = sizes.experts else { return misfits }
        if experts.sharedHiddenWidth > 0 {
            misfits.append("it has a shared expert (experts.sharedHiddenWidth is not 0)")
        }
        if experts.routerHasBias {
            misfits.append("its router has a bias (experts.routerHasBias is true)")
        }
        if sizes.hasBias { misfits.append("its experts have biases") }
        if !experts.normalisesWeights {
            misfits.append(
                "the weights of a token's experts do not sum to 1 (experts.normalisesWeights is false)"
            )
        }
        return misfits
    }

    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        let experts: [(key: String, value: GGUFValue)] =
            sizes.experts.map {
                [("expert_count", .size($0.count)), ("expert_used_count", .size($0.perToken))]
            } ?? []
        return GGUFLlamaSizes.values(of: sizes) + experts
    }

    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] {
        GGUFRotary.extraTensors(of: configuration)
    }
}

/// Qwen 2 and 2.5: Llama with biases on queries, keys and values, and rotary pairs that are halves of a head.
enum GGUFQwen2: GGUFFamily {
    static let architecture = "qwen2"

    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration {
        var sizes = try GGUFLlamaSizes.configuration(from: fields, of: file)
        sizes.attentionHasBias = true
        return .llama(sizes)
    }

    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout {
        guard case .llama(let sizes) = configuration else { return CheckpointLayout([]) }
        return GGUFLlamaTensors.layout(of: sizes, pairsAreNeighbours: false)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        var misfits = GGUFLlamaSizes.misfits(of: sizes)
        if sizes.normalisesQueriesAndKeys {
            misfits.append("it normalises queries and keys (normalisesQueriesAndKeys is true)")
        }
        if sizes.experts != nil { misfits.append("it has experts (experts is not null)") }
        if !sizes.attentionHasBias {
            misfits.append(
                "its queries, keys and values have no biases (attentionHasBias is false)")
        }
        if sizes.hasBias || sizes.attentionOutputHasBias == true {
            misfits.append("it has biases elsewhere than on queries, keys and values")
        }
        if sizes.headWidth * sizes.headCount != sizes.width {
            misfits.append("its heads together are not as wide as the model")
        }
        return misfits
    }

    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return GGUFLlamaSizes.values(of: sizes)
    }

    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] {
        GGUFRotary.extraTensors(of: configuration)
    }
}

/// Qwen 3: Llama with norms on queries and keys, and rotary pairs that are halves of a head.
enum GGUFQwen3: GGUFFamily {
    static let architecture = "qwen3"

    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration {
        var sizes = try GGUFLlamaSizes.configuration(from: fields, of: file)
        sizes.normalisesQueriesAndKeys = true
        return .llama(sizes)
    }

    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout {
        guard case .llama(let sizes) = configuration else { return CheckpointLayout([]) }
        return GGUFLlamaTensors.layout(of: sizes, pairsAreNeighbours: false)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        var misfits = GGUFLlamaSizes.misfits(of: sizes)
        if !sizes.normalisesQueriesAndKeys {
            misfits.append(
                "it does not normalise queries and keys (normalisesQueriesAndKeys is false)")
        }
        if sizes.experts != nil { misfits.append("it has experts (experts is not null)") }
        if sizes.attentionHasBias || sizes.hasBias || sizes.attentionOutputHasBias == true {
            misfits.append("it has biases")
        }
        return misfits
    }

    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return GGUFLlamaSizes.values(of: sizes)
    }

    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] {
        GGUFRotary.extraTensors(of: configuration)
    }
}
