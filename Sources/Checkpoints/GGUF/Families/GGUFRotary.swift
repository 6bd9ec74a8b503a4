internal import AttendLayers
internal import AttendModels
internal import AttendText
internal import Foundation

/// Rotary positions in a file of llama.cpp: keys of the metadata, and for Llama 3.1 a tensor of factors.
enum GGUFRotary {
    /// The tensor that each angle is divided by an element of.
    static let factorsName = "rope_freqs.weight"

    /// Reads positions.
    ///
    /// - Throws: ``CheckpointError`` where angles are stretched in a way that is not implemented.
    static func positions(
        from fields: GGUFFields, of file: GGUFFile, headWidth: Int, contextLength: Int
    ) throws -> PositionOptions {
        let turning = try fields.optionalInteger("rope.dimension_count") ?? headWidth
        guard turning == headWidth else {
            throw fields.unsupported(
                "rope.dimension_count",
                "is \(turning) where all \(headWidth) elements of a head turn")
        }
        var positions = PositionOptions(
            .rotary, rotaryBase: try fields.optionalFraction("rope.freq_base") ?? 10000)
        let kind = try fields.metadata.text(fields.key("rope.scaling.type")) ?? "linear"
        let older = try fields.optionalFraction("rope.scale_linear")
        let factor = try fields.optionalFraction("rope.scaling.factor") ?? older ?? 0
        let trained =
            try fields.optionalInteger("rope.scaling.original_context_length") ?? contextLength
        switch kind {
        case "none": break
        case "linear": if factor != 0, factor != 1 { positions.linearFactor = factor }
        case "yarn":
            var yarn = YaRN(factor: factor, originalContextLength: trained)
            yarn.betaFast = try fields.optionalFraction("rope.scaling.yarn_beta_fast") ?? 32
            yarn.betaSlow = try fields.optionalFraction("rope.scaling.yarn_beta_slow") ?? 1
            if let share = try fields.optionalFraction("rope.scaling.attn_factor"), share != 1 {
                yarn.attentionFactor = share * usualAttentionFactor(factor)
            }
            positions.yarn = yarn
        default:
            throw fields.unsupported(
                "rope.scaling.type", "is \(kind.quoted); known are none, linear and yarn")
        }
        if file.contains(factorsName) {
            positions.wavelengths = try wavelengths(
                of: file, base: positions.rotaryBase, headWidth: headWidth, trained: trained)
        }
        return positions
    }

    /// What both multiply queries and keys by where nobody says otherwise.
    private static func usualAttentionFactor(_ factor: Float) -> Float {
        factor <= 1 ? 1 : 0.1 * log(factor) + 1
    }

    /// The scaling whose factors these are, of those that Llama's models have.
    ///
    /// The file has only the factors; the greatest is the one of the longest wavelengths, and the borders are those of all
    /// Llamas since 3.1.
    private static func wavelengths(
        of file: GGUFFile, base: Float, headWidth: Int, trained: Int
    ) throws -> WavelengthScaling? {
        let held = try file.floats(factorsName)
        guard held.contains(where: { $0 != 1 }) else { return nil }
        var scaling = WavelengthScaling(factor: held.max() ?? 1)
        // A width is not checked yet: it may be that of no model, with more angles than there is memory for.
        for context in [8192, trained] where held.count == headWidth / 2 {
            scaling.originalContextLength = context
            let made = factors(of: scaling, base: base, headWidth: headWidth)
            let isEqual =
                made.count == held.count
                && zip(made, held).allSatisfy { abs($0 - $1) <= 1e-3 * abs($0) }
            if isEqual { return scaling }
        }
        throw CheckpointError(
            .unsupported, path: file.path,
            "has a \(factorsName) of other factors than those of Llama 3.1, which are read; convert a model "
                + "without it")
    }

    /// What angles are divided by, from the fastest to the slowest.
    private static func factors(
        of scaling: WavelengthScaling, base: Float, headWidth: Int
    ) -> [Float] {
        var positions = PositionOptions(.rotary, rotaryBase: base)
        let plain = RotaryEmbedding(positions, headWidth: headWidth).frequencies
        positions.wavelengths = scaling
        let scaled = RotaryEmbedding(positions, headWidth: headWidth).frequencies
        return zip(plain, scaled).map { Float($0 / $1) }
    }

    /// The tensor of factors, where the positions need one.
    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] {
        guard case .llama(let sizes) = configuration, let scaling = sizes.positions.wavelengths
        else { return [] }
        return [
            (
                factorsName,
                factors(
                    of: scaling, base: sizes.positions.rotaryBase, headWidth: sizes.headWidth)
            )
        ]
    }

    /// What of positions the files have no place for.
    static func misfits(of positions: PositionOptions, headWidth: Int) -> [String] {
        if positions.kind != .rotary {
            return ["its positions.kind is \(positions.kind.rawValue), not rotary"]
        }
        var misfits: [String] = []
        if positions.rotaryInterleaves {
            misfits.append("its rotary pairs are neighbours (positions.rotaryInterleaves is true)")
        }
        if let width = positions.rotaryWidth, width != headWidth {
            misfits.append(
                "its positions.rotaryWidth is \(width), not the width of a head \(headWidth)")
        }
        if positions.yarn?.truncatesBorders == false {
            misfits.append("the borders of its YaRN are not whole")
        }
        if let scaling = positions.wavelengths,
            scaling.slowTurns != 1 || scaling.fastTurns != 4
        {
            misfits.append("its rotary angles are stretched between other borders than Llama's")
        }
        return misfits
    }

    /// The values of positions.
    static func values(
        of positions: PositionOptions, headWidth: Int
    ) -> [(key: String, value: GGUFValue)] {
        var values: [(key: String, value: GGUFValue)] = [
            ("rope.dimension_count", .size(headWidth)),
            ("rope.freq_base", .float32(positions.rotaryBase)),
        ]
        if let factor = positions.linearFactor {
            values += [
                ("rope.scaling.type", .text("linear")), ("rope.scaling.factor", .float32(factor)),
            ]
        }
        if let scaling = positions.wavelengths {
            values.append(
                ("rope.scaling.original_context_length", .size(scaling.originalContextLength)))
        }
        if let yarn = positions.yarn {
            values += [
                ("rope.scaling.type", .text("yarn")),
                ("rope.scaling.factor", .float32(yarn.factor)),
                ("rope.scaling.original_context_length", .size(yarn.originalContextLength)),
                ("rope.scaling.yarn_beta_fast", .float32(yarn.betaFast)),
                ("rope.scaling.yarn_beta_slow", .float32(yarn.betaSlow)),
            ]
            if let factor = yarn.attentionFactor {
                values.append(
                    (
                        "rope.scaling.attn_factor",
                        .float32(factor / usualAttentionFactor(yarn.factor))
                    ))
            }
        }
        return values
    }
}
