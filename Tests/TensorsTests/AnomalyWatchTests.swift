import AttendTensors
import Testing

@Suite("The first number that is none, by its operation")
struct AnomalyWatchTests {
    private func found(_ x: Tensor, _ function: (Tensor) -> Tensor) -> AnomalyWatch.Anomaly? {
        let watch = AnomalyWatch()
        _ = valueWithGradients(of: [x], watch: watch) { function($0[0]) }
        return watch.first
    }

    @Test("A result is named by the operation that made it, not by those after it")
    func result() {
        let anomaly = found(Tensor([3e38, 1], shape: [1, 2])) { ($0 * 10).softmax().sum() }
        #expect(anomaly?.operation == "*" && anomaly?.isGradient == false)
    }

    @Test("A gradient is named by the operation whose derivative gave it")
    func gradient() {
        // Finite on the way there; on the way back 1e30 · 1e30.
        let anomaly = found(Tensor([1e-30], shape: [1, 1])) { ($0 * 1e30 * 1e-20 * 1e30).sum() }
        #expect(anomaly?.operation == "*" && anomaly?.isGradient == true)
        #expect(anomaly?.description == "a gradient from the operation *")
    }

    @Test("The part that was entered is named")
    func part() {
        let watch = AnomalyWatch()
        _ = valueWithGradients(of: [Tensor([3e38], shape: [1])], watch: watch) {
            watch.enter("h.0")
            watch.enter("mlp")
            let made = $0[0] * 10
            watch.leave()
            watch.leave()
            return made.sum()
        }
        #expect(watch.first?.part == "h.0.mlp")
        #expect(watch.first?.description == "the result of the operation * in h.0.mlp")
    }

    @Test("Finite numbers are none, and the gradients are the same with a watch as without")
    func finite() {
        let (x, weight) = (tensor([3, 5]), tensor([4, 5], seed: 2))
        let watch = AnomalyWatch()
        func loss(_ parts: [Tensor]) -> Tensor {
            parts[0].linear(weight: parts[1]).softmax().weighted()
        }
        let watched = valueWithGradients(of: [x, weight], watch: watch, loss)
        let plain = valueWithGradients(of: [x, weight], loss)
        #expect(watch.first == nil && watched.value == plain.value)
        #expect(watched.gradients.map(\.bits) == plain.gradients.map(\.bits))
    }
}
