import AttendTensors
import Foundation
import Testing

extension Operations {
    @Suite struct OptimizerStepTests {
        @Test(arguments: [0, 1, 17, 20_000]) func threeSteps(count: Int) {
            var parameter = tensor([count])
            var (first, second) = (Tensor.zeros([count]), Tensor.zeros([count]))
            var (p, m, v) = (parameter.doubles, first.doubles, second.doubles)
            let shared = parameter
            for step in 1...3 {
                let gradient = tensor([count], seed: UInt64(10 + step))
                AdamWStep(
                    learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1,
                    step: step, gradientScale: 0.5
                ).update(
                    &parameter, gradient: gradient, firstMoment: &first, secondMoment: &second)
                for (i, element) in gradient.doubles.enumerated() {
                    let g = element * 0.5
                    m[i] = 0.9 * m[i] + 0.1 * g
                    v[i] = 0.95 * v[i] + 0.05 * g * g
                    let (m1, v1) = (
                        m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.95, Double(step)))
                    )
                    p[i] -= 0.01 * (0.1 * p[i] + m1 / (v1.squareRoot() + 1e-8))
                }
            }
            expectClose(parameter.elements, p, tolerance: 1e-6)
            expectClose(first.elements, m, tolerance: 1e-6)
            expectClose(second.elements, v, tolerance: 1e-6)
            #expect(shared.bits == tensor([count]).bits)
        }
    }

    /// In a process made for another set of kernels, this shows that it is in use.
    @Suite struct ProcessorTests {
        @Test func instructionSetIsTheOneAskedFor() {
            #expect(Processor.environmentIsValid)
            if let wanted = ProcessInfo.processInfo.environment["ATTEND_KERNELS"], !wanted.isEmpty {
                #expect(Processor.instructionSet == wanted)
            }
            #expect([4, 8, 16].contains(Processor.vectorWidth))
        }
    }
}
