import AttendTensors
import Foundation
import Testing

/// The activations in double precision.
func activated(_ x: Double, by activation: Activation?) -> Double {
    switch activation {
    case nil: x
    case .relu: max(x, 0)
    case .gelu: 0.5 * x * erfc(-x / 2.squareRoot())
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + exp(-x))
    case .reluSquared: max(x, 0) * max(x, 0)
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    }
}

extension Operations {
    @Suite struct FunctionsTests {
        private static let shapes: [Shape] = [[], [1], [17], [3, 11], [0]]

        @Test(arguments: shapes, Activation.allCases)
        func activations(shape: Shape, activation: Activation) {
            expectOperation(on: [shape], in: -6...6, { $0[0].activated(by: activation) }) {
                $0[0].map { activated($0, by: activation) }
            }
        }

        @Test(arguments: shapes) func everywhere(shape: Shape) {
            expectOperation(on: [shape], { $0[0].exponential() }) { $0[0].map { exp($0) } }
            expectOperation(on: [shape], { $0[0].hyperbolicTangent() }) { $0[0].map { tanh($0) } }
            expectOperation(on: [shape], in: -9...9, { $0[0].sigmoid() }) {
                $0[0].map { 1 / (1 + exp(-$0)) }
            }
            expectOperation(on: [shape], { $0[0].squared() }) { $0[0].map { $0 * $0 } }
        }

        @Test(arguments: shapes) func ofPositiveNumbers(shape: Shape) {
            expectOperation(on: [shape], in: 0.3...5, { $0[0].logarithm() }) {
                $0[0].map { log($0) }
            }
            expectOperation(on: [shape], in: 0.3...5, { $0[0].squareRoot() }) {
                $0[0].map { $0.squareRoot() }
            }
            expectOperation(on: [shape], in: 0.3...5, { $0[0].reciprocal() }) {
                $0[0].map { 1 / $0 }
            }
        }
    }
}
