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

    @Test(arguments: Table.all, counts) func lion(table: Table, count: Int) {
        var settings = AttendLion(
            learningRate: 0.01, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, gradientScale: 0.5)
        let (start, gradient) = (numbers(count, seed: 3), numbers(count, seed: 4))
        let moment = count > 1 ? [0] + numbers(count - 1, seed: 5) : numbers(count, seed: 5)
        var moved = moment
        let parameters = unsafe writing(start) { parameters in
            moved = unsafe writing(moment) { moment in
                unsafe reading(gradient) {
                    unsafe table.kernels.lion(&settings, Int64(count), parameters, $0, moment)
                }
            }
        }
        let pairs = zip(moment.doubles, gradient.doubles)
        expectClose(moved, pairs.map { 0.99 * $0 + 0.01 * 0.5 * $1 }, absolute: 2e-6)
        let signs = pairs.map { moment, gradient in
            let direction = 0.9 * moment + 0.1 * 0.5 * gradient
            return direction > 0 ? 1.0 : direction < 0 ? -1 : 0
        }
        expectClose(
            parameters, zip(start.doubles, signs).map { $0 * (1 - 0.001) - 0.01 * $1 },
            absolute: 2e-6)
    }

    @Test(arguments: Table.all, counts) func momentum(table: Table, count: Int) {
        for isNesterov in [false, true] {
            var settings = AttendMomentum(
                learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, gradientScale: 0.5,
                isNesterov: isNesterov ? 1 : 0)
            let (start, gradient) = (numbers(count, seed: 6), numbers(count, seed: 7))
            let velocity = numbers(count, seed: 8)
            var moved = velocity
            let parameters = unsafe writing(start) { parameters in
                moved = unsafe writing(velocity) { velocity in
                    unsafe reading(gradient) {
                        unsafe table.kernels.momentum(
                            &settings, Int64(count), parameters, $0, velocity)
                    }
                }
            }
            let pulls = zip(gradient.doubles, start.doubles).map { 0.5 * $0 + 0.01 * $1 }
            let velocities = zip(velocity.doubles, pulls).map { 0.9 * $0 + $1 }
            expectClose(moved, velocities, absolute: 4e-6)
            let changes = zip(velocities, pulls).map { isNesterov ? $1 + 0.9 * $0 : $0 }
            expectClose(
                parameters, zip(start.doubles, changes).map { $0 - 0.1 * $1 }, absolute: 4e-6)
        }
    }
}
