import AttendTensors
import Testing

/// The sentences with which mistakes in attention end a program.
@Suite(.serialized) struct AttentionErrorTests {
    private func expect(
        _ result: ExitTest.Result?, says sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("Fatal error: \(sentence)\n"), sourceLocation: sourceLocation)
    }

    @Test func attentionScale() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.scale = 0
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the scale must be above 0 and finite, not 0.0")
    }

    @Test func attentionScaleBelow() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.scale = -0.5
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the scale must be above 0 and finite, not -0.5")
    }

    @Test func attentionScaleInfinite() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.scale = .infinity
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the scale must be above 0 and finite, not inf")
    }

    @Test func attentionScaleNotANumber() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.scale = .nan
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the scale must be above 0 and finite, not nan")
    }

    @Test func attentionDropout() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.dropout = (1, RandomStream(seed: 1, stream: 1))
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the probability of dropout must be in 0 ..< 1, not 1.0")
    }

    @Test func attentionDropoutBelow() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.dropout = (-0.1, RandomStream(seed: 1, stream: 1))
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the probability of dropout must be in 0 ..< 1, not -0.1")
    }

    @Test func attentionDropoutNotANumber() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.dropout = (.nan, RandomStream(seed: 1, stream: 1))
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the probability of dropout must be in 0 ..< 1, not nan")
    }

    @Test func attentionWindow() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.window = 0
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: a window must reach at least 1 key, not 0")
    }

    @Test func attentionBias() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.bias = Tensor.zeros([2, 5, 3])
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: the bias [2, 5, 3] is not [heads, queries, keys], [2, 3, 5]")
    }

    @Test func attentionSlopes() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.slopes = Tensor.zeros([1])
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: slopes [1] are not one for each of 2 heads")
    }

    @Test func attentionSinks() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.sinks = Tensor.zeros([2, 1])
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says: "attention: sinks [2, 1] are not one for each of 2 heads")
    }

    @Test func attentionMask() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 2)
            options.keyMask = Tensor.zeros([1, 3])
            _ = Tensor.zeros([1, 3, 4]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says:
                "attention: 2 heads over 2 key-value heads do not fit width 4, or the mask [1, 3] is not [batch, keys]"
        )
    }

    @Test func attentionSharedHeads() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var options = AttentionOptions(headCount: 3)
            options.keyValueHeadCount = 2
            _ = Tensor.zeros([1, 3, 6]).attention(
                keys: Tensor.zeros([1, 5, 4]), values: Tensor.zeros([1, 5, 4]), options: options)
        }
        expect(
            result,
            says:
                "attention: 3 heads over 2 key-value heads do not fit width 6, or the mask – is not [batch, keys]"
        )
    }

    @Test func packedKeysAndValues() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([1, 3, 4]).attention(
                packedKeysValues: Tensor.zeros([1, 5, 4]), options: AttentionOptions(headCount: 2))
        }
        expect(
            result,
            says:
                "attention: queries [1, 3, 4] of 2 heads and packed keys and values [1, 5, 4] of 2 heads do not fit"
        )
    }

    @Test func cache() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            var keys = CachedTokens(places: 1, capacity: 4, headCount: 2, headWidth: 2)
            var values = keys
            _ = Tensor.zeros([1, 2, 12]).attendCached(
                keys: &keys, values: &values, held: 3, options: AttentionOptions(headCount: 2))
        }
        expect(
            result,
            says: "cached attention: [1, 2, 12] does not fit a cache [1, 4, 4] that holds 3")
    }
}
