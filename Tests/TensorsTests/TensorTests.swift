import AttendTensors
import Testing

@Suite struct TensorTests {
    @Test func copiesAreIndependent() {
        var a = Tensor([1, 2, 3])
        let b = a
        unsafe a.withMutableElements { unsafe $0[1] = 9 }
        #expect(a.elements == [1, 9, 3])
        #expect(b.elements == [1, 2, 3])
        // The only owner writes in place.
        let before = unsafe a.withElements { UInt(bitPattern: $0.baseAddress) }
        unsafe a.withMutableElements { unsafe $0[0] = 7 }
        let after = unsafe a.withElements { UInt(bitPattern: $0.baseAddress) }
        #expect(after == before)
        #expect(a.elements == [7, 9, 3])
    }

    @Test func reshapedSharesUntilWritten() {
        let a = Tensor([1, 2, 3, 4], shape: [2, 2])
        var b = a.reshaped([4])
        unsafe b.withMutableElements { unsafe $0[0] = 9 }
        #expect(a.elements == [1, 2, 3, 4])
        #expect(b.elements == [9, 2, 3, 4])
    }

    @Test func making() {
        #expect(Tensor([1, 2]).shape == [2])
        #expect(Tensor([]).elements == [])
        #expect(Tensor(repeating: 3, shape: [2, 2]).elements == [3, 3, 3, 3])
        #expect(Tensor.zeros([]).elements == [0])
        #expect(Tensor.zeros([3, 0]).count == 0)
        #expect(Tensor([5], shape: [1, 1]).item() == 5)
        #expect(Tensor(repeating: 2, shape: [70_000]).elements.allSatisfy { $0 == 2 })
    }

    @Test func shapes() {
        let shape: Shape = [2, 3, 5]
        #expect(shape.count == 30)
        #expect(shape.rank == 3)
        #expect(shape.width == 5)
        #expect(shape.rows == 6)
        #expect(shape[0] == 2 && shape[-1] == 5 && shape[-3] == 2)
        #expect(shape.replacingLast(with: 7) == [2, 3, 7])
        #expect("\(shape)" == "[2, 3, 5]")
        let scalar: Shape = []
        #expect(scalar.count == 1 && scalar.width == 1 && scalar.rows == 1)
        #expect(scalar.isSuffix(of: shape))
        #expect(([3, 5] as Shape).isSuffix(of: shape))
        #expect(!([2, 3] as Shape).isSuffix(of: shape))
        #expect(!shape.isSuffix(of: [3, 5]))
    }

    /// After a few rounds a loop finds all of its memory among what it gave back.
    @Test func aSteadyLoopAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            let (x, weight) = (tensor([64, 96]), tensor([48, 96], seed: 2))
            func round() {
                _ = valueWithGradients(of: [x, weight]) {
                    $0[0].linear(weight: $0[1], activation: .gelu).softmax().weighted()
                }
            }
            for _ in 0..<3 { round() }
            let (live, free, peak) = (
                TensorMemory.liveBytes, TensorMemory.freeBytes, TensorMemory.peakBytes
            )
            for _ in 0..<50 { round() }
            #expect(TensorMemory.liveBytes == live)
            #expect(TensorMemory.freeBytes == free)
            #expect(TensorMemory.peakBytes == peak)
            #expect(live >= (64 * 96 + 48 * 96) * 4)
            #expect(peak > live)
            TensorMemory.releaseUnused()
            #expect(TensorMemory.freeBytes == 0)
            #expect(TensorMemory.liveBytes == live)
        }
    }
}
