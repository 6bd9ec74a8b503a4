internal import AttendLayers
internal import AttendText
internal import Foundation

/// Rotary positions in a `config.json`: `rope_parameters`, or in older files `rope_theta` and `rope_scaling`.
enum RotaryFields {
    /// The kinds that are implemented.
    private static let kinds = ["default", "linear", "dynamic", "llama3", "yarn"]

    /// Reads positions for a context of this length.
    ///
    /// - Parameter base: where the file has none.
    static func positions(
        from fields: inout ConfigurationFields, contextLength: Int, base: Float = 10000
    ) -> PositionOptions {
        let outer = fields.number("rope_theta", default: base)
        let original = fields.optionalInteger("original_max_position_embeddings")
        // What older files call scaling overrides what newer ones have.
        let newer = fields.fields("rope_parameters")
        guard var inner = fields.fields("rope_scaling") ?? newer else {
            return PositionOptions(.rotary, rotaryBase: outer)
        }
        var positions = PositionOptions(
            .rotary, rotaryBase: inner.number("rope_theta", default: outer))
        // The field has had two names.
        let name = inner.contains("rope_type") ? "rope_type" : "type"
        inner.pass(over: ["rope_type", "type"])
        let kind = inner.choice(name, default: "default", among: kinds.map { ($0, $0) })
        let trained = original ?? inner.optionalInteger("original_max_position_embeddings")
        switch kind {
        case "linear": positions.linearFactor = inner.number("factor")
        // Changes angles only beyond the context that the model has.
        case "dynamic": inner.pass(over: ["factor", "original_max_position_embeddings"])
        case "llama3":
            positions.wavelengths = WavelengthScaling(
                factor: inner.number("factor"), originalContextLength: trained ?? contextLength,
                slowTurns: inner.number("low_freq_factor"),
                fastTurns: inner.number("high_freq_factor"))
        case "yarn":
            positions.yarn = yarn(
                from: &inner, trained: trained ?? contextLength, contextLength: contextLength)
        default: break
        }
        if inner.number("partial_rotary_factor", default: 1) != 1 {
            inner.add("partial_rotary_factor is not 1, which is not implemented")
        }
        inner.problems.forEach { fields.add($0) }
        for name in inner.unknownNames {
            fields.add("\(name) is not known, and may change what the model computes")
        }
        return positions
    }

    private static func yarn(
        from inner: inout ConfigurationFields, trained: Int, contextLength: Int
    ) -> YaRN {
        let factor = inner.number("factor", default: Float(contextLength) / Float(max(trained, 1)))
        let scale = inner.optionalNumber("mscale") ?? 0
        let scaleOfAll = inner.optionalNumber("mscale_all_dim") ?? 0
        var attentionFactor = inner.optionalNumber("attention_factor")
        if attentionFactor == nil, scale != 0, scaleOfAll != 0, factor > 1 {
            attentionFactor = (0.1 * scale * log(factor) + 1) / (0.1 * scaleOfAll * log(factor) + 1)
        }
        return YaRN(
            factor: factor, originalContextLength: trained,
            betaFast: inner.number("beta_fast", default: 32),
            betaSlow: inner.number("beta_slow", default: 1), attentionFactor: attentionFactor,
            truncatesBorders: inner.flag("truncate", default: true))
    }

    /// What of positions these fields have no place for.
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
        return misfits
    }

    /// The value of `rope_parameters`.
    static func value(of positions: PositionOptions) -> JSONValue {
        func number(_ value: Float) -> JSONValue { .number("\(value)") }
        var fields: [(name: String, value: JSONValue)] = [
            ("rope_theta", number(positions.rotaryBase))
        ]
        var kind = "default"
        if let factor = positions.linearFactor {
            kind = "linear"
            fields.append(("factor", number(factor)))
        } else if let wavelengths = positions.wavelengths {
            kind = "llama3"
            fields += [
                ("factor", number(wavelengths.factor)),
                ("low_freq_factor", number(wavelengths.slowTurns)),
                ("high_freq_factor", number(wavelengths.fastTurns)),
                (
                    "original_max_position_embeddings",
                    .integer(wavelengths.originalContextLength)
                ),
            ]
        } else if let yarn = positions.yarn {
            kind = "yarn"
            fields += [
                ("factor", number(yarn.factor)),
                ("original_max_position_embeddings", .integer(yarn.originalContextLength)),
                ("beta_fast", number(yarn.betaFast)), ("beta_slow", number(yarn.betaSlow)),
                ("truncate", .bool(yarn.truncatesBorders)),
            ]
            if let factor = yarn.attentionFactor {
                fields.append(("attention_factor", number(factor)))
            }
        }
        return .object(JSONObject([(name: "rope_type", value: .string(kind))] + fields))
    }
}
