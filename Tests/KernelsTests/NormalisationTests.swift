import AttendKernels
import Testing

/// LayerNorm, or RMSNorm where it is not centred, of one row by its definition.
private func normalised(
    _ x: [Double], isCentred: Bool, epsilon: Double, gain: [Double], bias: [Double]
) -> [Double] {
    let count = Double(x.count)
    let mean = isCentred ? x.reduce(0, +) / count : 0
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let deviation = (variance + epsilon).squareRoot()
    return x.indices.map { (x[$0] - mean) / deviation * gain[$0] + bias[$0] }
}

@Suite struct NormalisationTests {
    private let epsilon: Float = 1e-5
    private let widths = counts.filter { $0 > 0 }

    @Test(arguments: Table.all, [true, false]) func values(table: Table, isCentred: Bool) {
        let rows = 3
        for width in widths {
            let x = numbers(rows * width, seed: UInt64(width))
            let gain = numbers(width, seed: 2)
            let bias = numbers(width, seed: 3)
            for (hasGain, hasBias) in [(true, true), (true, false), (false, true), (false, false)]
            where isCentred || !hasBias {
                var statistics: [Float] = []
                let y = unsafe writing(count: rows * width) { y in
                    statistics = unsafe writing(count: rows * 2) { statistics in
                        unsafe forward(
                            table, isCentred, width, x, hasGain ? gain : nil, hasBias ? bias : nil,
                            y, statistics)
                    }
                }
                let ones = [Double](repeating: 1, count: width)
                let zeros = [Double](repeating: 0, count: width)
                for row in 0..<rows {
                    let range = row * width..<(row + 1) * width
                    let elements = x[range].map(Double.init)
                    let wanted = normalised(
                        elements, isCentred: isCentred, epsilon: Double(epsilon),
                        gain: hasGain ? gain.doubles : ones, bias: hasBias ? bias.doubles : zeros)
                    expectClose(
                        Array(y[range]), wanted, absolute: 4e-6, relative: 2e-6, "width \(width)")
                    let mean = isCentred ? elements.reduce(0, +) / Double(width) : 0
                    let variance =
                        elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                    expectClose(
                        Array(statistics[2 * row...2 * row + 1]),
                        [mean, 1 / (variance + Double(epsilon)).squareRoot()], relative: 3e-6)
                }
                let inPlace = unsafe writing(x) {
                    unsafe forward(
                        table, isCentred, width, nil, hasGain ? gain : nil, hasBias ? bias : nil,
                        $0, nil)
                }
                #expect(areIdentical(inPlace, y))
            }
        }
    }

    /// Three rows; `x` is `y` itself where there is no other.
    private func forward(
        _ table: Table, _ isCentred: Bool, _ width: Int, _ x: [Float]?, _ gain: [Float]?,
        _ bias: [Float]?,
        _ y: UnsafeMutablePointer<Float>, _ statistics: UnsafeMutablePointer<Float>?
    ) {
        let kernels = unsafe table.kernels
        unsafe reading(x ?? []) { given in
            unsafe reading(gain ?? []) { someGain in
                unsafe reading(bias ?? []) { someBias in
                    let source = x == nil ? unsafe UnsafePointer(y) : unsafe given
                    let gain = gain == nil ? nil : unsafe someGain
                    let bias = bias == nil ? nil : unsafe someBias
                    if isCentred {
                        unsafe kernels.layerNorm(
                            3, Int64(width), epsilon, source, gain, bias, y, statistics)
                    } else {
                        unsafe kernels.rmsNorm(
                            3, Int64(width), epsilon, source, gain, y, statistics)
                    }
                }
            }
        }
    }

    /// The one-pass variance would be lost in the rounding of 10⁸.
    @Test(arguments: Table.all) func aLargeMeanDoesNotHurt(table: Table) {
        let width = 300
        let x = numbers(3 * width).map { ($0 * 16).rounded() + 1e4 }
        let y = unsafe writing(count: 3 * width) {
            unsafe forward(table, true, width, x, nil, nil, $0, nil)
        }
        let zeros = [Double](repeating: 0, count: width)
        let ones = [Double](repeating: 1, count: width)
        let wanted = normalised(
            x[..<width].map(Double.init), isCentred: true, epsilon: 1e-5, gain: ones, bias: zeros)
        expectClose(Array(y[..<width]), wanted, absolute: 1e-4)
    }

    @Test(arguments: Table.all) func aConstantRowBecomesTheBias(table: Table) {
        let x = [Float](repeating: 5, count: 3 * 21)
        let bias = numbers(21)
        let y = unsafe writing(count: 63) { unsafe forward(table, true, 21, x, nil, bias, $0, nil) }
        expectClose(y, (bias + bias + bias).doubles)
    }

