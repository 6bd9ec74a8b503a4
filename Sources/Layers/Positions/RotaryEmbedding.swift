public import AttendTensors
internal import Foundation

/// The angles by which rotary positions turn queries and keys.
///
/// Pair i of a head turns by place · base^(−2i / width), so that the product of a query and a key depends on their
/// distance alone.
///
/// - Source: Su et al. 2021 (RoFormer), §3.2.2.
public struct RotaryEmbedding: Sendable {
    /// What each pair turns by from one place to the next, in radians, fastest first.
    public let frequencies: [Double]
    /// What sines and cosines are multiplied by: 1, or YaRN's attention factor.
    public let scale: Double
    private let style: RotaryTable.Style

    /// - Parameter headWidth: how wide each head is; all of it turns unless the options say otherwise.
    public init(_ options: PositionOptions, headWidth: Int) {
        let width = options.rotaryWidth ?? headWidth
        let plain = (0..<width / 2).map {
            pow(Double(options.rotaryBase), -2 * Double($0) / Double(width))
        }
        style = options.rotaryInterleaves ? .interleaved : .halves
        guard let yarn = options.yarn else {
            let factor = options.linearFactor.map(Double.init) ?? 1
            frequencies = plain.map { options.wavelengths?.scaled($0) ?? $0 / factor }
            scale = 1
            return
        }
        /// The dimension, counted in pairs, that makes so many turns over the original context.
        func dimension(turns: Float) -> Double {
            Double(width) * log(Double(yarn.originalContextLength) / (Double(turns) * 2 * .pi))
                / (2 * log(Double(options.rotaryBase)))
        }
        var (low, high) = (dimension(turns: yarn.betaFast), dimension(turns: yarn.betaSlow))
        if yarn.truncatesBorders { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        low = max(low, 0)
        high = min(high, Double(width - 1))
        if low == high { high += 0.001 }
        frequencies = plain.enumerated().map { pair, frequency in
            let slowed = min(max((Double(pair) - low) / (high - low), 0), 1)
            return frequency * (1 - slowed) + frequency / Double(yarn.factor) * slowed
        }
        scale =
            yarn.attentionFactor.map(Double.init)
            ?? (yarn.factor <= 1 ? 1 : 0.1 * log(Double(yarn.factor)) + 1)
    }

    /// Sines and cosines of the angles at these places: `[places, width / 2]` each.
    public func table(_ places: some Collection<Int>) -> RotaryTable {
        var (cosines, sines) = ([Float](), [Float]())
        cosines.reserveCapacity(places.count * frequencies.count)
        sines.reserveCapacity(places.count * frequencies.count)
        for place in places {
            for frequency in frequencies {
                cosines.append(Float(cos(Double(place) * frequency) * scale))
                sines.append(Float(sin(Double(place) * frequency) * scale))
            }
        }
        let shape: Shape = [places.count, frequencies.count]
        return RotaryTable(
            cosines: Tensor(cosines, shape: shape), sines: Tensor(sines, shape: shape), style: style
        )
    }
}
