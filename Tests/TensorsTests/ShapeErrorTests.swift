import AttendTensors
import Testing

/// The sentences with which mistakes in shapes end a program.
@Suite(.serialized) struct ShapeErrorTests {
    private func expect(
        _ result: ExitTest.Result?, says sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("Fatal error: \(sentence)\n"), sourceLocation: sourceLocation)
    }

    @Test func elementCount() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3], shape: [2, 2])
        }
        expect(
            result,
            says: "shape [2, 2] has 4 elements, but 3 were given")
    }

    @Test func negativeExtent() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Shape([2, -1])
        }
        expect(
            result,
            says: "an axis cannot have a negative extent: [2, -1]")
    }

    @Test func missingAxis() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).shape[2]
        }
        expect(
            result,
            says: "axis 2 does not exist in shape [2, 3]")
    }

    @Test func itemOfMany() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2]).item()
        }
        expect(
            result,
            says: "item() needs a tensor of one element, not of shape [2]")
    }

    @Test func sum() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]) + Tensor.zeros([2])
        }
        expect(
            result,
            says: "+: shape [2] is not the last axes of [2, 3]")
    }

    @Test func difference() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]) - Tensor.zeros([3])
        }
        expect(
            result,
            says: "-: shapes [2, 3] and [3] differ")
    }

    @Test func product() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([3]) * Tensor.zeros([4, 2])
        }
        expect(
            result,
            says: "*: shape [3] is not the last axes of [4, 2]")
    }

    @Test func reshaped() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).reshaped([5])
        }
        expect(
            result,
            says: "a tensor of shape [2, 3] cannot be reshaped to [5]")
    }

    @Test func transposed() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([3]).transposed()
        }
        expect(
            result,
            says: "axis -2 does not exist in shape [3]")
    }

    @Test func splitHeads() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 5]).splitHeads(2)
        }
        expect(
            result,
            says: "width 5 does not split into 2 heads")
    }

    @Test func splitHeadsOfSplit() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 5, 4]).splitHeads(2)
        }
        expect(
            result,
            says: "heads are split from [batch, tokens, width], not from [1, 2, 5, 4]")
    }

    @Test func mergedHeads() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 5]).mergedHeads()
        }
        expect(
            result,
            says: "heads are merged from [batch, heads, tokens, headWidth], not from [1, 2, 5]")
    }

    @Test func matrixProduct() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).matrixMultiplied(by: Tensor.zeros([2, 3]))
        }
        expect(
            result,
            says: "matrix product: shapes [2, 3] and [2, 3] do not fit")
    }

    @Test func linear() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).linear(weight: Tensor.zeros([3, 2]))
        }
        expect(
            result,
            says: "linear: input [2, 3], weight [3, 2], bias none and residual none do not fit")
    }

    @Test func linearBias() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).linear(weight: Tensor.zeros([4, 3]), bias: Tensor.zeros([3]))
        }
        expect(
            result,
            says: "linear: input [2, 3], weight [4, 3], bias [3] and residual none do not fit")
    }

    @Test func linearResidual() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).linear(
                weight: Tensor.zeros([4, 3]), residual: Tensor.zeros([2, 3]))
        }
        expect(
            result,
            says: "linear: input [2, 3], weight [4, 3], bias none and residual [2, 3] do not fit")
    }

    @Test func normalisation() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).layerNormalised(gain: Tensor.zeros([2]), bias: nil, epsilon: 1)
        }
        expect(
            result,
            says: "normalisation over width 3: gain has shape [2], bias none")
    }

    @Test func attention() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 4]).attention(
                keys: Tensor.zeros([2, 2, 4]), values: Tensor.zeros([2, 2, 4]),
                options: AttentionOptions(headCount: 2))
        }
        expect(
            result,
            says: "attention: queries [1, 2, 4], keys [2, 2, 4] and values [2, 2, 4] do not fit")
    }

    @Test func attentionKeys() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 8]).attention(
                keys: Tensor.zeros([1, 2, 4]), values: Tensor.zeros([1, 2, 4]),
                options: AttentionOptions(headCount: 2))
        }
        expect(
            result,
            says:
                "attention: keys [1, 2, 4] are not as wide as 2 of the 2 heads of the queries [1, 2, 8]"
        )
    }

    @Test func attentionHeads() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 2, 4]).packedSelfAttention(options: AttentionOptions(headCount: 2))
        }
        expect(
            result,
            says:
                "packed attention needs [batch, tokens, (2 + 2 · 2) · headWidth], not [1, 2, 4]"
        )
    }

    @Test func targets() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).crossEntropy(targets: [1])
        }
        expect(
            result,
            says: "cross-entropy: 1 targets for 2 rows of logits")
    }

    @Test func targetOutside() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).crossEntropy(targets: [1, 3])
        }
        expect(
            result,
            says: "cross-entropy: target 3 is outside of the vocabulary of 3")
    }

    @Test func projection() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).projectedCrossEntropy(
                weight: Tensor.zeros([5, 2]), targets: [1, 0])
        }
        expect(
            result,
            says: "projected cross-entropy: hidden [2, 3] and weight [5, 2] do not fit")
    }

    @Test func ids() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).gathered([0, 1], shape: [3])
        }
        expect(
            result,
            says: "embedding: 2 ids do not fill shape [3]")
    }

    @Test func idOutside() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([2, 3]).gathered([0, -1], shape: [2])
        }
        expect(
            result,
            says: "embedding: id -1 is outside of the vocabulary of 2")
    }

    @Test func notANumber() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = valueWithGradients(of: [Tensor.zeros([2])]) { $0[0] * 2 }
        }
        expect(
            result,
            says: "a function to differentiate must return one number, not a tensor of shape [2]")
    }
}
