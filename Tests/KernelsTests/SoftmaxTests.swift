import AttendKernels
import Foundation
import Testing

private func softmax(_ x: [Double]) -> [Double] {
    let largest = x.max() ?? 0
    if largest == -.infinity { return x.map { _ in 0 } }
    let powers = x.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}

private func logSumExp(_ x: [Double]) -> Double {
    let largest = x.max() ?? -.infinity
    return largest == -.infinity ? largest : largest + log(x.reduce(0) { $0 + exp($1 - largest) })
}

@Suite struct SoftmaxTests {
    private let widths = counts.filter { $0 > 0 }
    private let rows = 4

    /// Rows of ordinary, very large, partly hidden and wholly hidden elements.
    private func sample(_ width: Int) -> [Float] {
        var x = numbers(width, seed: 1, range: 8) + numbers(width, seed: 2, range: 1e4)
        x += numbers(width, seed: 3).enumerated().map {
            $0.offset % 3 == 1 ? -.infinity : $0.element
        }
        return x + [Float](repeating: -.infinity, count: width)
    }

    private func row(_ x: [Float], _ index: Int, _ width: Int) -> [Double] {
        x[index * width..<(index + 1) * width].map(Double.init)
    }

    @Test(arguments: Table.all) func values(table: Table) {
        let kernels = unsafe table.kernels
        for width in widths {
            let x = sample(width)
            let y = unsafe writing(count: x.count) { y in
                unsafe reading(x) { unsafe kernels.softmax(4, Int64(width), $0, y) }
            }
            let sums = unsafe writing(count: rows) { y in
                unsafe reading(x) { unsafe kernels.logSumExp(4, Int64(width), $0, y) }
            }
            for index in 0..<rows {
                expectClose(
                    Array(y[index * width..<(index + 1) * width]), softmax(row(x, index, width)),
                    absolute: 1e-7,
                    relative: 2e-6, "row \(index)")
            }
            expectClose(sums, (0..<rows).map { logSumExp(row(x, $0, width)) })
            #expect(sums[3] == -.infinity)
            let inPlace = unsafe writing(x) { unsafe kernels.softmax(4, Int64(width), $0, $0) }
            #expect(areIdentical(inPlace, y))
        }
    }

    @Test(arguments: Table.all) func notANumberSpoilsItsRowOnly(table: Table) {
        for width in [1, 5, 16, 40] {
            var x = numbers(2 * width)
            x[width - 1] = .nan
            let y = unsafe writing(x) { unsafe table.kernels.softmax(2, Int64(width), $0, $0) }
            #expect(y[..<width].allSatisfy { $0.isNaN } && !y[width...].contains { $0.isNaN })
        }
    }

    @Test(arguments: Table.all) func gradient(table: Table) {
        let kernels = unsafe table.kernels
        for width in [1, 2, 3, 7, 8, 9, 16, 17, 31, 64] {
            let x = numbers(2 * width, seed: UInt64(width))
            let dy = numbers(2 * width, seed: 8)
            let y = unsafe writing(x) { unsafe kernels.softmax(2, Int64(width), $0, $0) }
            let dx = unsafe writing(count: 2 * width) { dx in
                unsafe reading(y) { y in
                    unsafe reading(dy) {
                        unsafe kernels.softmaxGradient(2, Int64(width), y, $0, dx)
                    }
                }
            }
            let wanted = (0..<2).flatMap {
                centralDifferences(of: row(x, $0, width), weights: row(dy, $0, width), softmax)
            }
            expectClose(dx, wanted, absolute: 2e-6)
            let inPlace = unsafe writing(dy) { dy in
                unsafe reading(y) { unsafe kernels.softmaxGradient(2, Int64(width), $0, dy, dy) }
            }
            #expect(areIdentical(inPlace, dx))
        }
    }

    @Test(arguments: Table.all, [Float(0), 0.1]) func crossEntropy(table: Table, smoothing: Float) {
        for width in widths where width <= 127 {
            let logits = numbers(5 * width, seed: UInt64(width), range: 6)
            let targets: [Int32] = [0, -1, Int32(width - 1), Int32(width / 2), 0]
            let weights: [Float] = [1, 1, 0.5, 2, 0]
            for givesGradient in [false, true] {
                for isWeighted in [false, true] {
                    let found = run(
                        table, logits, targets, isWeighted ? weights : nil, 0.25, smoothing,
                        givesGradient)
                    for index in 0..<5 {
                        let scale =
                            0.25 * (isWeighted ? Double(weights[index]) : 1)
                            * (targets[index] < 0 ? 0 : 1)
                        let s = Double(smoothing)
                        let loss = { (x: [Double]) in
                            let target = x[max(0, Int(targets[index]))]
                            let mean = x.reduce(0, +) / Double(width)
                            return [scale * (logSumExp(x) - ((1 - s) * target + s * mean))]
                        }
                        let x = row(logits, index, width)
                        expectClose([found.losses[index]], loss(x), absolute: 2e-6)
                        let unit = [Double](repeating: 1, count: 1)
                        let wanted =
                            givesGradient ? centralDifferences(of: x, weights: unit, loss) : x
                        let range = index * width..<(index + 1) * width
                        expectClose(
                            Array(found.logits[range]), wanted, absolute: 1e-6,
                            "row \(index) of \(width)")
                    }
                }
            }
        }
    }

    @Test(arguments: Table.all) func crossEntropyOfExtremes(table: Table) {
        // Sure and right, sure and wrong, one class hidden, far from zero.
        let logits: [Float] = [
            1e4, -1e4, 0, 1e4, -1e4, 0, -.infinity, 1, 1, 100_000, 100_001, 100_002,
        ]
        let found = run(table, logits, [0, 1, 1, 2], nil, 1, 0, true)
        expectClose(found.losses, [0, 2e4, log(2), log(1 + exp(-1) + exp(-2))])
        let wanted: [Double] = [0, 0, 0, 1, -1, 0, 0, -0.5, 0.5]
        expectClose(Array(found.logits[..<9]), wanted)
        #expect(!found.logits.contains { $0.isNaN })
    }

    private func run(
        _ table: Table, _ logits: [Float], _ targets: [Int32], _ weights: [Float]?, _ weight: Float,
        _ smoothing: Float, _ givesGradient: Bool
    ) -> (losses: [Float], logits: [Float]) {
        var losses: [Float] = []
        let rows = targets.count
        let width = logits.count / rows
        let after = unsafe writing(logits) { logits in
            losses = unsafe writing(count: rows) { losses in
                unsafe reading(weights ?? []) { some in
                    unsafe targets.withUnsafeBufferPointer { targets in
                        unsafe table.kernels.crossEntropy(
                            Int64(rows), Int64(width), logits, targets.baseAddress!,
                            weights == nil ? nil : some, weight, smoothing, 0, losses,
                            givesGradient ? 1 : 0)
                    }
                }
            }
        }
        return (losses, after)
    }
}
