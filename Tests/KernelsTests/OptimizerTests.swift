import AttendKernels
import Foundation
import Testing

@Suite struct OptimizerTests {
    @Test(arguments: Table.all, counts) func adamW(table: Table, count: Int) {
        let beta1 = 0.9
        let beta2 = 0.95
        let rate = 0.01
        let decay = 0.1
        let epsilon = 1e-8
        let clipping = 0.5
        var parameters = numbers(count, seed: 1)
        var first = [Float](repeating: 0, count: count)
        var second = first
        var p = parameters.doubles
        var m = first.doubles
        var v = m
        for step in 1...5 {
            var gradient = numbers(count, seed: UInt64(step) + 20)
            if count > 2 { gradient[2] = 0 }
            var settings = AttendAdamW(
                learningRate: Float(rate), beta1: Float(beta1), beta2: Float(beta2),
                epsilon: Float(epsilon),
                weightDecay: Float(decay), correction1: Float(1 - pow(beta1, Double(step))),
                correction2: Float(1 - pow(beta2, Double(step))), gradientScale: Float(clipping))
            parameters = unsafe writing(parameters) { parameters in
                first = unsafe writing(first) { first in
                    second = unsafe writing(second) { second in
                        unsafe reading(gradient) {
                            unsafe table.kernels.adamW(
                                &settings, Int64(count), parameters, $0, first, second)
                        }
                    }
                }
            }
            for index in 0..<count {
                let g = Double(gradient[index]) * clipping
                m[index] = beta1 * m[index] + (1 - beta1) * g
                v[index] = beta2 * v[index] + (1 - beta2) * g * g
                let mean = m[index] / (1 - pow(beta1, Double(step)))
                let deviation = (v[index] / (1 - pow(beta2, Double(step)))).squareRoot()
                p[index] -= rate * (mean / (deviation + epsilon) + decay * p[index])
            }
            expectClose(parameters, p, absolute: 2e-6, "parameter at step \(step)")
            expectClose(first, m, absolute: 2e-6, "first moment")
            expectClose(second, v, absolute: 2e-6, relative: 4e-6, "second moment")
        }
    }
}
