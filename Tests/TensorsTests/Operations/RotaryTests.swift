import AttendTensors
import Foundation
import Testing

/// Rotation by the definition, in double precision.
private func rotated(
    _ x: [Double], rowWidth: Int, cosines: [Double], sines: [Double], tableRows: Int,
    style: RotaryTable.Style, headWidth: Int, headCount: Int, begin: Int
) -> [Double] {
    let pairs = cosines.count / max(tableRows, 1)
    var y = x
    for row in 0..<x.count / rowWidth {
        for head in 0..<headCount {
            for pair in 0..<pairs {
                let place = row * rowWidth + head * headWidth + begin
                let first = place + (style == .halves ? pair : 2 * pair)
                let second = style == .halves ? first + pairs : first + 1
                let c = cosines[row % tableRows * pairs + pair]
                let s = sines[row % tableRows * pairs + pair]
                y[first] = x[first] * c - x[second] * s
                y[second] = x[first] * s + x[second] * c
            }
        }
    }
    return y
}

extension Operations {
    @Suite struct RotaryTests {
        @Test(arguments: RotaryTable.Style.allCases, [0, 1, 2, 3, 8, 17, 32])
        func againstItsDefinition(style: RotaryTable.Style, pairs: Int) {
            for (shape, tableRows, headCount, begin) in [
                ([1, 1], 1, 1, 0), ([2, 5], 5, 2, 0), ([2, 5], 10, 3, 0), ([3], 1, 2, 3),
                ([2, 3, 4], 4, 1, 1), ([2, 2], 2, 0, 0), ([0, 3], 3, 1, 0),
            ] as [([Int], Int, Int, Int)] {
                let headWidth = begin + 2 * pairs + (begin > 0 ? 2 : 0)
                let rowWidth = headCount * headWidth + 3
                let table = RotaryTable(
                    cosines: tensor([tableRows, pairs], seed: 3),
                    sines: tensor([tableRows, pairs], seed: 4), style: style)
                expectOperation(
                    on: [Shape(shape + [rowWidth])],
                    {
                        $0[0].rotated(
                            by: table, headWidth: headWidth, headCount: headCount, begin: begin)
                    }
                ) {
                    rotated(
                        $0[0], rowWidth: rowWidth, cosines: table.cosines.doubles,
                        sines: table.sines.doubles, tableRows: tableRows, style: style,
                        headWidth: headWidth, headCount: headCount, begin: begin)
                }
            }
        }

        /// The product of two rotated heads depends on how far apart they are alone.
        @Test(arguments: RotaryTable.Style.allCases) func onlyDistancesMatter(
            style: RotaryTable.Style
        ) {
            let (places, pairs) = (9, 4)
            let angles = (0..<places * pairs).map {
                Float($0 / pairs) * [1, 0.3, 0.1, 0.02][$0 % pairs]
            }
            let table = RotaryTable(
                cosines: Tensor(angles.map { cos($0) }, shape: [places, pairs]),
                sines: Tensor(angles.map { sin($0) }, shape: [places, pairs]), style: style)
            let (query, key) = (tensor([1, 8]), tensor([1, 8], seed: 2))
            func everywhere(_ x: Tensor) -> Tensor {
                x.repeatedRows(places).reshaped([places, 8]).rotated(
                    by: table, headWidth: 8, headCount: 1)
            }
            let scores = everywhere(query).matrixMultiplied(
                by: everywhere(key), transposingRight: true
            ).elements
            for i in 1..<places {
                for j in 1..<places {
                    let (here, before) = (scores[i * places + j], scores[(i - 1) * places + j - 1])
                    #expect(abs(here - before) < 1e-4)
                }
            }
        }
    }
}
