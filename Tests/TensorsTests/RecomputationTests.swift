import AttendTensors
import Testing

/// Parts that are computed again in the backward pass.
@Suite struct RecomputationTests {
    private let x = RandomStream(seed: 3, stream: 0).normal([3, 4])
    private let weight = RandomStream(seed: 3, stream: 1).normal([4, 4])

    /// Two results of one part, of which the second is used twice.
    private func loss(_ x: Tensor, _ weight: Tensor, recomputes: Bool) -> Tensor {
        let part: (Tensor) -> [Tensor] = { x in
            let y = x.linear(weight: weight, activation: .gelu)
            return [y.linear(weight: weight), (y * y).mean()]
        }
        var x = x.activated(by: .tanh)
        var extra = Tensor([0], shape: [])
        for _ in 0..<3 {
            let results = recomputes ? x.recomputed(part) : part(x)
            x = x + results[0]
            extra = extra + results[1] * results[1]
        }
        return x.squared().mean() + extra
    }

    @Test("every gradient has the same bits, with several results and weights used several times")
    func identical() {
        let plain = valueWithGradients(of: [x, weight]) {
            loss($0[0], $0[1], recomputes: false)
        }
        let again = valueWithGradients(of: [x, weight]) {
            loss($0[0], $0[1], recomputes: true)
        }
        #expect(plain.value.bitPattern == again.value.bitPattern)
        for (own, other) in zip(plain.gradients, again.gradients) {
            #expect(own.elements == other.elements)
            #expect(own.elements.contains { $0 != 0 })
        }
    }

    @Test("a part that begins with a constant still gives gradients to its weights")
    func constantInput() {
        func gradient(recomputes: Bool) -> [Float] {
            valueWithGradients(of: [weight]) { loss(x, $0[0], recomputes: recomputes) }
                .gradients[0].elements
        }
        #expect(gradient(recomputes: true) == gradient(recomputes: false))
    }

    @Test("one part inside of another")
    func nested() {
        func loss(_ x: Tensor, _ weight: Tensor, _ recomputes: Bool) -> Tensor {
            let inner: (Tensor) -> [Tensor] = { [$0.linear(weight: weight, activation: .silu)] }
            let outer: (Tensor) -> [Tensor] = { x in
                let y = x + (recomputes ? x.recomputed(inner)[0] : inner(x)[0])
                return [y.linear(weight: weight)]
            }
            let x = x * 2
            return (recomputes ? x.recomputed(outer)[0] : outer(x)[0]).squared().mean()
        }
        let plain = valueWithGradients(of: [x, weight]) { loss($0[0], $0[1], false) }
        let again = valueWithGradients(of: [x, weight]) { loss($0[0], $0[1], true) }
        #expect(plain.gradients.map(\.elements) == again.gradients.map(\.elements))
    }

    @Test("between the passes only the inputs of the parts are kept")
    func memory() async {
        await #expect(processExitsWith: .success) {
            // 16 parts, each of which makes four tensors of 1 MB from one.
            let x = RandomStream(seed: 3, stream: 0).normal([512, 512])
            func growth(recomputes: Bool) -> Int {
                TensorMemory.growth {
                    valueWithGradients(of: [x]) { inputs in
                        var y = inputs[0]
                        for _ in 0..<16 {
                            let part: (Tensor) -> [Tensor] = { x in
                                [x.exponential().squared().squareRoot().logarithm()]
                            }
                            y = recomputes ? y.recomputed(part)[0] : part(y)[0]
                        }
                        return y.mean()
                    }
                }.bytes
            }
            let (plain, again) = (growth(recomputes: false), growth(recomputes: true))
            precondition(plain >= 64 << 20, "\(plain)")
            precondition(again <= 26 << 20, "\(again)")
        }
    }
}
