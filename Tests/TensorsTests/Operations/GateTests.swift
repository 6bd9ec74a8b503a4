import AttendTensors
import Foundation
import Testing

/// A gate in double precision.
private func gated(_ gate: Gate, _ x1: Double, _ x2: Double) -> Double {
    switch gate {
    case .relu: return activated(x1, by: .relu) * x2
    case .gelu: return activated(x1, by: .gelu) * x2
    case .geluTanh: return activated(x1, by: .geluTanh) * x2
    case .silu: return activated(x1, by: .silu) * x2
    case .sigmoid: return x2 / (1 + exp(-x1))
    case .clampedSwish:
        let (g, u) = (min(x1, 7), max(min(x2, 7), -7))
        return (u + 1) * g / (1 + exp(-1.702 * g))
    }
}

extension Operations {
    @Suite struct GateTests {
        @Test(
            arguments: Gate.allCases,
            [[2], [3, 34], [2, 5, 62], [7, 2], [0, 6], [3, 0], [70, 600]] as [Shape])
        func againstItsDefinition(gate: Gate, shape: Shape) {
            let width = shape.width / 2
            // Beyond the limits of the clamped one; no smooth function changes there.
            for range in [-2...2, -9...9] as [ClosedRange<Float>] {
                expectOperation(on: [shape], in: range, { $0[0].gated(gate) }) { x in
                    rows(x[0], shape.width).flatMap { row in
                        zip(row.prefix(width), row.suffix(width)).map { gated(gate, $0, $1) }
                    }
                }
            }
            #expect(tensor(shape).gated(gate).shape == shape.replacingLast(with: width))
        }

        @Test(arguments: [Gate.relu, .gelu, .geluTanh, .silu]) func isItsPlainTwin(gate: Gate)
            throws
        {
            let activation = try #require(Activation(rawValue: gate.rawValue))
            let x = tensor([5, 38])
            let fused = valueWithGradients(of: [x]) { $0[0].gated(gate).weighted() }
            let plain = valueWithGradients(of: [x]) {
                ($0[0].slice(0..<19).activated(by: activation) * $0[0].slice(19..<38)).weighted()
            }
            expectClose([fused.value], [Double(plain.value)])
            expectClose(fused.gradients[0].elements, plain.gradients[0].doubles)
        }

        /// At 7 the clamped gate stops, and so does its derivative.
        @Test func limits() {
            let x = Tensor([8, 1, 7.5, -9, 3, 8, 20, -20], shape: [4, 2])
            let (value, gradients) = valueWithGradients(of: [x]) {
                $0[0].gated(.clampedSwish).sum()
            }
            let wanted = [(8.0, 1.0), (7.5, -9), (3, 8), (20, -20)].reduce(0) {
                $0 + gated(.clampedSwish, $1.0, $1.1)
            }
            expectClose([value], [wanted])
            let elements = gradients[0].elements
            #expect(elements[0] == 0 && elements[1] > 6.9)
            #expect(elements[2] == 0 && elements[3] == 0)
            #expect(elements[4] > 7.9 && elements[5] == 0)
            #expect(elements[6] == 0 && elements[7] == 0)
        }

        @Test(arguments: Gate.allCases) func farFromZeroIsFinite(gate: Gate) {
            let x = Tensor([-3e4, 2, 3e4, -2, 0, 0], shape: [3, 2])
            let (value, gradients) = valueWithGradients(of: [x]) { $0[0].gated(gate).sum() }
            #expect(value.isFinite && gradients[0].isFinite)
        }
    }
}
