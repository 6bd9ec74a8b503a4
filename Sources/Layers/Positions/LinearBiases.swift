public import AttendTensors
internal import Foundation

/// How much ALiBi lowers the scores of each head for each place of distance: `[heads]`.
///
/// For a power of two, head h of n has the slope 2^(−8 (h + 1) / n). For another number the slopes of the next smaller power
/// come first, then every second one of the next larger.
///
/// - Source: Press et al. 2022, §3.
public func linearBiasSlopes(headCount: Int) -> Tensor {
    func slopes(_ count: Int) -> [Double] {
        (1...count).map { pow(2, -8 * Double($0) / Double(count)) }
    }
    var power = 1
    while power * 2 <= headCount { power *= 2 }
    var result = slopes(power)
    if power < headCount {
        let between = slopes(2 * power).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        result += between.prefix(headCount - power)
    }
    return Tensor(result.map { Float($0) })
}
