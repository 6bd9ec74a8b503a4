import AttendTensors
import Testing

/// What a profile says of operations whose work is known.
@Suite struct OperationProfileTests {
    @Test("a product and its gradients count their arithmetic and the numbers they touch")
    func products() throws {
        let x = RandomStream(seed: 1, stream: 0).normal([6, 4])
        let weight = RandomStream(seed: 1, stream: 1).normal([5, 4])
        let (_, profile) = withOperationProfile {
            _ = valueWithGradients(of: [x, weight]) { $0[0].linear(weight: $0[1]).sum() }
        }
        let arithmetic: Double = 2 * 6 * 4 * 5
        let bytes: Double = 4 * (24 + 20 + 30)
        for name in [
            "products: forward", "products: gradients of inputs", "products: gradients of weights",
        ] {
            let entry = try #require(profile.entries[name])
            #expect(entry.calls == 1)
            #expect(entry.arithmetic == arithmetic)
            #expect(entry.bytes == bytes)
            #expect(entry.seconds > 0)
        }
    }

    @Test("scores that no query sees are not counted", arguments: [nil, 2, 100] as [Int?])
    func attention(window: Int?) throws {
        let x = RandomStream(seed: 2, stream: 0).normal([2, 5, 3 * 8])
        var options = AttentionOptions(headCount: 2, isCausal: true)
        options.window = window
        let (_, profile) = withOperationProfile { _ = x.packedSelfAttention(options: options) }
        let seen = window == 2 ? 9 : 15
        // Two sequences and two heads, and two products for each score, of heads that are 4 wide.
        let entry = try #require(profile.entries["attention"])
        #expect(entry.arithmetic == Double(64 * seen))
    }

    @Test("nobody is told of what runs outside, or on another thread's account")
    func outside() {
        let x = Tensor.zeros([3])
        _ = x + x
        let (sum, profile) = withOperationProfile { x * 2 }
        #expect(sum.shape == [3])
        #expect(profile.entries.values.map(\.calls) == [1])
        #expect(profile.seconds == profile.entries.values.first?.seconds)
    }
}
