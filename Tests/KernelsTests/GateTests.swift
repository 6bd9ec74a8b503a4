import AttendKernels
import Foundation
import Testing

private struct GateFunction: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let gate: AttendGate
    let definition: @Sendable (Double, Double) -> Double

    init(
        _ name: String, _ gate: AttendGate,
        _ definition: @escaping @Sendable (Double, Double) -> Double
    ) {
        testDescription = name
        self.gate = gate
        self.definition = definition
    }
}

private let gates = [
    GateFunction("ReLU", AttendGateReLU) { max($0, 0) * $1 },
    GateFunction("GELU", AttendGateGELU) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) * $1 },
    GateFunction("GELU, tanh form", AttendGateGELUTanh) { x, y in
        x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) * y
    },
    GateFunction("SiLU", AttendGateSiLU) { $0 / (1 + exp(-$0)) * $1 },
    GateFunction("sigmoid", AttendGateSigmoid) { $1 / (1 + exp(-$0)) },
    GateFunction("clamped swish", AttendGateClampedSwish) { x, y in
        let (g, u) = (min(x, 7), max(min(y, 7), -7))
        return (u + 1) * g / (1 + exp(-1.702 * g))
    },
]

@Suite struct GateTests {
    private let rows = 3

    private func gated(_ table: Table, _ gate: AttendGate, _ x: [Float], width: Int) -> [Float] {
        unsafe writing(count: x.count / 2) { y in
            unsafe reading(x) {
                unsafe table.kernels.gated(
                    gate, Int64(x.count / 2 / max(width, 1)), Int64(width), $0, y)
            }
        }
    }

    private func gradient(
        _ table: Table, _ gate: AttendGate, _ x: [Float], _ dy: [Float], width: Int
    ) -> [Float] {
        unsafe writing(count: x.count) { dx in
            unsafe reading([x, dy]) {
                unsafe table.kernels.gatedGradient(
                    gate, Int64(dy.count / max(width, 1)), Int64(width), $0[0], $0[1], dx)
            }
        }
    }

    @Test(arguments: Table.all, gates) private func values(table: Table, function: GateFunction) {
        for width in counts {
            let x = numbers(rows * 2 * width, seed: 8, range: 9)
            let wanted = (0..<rows * width).map { place in
                let first = place / width * 2 * width + place % width
                return function.definition(Double(x[first]), Double(x[first + width]))
            }
            expectClose(gated(table, function.gate, x, width: width), wanted, relative: 3e-6)
        }
    }

    @Test(arguments: Table.all, gates)
    private func derivatives(table: Table, function: GateFunction) {
        for width in counts {
            let x = numbers(rows * 2 * width, seed: 8, range: 9)
            let dy = numbers(rows * width, seed: 9)
            var wanted = [Double](repeating: 0, count: x.count)
            let step = 1e-6
            for place in 0..<rows * width {
                let first = place / width * 2 * width + place % width
                let (a, b) = (Double(x[first]), Double(x[first + width]))
                let f = function.definition
                wanted[first] = Double(dy[place]) * (f(a + step, b) - f(a - step, b)) / (2 * step)
                wanted[first + width] =
                    Double(dy[place]) * (f(a, b + step) - f(a, b - step)) / (2 * step)
            }
            expectClose(
                gradient(table, function.gate, x, dy, width: width), wanted, absolute: 2e-5,
                relative: 1e-5)
        }
    }

    /// Where an exponential overflows or vanishes nothing becomes not-a-number.
    @Test(arguments: Table.all, gates) private func farAway(table: Table, function: GateFunction) {
        let x = [Float](repeating: 1e4, count: 20) + [Float](repeating: 2, count: 20)
        for sign in [1, -1] as [Float] {
            let x = x.enumerated().map { $0 < 20 ? $1 * sign : $1 }
            #expect(gated(table, function.gate, x, width: 20).allSatisfy { $0.isFinite })
            let dy = [Float](repeating: 1, count: 20)
            #expect(gradient(table, function.gate, x, dy, width: 20).allSatisfy { $0.isFinite })
        }
    }
}
