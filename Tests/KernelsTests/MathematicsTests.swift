import AttendKernels
import Foundation
import Testing

/// A function of the table beside its definition.
struct Function: Sendable {
    let name: String
    let kernel: AttendFunction
    let isForPositive: Bool
    let definition: @Sendable (Double) -> Double

    init(
        _ name: String, _ kernel: AttendFunction, isForPositive: Bool = false,
        _ definition: @escaping @Sendable (Double) -> Double
    ) {
        self.name = name
        self.kernel = kernel
        self.isForPositive = isForPositive
        self.definition = definition
    }

    func derivative(_ x: Double) -> Double {
        let step = 1e-5 * max(abs(x), 1e-3)
        return (definition(x + step) - definition(x - step)) / (2 * step)
    }
}

let functions = [
    Function("identity", AttendIdentity) { $0 },
    Function("ReLU", AttendReLU) { max($0, 0) },
    Function("GELU, tanh form", AttendGELUTanh) { x in
        // 1 + tanh u = 2 / (1 + exp(−2u)), without the cancellation for negative u.
        x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    },
    Function("GELU", AttendGELU) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    Function("SiLU", AttendSiLU) { $0 / (1 + exp(-$0)) },
    Function("tanh", AttendTanh) { tanh($0) },
    Function("sigmoid", AttendSigmoid) { 1 / (1 + exp(-$0)) },
    Function("exp", AttendExp) { exp($0) },
    Function("log", AttendLog, isForPositive: true) { log($0) },
    Function("square root", AttendSquareRoot, isForPositive: true) { $0.squareRoot() },
    Function("reciprocal", AttendReciprocal) { 1 / $0 },
    Function("square", AttendSquare) { $0 * $0 },
    Function("ReLU squared", AttendReLUSquared) { max($0, 0) * max($0, 0) },
]

/// The distance to the true value in units of the last place of the nearest float.
private func unitsInLastPlace(_ found: Float, _ wanted: Double) -> Double {
    if found == Float(wanted) { return 0 }
    let nearest = Float(wanted)
    guard found.isFinite, nearest.isFinite else { return .infinity }
    return abs(Double(found) - wanted) / Double(max(nearest.ulp, Float.leastNormalMagnitude.ulp))
}

@Suite struct MathematicsTests {
    private func apply(_ table: Table, _ function: AttendFunction, _ x: [Float]) -> [Float] {
        unsafe writing(count: x.count) { y in
            unsafe reading(x) { unsafe table.kernels.apply(function, Int64(x.count), $0, y) }
        }
    }

    private func applyGradient(
        _ table: Table, _ function: AttendFunction, _ x: [Float], _ dy: [Float]
    ) -> [Float] {
        unsafe writing(count: x.count) { dx in
            unsafe reading(x) { x in
                unsafe reading(dy) {
                    unsafe table.kernels.applyGradient(function, Int64(dy.count), x, $0, dx)
                }
            }
        }
    }

    /// Numbers of every magnitude between the bounds, and of both signs.
    private func spread(from least: Float, to greatest: Float) -> [Float] {
        var x: [Float] = []
        var magnitude = least
        while magnitude < greatest {
            x.append(magnitude)
            x.append(-magnitude)
            magnitude *= 1.0173
        }
        return x + numbers(500, seed: 7, range: greatest)
    }

    @Test(arguments: Table.all) func exponential(table: Table) {
        let x = spread(from: 1e-12, to: 88.7).filter { $0 > -87.33 }
        let worst = zip(apply(table, AttendExp, x), x).map { unitsInLastPlace($0, exp(Double($1))) }
            .max()!
        #expect(worst <= 2, "\(worst) units in the last place")
    }

    @Test(arguments: Table.all) func endsOfTheExponential(table: Table) {
        let x: [Float] = [
            .infinity, 1e4, 3e38, 88.723, 89, -.infinity, -1e4, -3e38, -104, 0, -0.0, .nan, -.nan,
            Float(bitPattern: 0x7fff_ffff), Float(bitPattern: 0xffff_ffff), 88.7228,
        ]
        let y = apply(table, AttendExp, x)
        #expect(y[0...2].allSatisfy { $0 == .infinity } && y[4] == .infinity)
        #expect(y[5...8].allSatisfy { $0 == 0 })
        #expect(y[9] == 1 && y[10] == 1)
        #expect(y[11...14].allSatisfy { $0.isNaN })
        #expect(y[15].isFinite && unitsInLastPlace(y[15], exp(Double(x[15]))) <= 2)
    }

