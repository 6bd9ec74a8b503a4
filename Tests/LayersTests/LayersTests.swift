import AttendLayers
import AttendTensors
import Testing

@Suite struct LayersTests {
    private static let x = RandomStream(seed: 3, stream: 0).normal([2, 5, 6])

    private func difference(_ a: Tensor, _ b: Tensor) -> Float {
        a.shape == b.shape
            ? zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
    }

    @Test func linearIsItsFormula() {
        var random = RandomSource(seed: 1)
        var linear = Linear(inputs: 6, outputs: 4, deviation: 1, random: &random)
        linear.bias?.tensor = Tensor([1, 2, 3, 4])
        let plain =
            Self.x.reshaped([10, 6])
            .matrixMultiplied(by: linear.weight.tensor, transposingRight: true).reshaped([2, 5, 4])
            + Tensor([1, 2, 3, 4])
        #expect(difference(linear(Self.x), plain) < 1e-5)
        #expect(difference(linear(Self.x, activation: .relu), plain.activated(by: .relu)) < 1e-5)
        #expect(Linear(inputs: 1, outputs: 1, hasBias: false, random: &random).bias == nil)
    }

    @Test func embeddingIsItsOwnHead() {
        var random = RandomSource(seed: 1)
        let embedding = Embedding(vocabularySize: 9, width: 6, random: &random)
        let vectors = embedding([3, 8], shape: [2])
        #expect(vectors.shape == [2, 6])
        #expect(vectors.elements.prefix(6) == embedding.weight.tensor.elements[18..<24])
        let logits = embedding.asLinear(vectors)
        #expect(logits.shape == [2, 9])
        #expect(
            difference(
                logits,
                vectors.matrixMultiplied(by: embedding.weight.tensor, transposingRight: true))
                < 1e-6)
    }

    @Test func feedForwardIsItsFormula() {
        var random = RandomSource(seed: 1)
        let network = FeedForward(
            width: 6, hiddenWidth: 11, function: .activation(.gelu), hasBias: true,
            weights: .glorot, random: &random)
        let plain = network.down(network.up(Self.x).activated(by: .gelu))
        var context = Context()
        #expect(difference(network(Self.x, context: &context), plain) < 1e-5)
        #expect(
            difference(network(Self.x, residual: Self.x, context: &context), plain + Self.x) < 1e-5)
        // Dropout of the hidden vectors is for training.
        #expect(difference(network(Self.x, dropout: 0.5, context: &context), plain) < 1e-5)
        context.random = RandomSource(seed: 2)
        #expect(difference(network(Self.x, dropout: 0.5, context: &context), plain) > 1e-3)
    }

    @Test func attentionIsItsFormula() throws {
        var random = RandomSource(seed: 1)
        var layout = AttentionLayout(width: 6, headCount: 3, isCausal: true)
        layout.dropout = 0.5
        let attention = MultiHeadAttention(layout, weights: .glorot, random: &random)
        let map = try #require(attention.keyValue)
        let packed = map(Self.x)
        let guide = AttentionGuide()
        let heads = packed.splitHeads(9).elements
        let size = 5 * 2
        // [batch, 3 · heads, tokens, headWidth]: queries, keys and values are three heads each.
        let parts = (0..<3).map { part in
            Tensor(
                (0..<2).flatMap {
                    heads[($0 * 9 + part * 3) * size..<($0 * 9 + part * 3 + 3) * size]
                },
                shape: [2, 3, 5, 2])
        }
        let future = Tensor((0..<25).map { $0 % 5 > $0 / 5 ? -.infinity : 0 }, shape: [5, 5])
        let scores = parts[0].matrixMultiplied(by: parts[1], transposingRight: true)
        let weights = (scores / Float(2).squareRoot() + future).softmax()
        let plain = attention.output(weights.matrixMultiplied(by: parts[2]).mergedHeads())
        var (none, context) = (KeyValueCache?.none, Context())
        #expect(
            difference(attention(Self.x, guide: guide, cache: &none, context: &context), plain)
                < 1e-5)
        #expect(none == nil)
        // Dropout is for training.
        context.random = RandomSource(seed: 2)
        #expect(
            difference(attention(Self.x, guide: guide, cache: &none, context: &context), plain)
                > 1e-3)
    }

    /// The fused residual of evaluation and the plain one of training are the same block.
    @Test(arguments: NormPlacement.allCases)
    func blockIsItsFormula(placement: NormPlacement) throws {
        var random = RandomSource(seed: 1)
        var options = StackOptions(layerCount: 1, width: 6, headCount: 2, hiddenWidth: 24)
        options.function = .activation(.geluTanh)
        options.isCausal = true
        options.placement = placement
        var block = TransformerBlock(options, number: 0, random: &random)
        let guide = AttentionGuide()
        var (none, context) = (KeyValueCache?.none, Context())
        let fused = block(Self.x, guide: guide, cache: &none, context: &context)
        let network = try #require(block.feedForward.dense)
        func residual(_ x: Tensor, _ norm: Norm, _ layer: (Tensor) -> Tensor) -> Tensor {
            placement == .pre ? x + layer(norm(x)) : norm(x + layer(x))
        }
        let mixed = residual(Self.x, block.attentionNorm) {
            block.attention($0, guide: guide, cache: &none, context: &context)
        }
        let plain = residual(mixed, block.feedForwardNorm) { network($0, context: &context) }
        #expect(difference(fused, plain) < 1e-5)
        // So rare that nothing is dropped.
        block.dropout = 1e-9
        context.random = RandomSource(seed: 2)
        #expect(
            difference(block(Self.x, guide: guide, cache: &none, context: &context), plain) < 1e-5)
        block.dropout = 0.5
        #expect(
            difference(block(Self.x, guide: guide, cache: &none, context: &context), plain) > 1e-3)
    }

    @Test(
        "In training, a block leaves whole sequences as they are, the more often the higher it stands"
    )
    func dropsBranches() {
        var random = RandomSource(seed: 1)
        let options = StackOptions(layerCount: 2, width: 6, headCount: 2, hiddenWidth: 8)
        let blocks = (0..<2).map { TransformerBlock(options, number: $0, random: &random) }
        let one = RandomStream(seed: 3, stream: 0).normal([5, 6])
        let batch = 400
        let x = Tensor((0..<batch).flatMap { _ in one.elements }, shape: [batch, 5, 6])
        func kinds(_ block: TransformerBlock, _ random: RandomSource?) -> [[Float]: Int] {
            var context = Context(random: random)
            context.dropPath = 0.5
            var cache: KeyValueCache?
            let y = block(x, guide: AttentionGuide(), cache: &cache, context: &context)
            var counts: [[Float]: Int] = [:]
            for row in 0..<batch {
                counts[Array(y.elements[row * 30..<(row + 1) * 30]), default: 0] += 1
            }
            return counts
        }
        // Neither, one, the other, or both of its connections.
        for (block, kept) in zip(blocks, [0.75, 0.5]) {
            let counts = kinds(block, RandomSource(seed: 2))
            #expect(counts.count == 4)
            let untouched = Double(counts[one.elements] ?? 0) / Double(batch)
            #expect(abs(untouched - (1 - kept) * (1 - kept)) < 0.06)
            #expect(kinds(block, nil).count == 1)
        }
    }

    @Test func contextsDrawOnlyInTraining() {
        var context = Context()
        #expect(context.dropout(Self.x, probability: 0.5).elements == Self.x.elements)
        context.random = RandomSource(seed: 4)
        #expect(context.dropout(Self.x, probability: 0).elements == Self.x.elements)
        #expect(context.random == RandomSource(seed: 4))
        let first = context.dropout(Self.x, probability: 0.5).elements
        let second = context.dropout(Self.x, probability: 0.5).elements
        #expect(first != second)
        var again = Context(random: RandomSource(seed: 4))
        #expect(again.dropout(Self.x, probability: 0.5).elements == first)
    }

    @Test func gradientsAreClipped() {
        let gradients = Gradients([("a", Tensor([3, 0])), ("b", Tensor([4], shape: [1, 1]))])
        #expect(gradients.norm == 5)
        let clipped = gradients.clipped(toNorm: 1)
        #expect(abs(clipped.norm - 1) < 1e-5)
        #expect(abs(clipped.scale - 0.2) < 1e-6)
        #expect(clipped.tensors[0].tensor.elements == [3, 0])
        #expect(gradients.clipped(toNorm: 6).scale == 1)
        #expect(Gradients([]).clipped(toNorm: 1).norm == 0)
    }
}