    @Test(arguments: Table.all, [true, false]) func gradients(table: Table, isCentred: Bool) {
        let rows = 3
        for width in [1, 2, 3, 7, 8, 9, 16, 17, 31, 64, 65] {
            let x = numbers(rows * width, seed: UInt64(width) + 10)
            let gain = numbers(width, seed: 11)
            let dy = numbers(rows * width, seed: 12)
            for (hasGain, accumulates) in [(true, false), (false, false), (true, true)] {
                let initial = numbers(rows * width, seed: 13)
                let found = backward(
                    table, isCentred, width, x, hasGain ? gain : nil, dy, accumulates: accumulates,
                    initial)
                var wantedX: [Double] = []
                var wantedGain = [Double](repeating: 0, count: width)
                var wantedBias = wantedGain
                let unit = [Double](repeating: 1, count: width)
                let zeros = [Double](repeating: 0, count: width)
                let multiplier = hasGain ? gain.doubles : unit
                for row in 0..<rows {
                    let range = row * width..<(row + 1) * width
                    let elements = x[range].map(Double.init)
                    let output = dy[range].map(Double.init)
                    let f = { (x: [Double]) in
                        normalised(
                            x, isCentred: isCentred, epsilon: Double(epsilon), gain: multiplier,
                            bias: zeros)
                    }
                    let derivative = centralDifferences(
                        of: elements, weights: output, step: 1e-5, f)
                    let before = accumulates ? initial[range].map(Double.init) : zeros
                    wantedX += zip(derivative, before).map { $0 + $1 }
                    let normal = normalised(
                        elements, isCentred: isCentred, epsilon: Double(epsilon), gain: unit,
                        bias: zeros)
                    for column in 0..<width {
                        wantedGain[column] += output[column] * normal[column]
                        wantedBias[column] += output[column]
                    }
                }
                // Where a row of one or two elements is centred its derivative is the difference of large numbers.
                let scale = isCentred && width < 3 ? 2e-2 : 2e-5
                expectClose(
                    found.x, wantedX, absolute: scale, relative: 2e-5, "dx of width \(width)")
                expectClose(found.gain, wantedGain, absolute: 1e-5, relative: 1e-5, "gain")
                if isCentred { expectClose(found.bias, wantedBias, absolute: 3e-6, "bias") }
            }
        }
    }

    private struct Gradients {
        var x: [Float] = []
        var gain: [Float] = []
        var bias: [Float] = []
    }

    private func backward(
        _ table: Table, _ isCentred: Bool, _ width: Int, _ x: [Float], _ gain: [Float]?,
        _ dy: [Float],
        accumulates: Bool, _ initial: [Float]
    ) -> Gradients {
        let kernels = unsafe table.kernels
        let adds: Int32 = accumulates ? 1 : 0
        let statistics = unsafe writing(count: 6) { statistics in
            _ = unsafe writing(count: x.count) {
                unsafe forward(table, isCentred, width, x, nil, nil, $0, statistics)
            }
        }
        func run(
            _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>,
            _ gainGradient: UnsafeMutablePointer<Float>?,
            _ biasGradient: UnsafeMutablePointer<Float>?
        ) {
            unsafe reading(x) { x in
                unsafe reading(statistics) { statistics in
                    unsafe reading(gain ?? []) { some in
                        let gain = gain == nil ? nil : unsafe some
                        if isCentred {
                            unsafe kernels.layerNormGradient(
                                3, Int64(width), x, gain, statistics, dy, dx, adds, gainGradient,
                                biasGradient)
                        } else {
                            unsafe kernels.rmsNormGradient(
                                3, Int64(width), x, gain, statistics, dy, dx, adds, gainGradient)
                        }
                    }
                }
            }
        }
        var result = Gradients()
        result.x = unsafe writing(initial) { dx in
            result.gain = unsafe writing(count: width) { gainGradient in
                result.bias = unsafe writing(count: width) { biasGradient in
                    unsafe reading(dy) { unsafe run($0, dx, gainGradient, biasGradient) }
                }
            }
        }
        let alone = unsafe writing(initial) { dx in
            unsafe reading(dy) { unsafe run($0, dx, nil, nil) }
        }
        #expect(areIdentical(alone, result.x))
        if !accumulates {
            let inPlace = unsafe writing(dy) { unsafe run(UnsafePointer($0), $0, nil, nil) }
            #expect(areIdentical(inPlace, result.x))
        }
        return result
    }
}