    @Test(arguments: Table.all) func logarithm(table: Table) {
        var x = spread(from: 1e-37, to: 3e38).filter { $0 > 0 }
        x += [0x1p-149, 0x1p-148, 0x1p-127, 0x1p-126]
        x += (0..<400).map { 0.98 + Float($0) * 1e-4 }
        let worst = zip(apply(table, AttendLog, x), x).map { unitsInLastPlace($0, log(Double($1))) }
            .max()!
        #expect(worst <= 2, "\(worst) units in the last place")
        let ends = apply(table, AttendLog, [0, -0.0, .infinity, -1, -.infinity, .nan, 1])
        #expect(ends[0] == -.infinity && ends[1] == -.infinity && ends[2] == .infinity)
        #expect(ends[3].isNaN && ends[4].isNaN && ends[5].isNaN && ends[6] == 0)
    }

    @Test(arguments: Table.all) func hyperbolicTangentAndSigmoid(table: Table) {
        let x = spread(from: 1e-20, to: 87)
        let tangent = zip(apply(table, AttendTanh, x), x).map {
            unitsInLastPlace($0, tanh(Double($1)))
        }.max()!
        #expect(tangent <= 3, "\(tangent) units in the last place")
        let sigmoid = zip(apply(table, AttendSigmoid, x), x)
            .map { unitsInLastPlace($0, 1 / (1 + exp(-Double($1)))) }.max()!
        #expect(sigmoid <= 3, "\(sigmoid) units in the last place")
        #expect(
            apply(table, AttendTanh, [.infinity, -.infinity, 1e30, -1e30, -0.0]) == [
                1, -1, 1, -1, 0,
            ])
        #expect(apply(table, AttendSigmoid, [.infinity, -.infinity, 1e30, -1e30]) == [1, 0, 1, 0])
    }

    @Test(arguments: Table.all) func everyFunction(table: Table) {
        for function in functions {
            for count in counts {
                var x = numbers(count, seed: UInt64(count), range: 9)
                if function.isForPositive { x = x.map { abs($0) + 1e-3 } }
                expectClose(
                    apply(table, function.kernel, x), x.doubles.map(function.definition),
                    function.name)
            }
        }
    }

    @Test(arguments: Table.all) func everyDerivative(table: Table) {
        for function in functions {
            for count in counts {
                // Not at the kink of ReLU, nor at the pole of the reciprocal.
                var x = numbers(count, seed: UInt64(count) + 50, range: 9).map {
                    abs($0) < 0.01 ? 0.5 : $0
                }
                if function.isForPositive { x = x.map { abs($0) + 1e-3 } }
                let dy = numbers(count, seed: 99)
                let wanted = zip(x.doubles, dy.doubles).map { function.derivative($0) * $1 }
                expectClose(
                    applyGradient(table, function.kernel, x, dy), wanted, absolute: 3e-6,
                    relative: 3e-6,
                    function.name)
            }
        }
    }

    @Test(arguments: Table.all) func extremesGiveNoNaN(table: Table) {
        let x: [Float] = [
            1e4, -1e4, 100, -100, 30, -30, 1e15, -1e15, 0, -0.0, 1e-38, -1e-38, 0x1p-149, 1e10,
            -1e10,
        ]
        let ones = [Float](repeating: 1, count: x.count)
        for function in functions where !function.isForPositive {
            let isReciprocal = function.kernel == AttendReciprocal
            let y = apply(table, function.kernel, x)
            #expect(!y.contains { $0.isNaN }, "\(function.name) \(y)")
            expectClose(y, x.doubles.map { Double(Float(function.definition($0))) }, function.name)
            let dx = applyGradient(table, function.kernel, x, ones)
            #expect(!dx.contains { $0.isNaN }, "\(function.name)′ \(dx)")
            if isReciprocal || function.kernel == AttendExp { continue }
            #expect(dx.allSatisfy { $0.isFinite }, "\(function.name)′ \(dx)")
        }
    }

    @Test(arguments: Table.all) func notANumberStaysSo(table: Table) {
        for function in functions {
            let y = apply(table, function.kernel, [.nan, 1, .nan])
            #expect(y[0].isNaN && y[2].isNaN && !y[1].isNaN, "\(function.name)")
        }
    }

    @Test(arguments: Table.all) func inPlace(table: Table) {
        for function in functions {
            let x = numbers(37).map { abs($0) + 0.1 }
            let apart = apply(table, function.kernel, x)
            let together = unsafe writing(x) {
                unsafe table.kernels.apply(function.kernel, 37, $0, $0)
            }
            #expect(areIdentical(apart, together))
            let dy = numbers(37, seed: 3)
            let gradient = applyGradient(table, function.kernel, x, dy)
            let overGradient = unsafe writing(dy) { dy in
                unsafe reading(x) {
                    unsafe table.kernels.applyGradient(function.kernel, 37, $0, dy, dy)
                }
            }
            #expect(areIdentical(gradient, overGradient))
        }
    }
}
