import AttendTensors
import Testing

@Suite struct DifferentiationTests {
    @Test func unusedTensorsHaveZeroGradients() {
        let (x, y) = (tensor([3]), tensor([2, 2]))
        let (value, gradients) = valueWithGradients(of: [x, y]) { $0[0].sum() }
        #expect(value == x.sum().item())
        #expect(gradients[0].elements == [1, 1, 1])
        #expect(gradients[1].shape == [2, 2])
        #expect(gradients[1].elements == [0, 0, 0, 0])
    }

    @Test func constantFunctions() {
        let x = tensor([3])
        let (value, gradients) = valueWithGradients(of: [x]) { _ in Tensor([5], shape: []) }
        #expect(value == 5)
        #expect(gradients[0].elements == [0, 0, 0])
        // What was computed on the way to a constant does not matter.
        let other = valueWithGradients(of: [x]) {
            _ = ($0[0] * $0[0]).sum()
            return Tensor([5], shape: [])
        }
        #expect(other.gradients[0].elements == [0, 0, 0])
    }

    @Test func theTensorItself() {
        let (value, gradients) = valueWithGradients(of: [Tensor([4], shape: [1, 1])]) { $0[0] }
        #expect(value == 4)
        #expect(gradients[0].elements == [1])
        #expect(gradients[0].shape == [1, 1])
    }

    @Test func nothingIsWatchedOutside() {
        let x = tensor([3])
        #expect(valueWithGradients(of: []) { _ in x.sum() }.gradients.isEmpty)
    }

    @Test func everyUseCounts() {
        let x = Tensor([2], shape: [1])
        // x⁴ in two ways, and a sum of them.
        let gradient = valueWithGradients(of: [x]) {
            let square = $0[0] * $0[0]
            return (square * square + square.squared()).sum()
        }.gradients[0]
        #expect(gradient.elements == [64])
        // The same tensor given twice is two tensors.
        let apart = valueWithGradients(of: [x, x]) { ($0[0] * $0[0] * $0[1]).sum() }.gradients
        #expect(apart.map { $0.item() } == [8, 4])
    }

    /// The gradient of a sum is shared by its parts, which then go their own ways.
    @Test func sharedGradientsAreNotOverwritten() {
        let inputs = [tensor([5]), tensor([5], seed: 2)]
        let gradients = valueWithGradients(of: inputs) {
            let sum = $0[0] + $0[1]
            return (sum + $0[0] * 3).weighted()
        }.gradients
        let weights = tensor([5], seed: 77)
        #expect(gradients[0].bits == (weights * 3 + weights).bits)
        #expect(gradients[1].bits == weights.bits)
    }

    @Test func detachedIsConstant() {
        let x = Tensor([3], shape: [1])
        let (value, gradients) = valueWithGradients(of: [x]) {
            ($0[0] * $0[0].detached()).sum()
        }
        #expect(value == 9)
        #expect(gradients[0].elements == [3])
        #expect(valueWithGradients(of: [x]) { $0[0].detached().sum() }.gradients[0].elements == [0])
    }

    /// The inner value and its gradients are constants for the outer differentiation, whose own gradients the inner one
    /// leaves alone, also where both meet in one operation.
    @Test(arguments: [false, true]) func nested(outerComesFirst: Bool) {
        let (x, y) = (Tensor([2], shape: [1]), Tensor([5], shape: [1]))
        var inner: (value: Float, gradients: [Tensor]) = (0, [])
        let (value, gradients) = valueWithGradients(of: [x]) { outer in
            inner = valueWithGradients(of: [y]) {
                (outerComesFirst ? outer[0] * $0[0] : $0[0] * outer[0]).sum()
            }
            return (outer[0] * inner.gradients[0] * inner.value).sum()
        }
        #expect(inner.value == 10)
        #expect(inner.gradients[0].elements == [2])
        #expect(value == 2 * 2 * 10)
        #expect(gradients[0].elements == [20])
    }

    @Test func innerTensorsOutliveTheirDifferentiation() {
        let x = Tensor([2], shape: [1])
        var kept = Tensor([0], shape: [1])
        _ = valueWithGradients(of: [x]) {
            kept = $0[0] * 3
            return kept.sum()
        }
        #expect((kept + 1).elements == [7])
        let (value, gradients) = valueWithGradients(of: [x]) { (kept * $0[0]).sum() }
        #expect(value == 12)
        #expect(gradients[0].elements == [6])
    }

    private struct Stop: Error {}

    @Test func errorsPassThrough() {
        let x = tensor([3])
        #expect(throws: Stop.self) {
            try valueWithGradients(of: [x]) {
                _ = $0[0].squared()
                throw Stop()
            }
        }
    }

    /// Whatever a differentiation kept, it gives back, however it ends.
    @Test func memoryIsGivenBack() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor(repeating: 1, shape: [1000])
            func all() {
                _ = valueWithGradients(of: [x]) { ($0[0].squared() * $0[0]).sum() }
                _ = valueWithGradients(of: [x]) {
                    _ = ($0[0].squared() * $0[0]).sum()
                    return Tensor([1], shape: [])
                }
                _ = try? valueWithGradients(of: [x]) {
                    _ = ($0[0].squared() * $0[0]).sum()
                    throw Stop()
                }
                var kept = x
                _ = valueWithGradients(of: [x]) {
                    kept = $0[0] * 2
                    return kept.sum()
                }
                _ = (kept * 2).squared()
            }
            all()
            let live = TensorMemory.liveBytes
            for _ in 0..<20 { all() }
            #expect(TensorMemory.liveBytes == live)
        }
    }
}
