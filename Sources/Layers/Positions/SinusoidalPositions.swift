public import AttendTensors
internal import Foundation

/// The fixed vectors that tell places apart: `[places, width]`.
///
/// PE(place, 2i) = sin(place / 10000^(2i/width)) and PE(place, 2i + 1) = cos of the same angle.
///
/// - Source: Vaswani et al. 2017, §3.5.
public func sinusoidalPositions(_ places: some Collection<Int>, width: Int) -> Tensor {
    let frequencies = (0..<(width + 1) / 2).map { pow(10000, -2 * Double($0) / Double(width)) }
    var elements: [Float] = []
    elements.reserveCapacity(places.count * width)
    for place in places {
        for column in 0..<width {
            let angle = Double(place) * frequencies[column / 2]
            elements.append(Float(column % 2 == 0 ? sin(angle) : cos(angle)))
        }
    }
    return Tensor(elements, shape: [places.count, width])
}
