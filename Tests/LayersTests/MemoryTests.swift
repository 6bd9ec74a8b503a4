import AttendLayers
import AttendTensors
import Testing

@Suite("Memories of another sequence")
struct MemoryTests {
    private let stack: TransformerStack
    private let encoded: Tensor
    /// Hides the last two keys of the second sequence.
    private let mask = Tensor([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], shape: [2, 5])

    init() {
        var options = StackOptions(
            layerCount: 2, width: 12, headCount: 3, keyValueHeadCount: 1, hiddenWidth: 20)
        options.isCausal = true
        options.crossAttends = true
        var random = RandomSource(seed: 7)
        stack = TransformerStack(options, random: &random)
        encoded = random.stream().normal([2, 5, 12])
    }

    private func output(_ x: Tensor, _ memories: [Memory]) -> Tensor {
        var (caches, context) = ([KeyValueCache](), Context())
        return stack(x, memories: memories, caches: &caches, context: &context)
    }

    @Test("sequences that share a memory see what each would see of a copy", arguments: [1, 4])
    func shared(tokens: Int) {
        var context = Context()
        let memories = stack.memories(of: encoded, keyMask: mask, context: &context)
        let x = RandomStream(seed: 3, stream: 0).normal([6, tokens, 12])
        let found = output(x, memories)
        let wanted = output(x, memories.map { $0.selecting([0, 0, 0, 1, 1, 1]) })
        #expect(found.shape == wanted.shape)
        let otherwise = output(x, memories.map { $0.selecting([1, 1, 1, 0, 0, 0]) })
        for ((a, b), c) in zip(zip(found.elements, wanted.elements), otherwise.elements) {
            #expect(abs(a - b) < 1e-5)
            #expect(abs(a - c) > 1e-7)
        }
    }

    @Test("selecting is taking those memories, with what is hidden of them")
    func selects() {
        var context = Context()
        let memories = stack.memories(of: encoded, keyMask: mask, context: &context)
        let last = memories[1].selecting([1, 1, 0])
        #expect(last.keysValues.shape == [3, 5, 8])
        let all = memories[1].keysValues.elements
        let (first, second) = (Array(all[..<40]), Array(all[40...]))
        let wanted: [Float] = second + second + first
        #expect(last.keysValues.elements == wanted)
        #expect(last.keyMask?.elements == [1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1])
    }

    @Test("sequences that cannot share memories equally trap with a sentence")
    func unequal() async {
        await #expect(processExitsWith: .failure) {
            let suite = MemoryTests()
            var context = Context()
            let memories = suite.stack.memories(
                of: suite.encoded, keyMask: nil, context: &context)
            _ = suite.output(Tensor.zeros([3, 1, 12]), memories)
        }
    }
}
