import AttendTensors
import Foundation
import Testing

/// One attention by the definition, in double precision.
private struct Reference {
    var batch: Int
    var heads: Int
    var keyValueHeads: Int
    var queries: Int
    var keys: Int
    var headWidth: Int
    var scale: Double
    var isCausal = false
    var mask: [Float]?
    var dropped: (probability: Double, uniform: [Float])?
    var window: Int?
    var slopes: [Float]?

    func callAsFunction(
        _ q: [Double], _ k: [Double], _ v: [Double], bias: [Double]? = nil, sinks: [Double]? = nil
    ) -> [Double] {
        var output = [Double](repeating: 0, count: q.count)
        for sequence in 0..<batch {
            for head in 0..<heads {
                let shared = head * keyValueHeads / heads
                for query in 0..<queries {
                    let row = (sequence * heads + head) * queries + query
                    let place = ((sequence * queries + query) * heads + head) * headWidth
                    func from(_ key: Int) -> Int {
                        ((sequence * keys + key) * keyValueHeads + shared) * headWidth
                    }
                    var scores = (0..<keys).map { key in
                        (0..<headWidth).reduce(0) { $0 + q[place + $1] * k[from(key) + $1] }
                            * scale
                    }
                    for key in 0..<keys {
                        let distance = query + keys - queries - key
                        if let bias { scores[key] += bias[(head * queries + query) * keys + key] }
                        if let slopes {
                            scores[key] -= Double(slopes[head]) * Double(abs(distance))
                        }
                        if isCausal && distance < 0 || window.map({ abs(distance) >= $0 }) ?? false
                            || mask.map({ $0[sequence * keys + key] == 0 }) ?? false
                        {
                            scores[key] = -.infinity
                        }
                    }
                    // A sink is one more score, whose weight is dropped.
                    if let sinks { scores.append(sinks[head]) }
                    for (key, weight) in softmax(scores[...]).prefix(keys).enumerated() {
                        var factor = weight
                        if let dropped {
                            let isKept =
                                Double(dropped.uniform[row * ((keys + 63) / 64) * 64 + key])
                                >= dropped.probability
                            factor = isKept ? weight / (1 - dropped.probability) : 0
                        }
                        for i in 0..<headWidth { output[place + i] += factor * v[from(key) + i] }
                    }
                }
            }
        }
        return output
    }
}

extension Operations {
    @Suite struct AttentionTests {
        @Test(
            arguments: [(1, 1), (1, 5), (3, 3), (4, 9), (7, 7), (9, 4), (5, 66)],
            [false, true])
        func againstItsDefinition(lengths: (Int, Int), isCausal: Bool) {
            let (queries, keys) = lengths
            for (heads, keyValueHeads, headWidth) in [(1, 1, 3), (2, 2, 5), (6, 2, 1)] {
                var options = AttentionOptions(headCount: heads, isCausal: isCausal)
                options.keyValueHeadCount = keyValueHeads
                let reference = Reference(
                    batch: 2, heads: heads, keyValueHeads: keyValueHeads, queries: queries,
                    keys: keys, headWidth: headWidth, scale: 1 / Double(headWidth).squareRoot(),
                    isCausal: isCausal)
                let shared: Shape = [2, keys, keyValueHeads * headWidth]
                expectOperation(
                    on: [[2, queries, heads * headWidth], shared, shared],
                    { $0[0].attention(keys: $0[1], values: $0[2], options: options) }
                ) { reference($0[0], $0[1], $0[2]) }
            }
        }

        @Test(arguments: [2, 7]) func everyOption(queries: Int) {
            let (batch, heads, keys, headWidth) = (2, 4, 9, 3)
            let mask: [Float] = [1, 0, 1, 1, 0, 0, 1, 0, 1] + [Float](repeating: 0, count: 9)
            let stream = RandomStream(seed: 5, stream: 8)
            var options = AttentionOptions(headCount: heads, isCausal: true)
            options.keyValueHeadCount = 2
            options.scale = 0.7
            options.keyMask = Tensor(mask, shape: [batch, keys])
            options.dropout = (0.25, stream)
            let reference = Reference(
                batch: batch, heads: heads, keyValueHeads: 2, queries: queries, keys: keys,
                headWidth: headWidth, scale: 0.7, isCausal: true, mask: mask,
                dropped: (0.25, stream.uniform([batch * heads * queries * 64]).elements))
            let shared: Shape = [batch, keys, 2 * headWidth]
            let queryShape: Shape = [batch, queries, heads * headWidth]
            expectOperation(
                on: [queryShape, shared, shared],
                { $0[0].attention(keys: $0[1], values: $0[2], options: options) }
            ) { reference($0[0], $0[1], $0[2]) }
            // The second sequence sees nothing.
            let output = tensor(queryShape).attention(
                keys: tensor(shared), values: tensor(shared), options: options)
            #expect(output.elements.suffix(output.count / 2).allSatisfy { $0 == 0 })
        }

        /// One tensor as queries, keys and values.
        @Test("rounded operands change little, and not where a single query looks at all keys")
        func bfloat16() {
            func attention(_ queries: Int, _ precision: Precision) -> ([Float], [[Float]]) {
                let inputs = [queries, 70, 70].enumerated().map {
                    RandomStream(seed: 9, stream: UInt64($0)).normal([2, $1, 3 * 20])
                }
                var options = AttentionOptions(headCount: 3, isCausal: true)
                options.precision = precision
                options.window = 33
                func output(_ inputs: [Tensor]) -> Tensor {
                    inputs[0].attention(keys: inputs[1], values: inputs[2], options: options)
                }
                let gradients = valueWithGradients(of: inputs) { output($0).squared().sum() }
                    .gradients
                return (output(inputs).elements, gradients.map(\.elements))
            }
            let (exact, rounded) = (attention(70, .float32), attention(70, .bfloat16))
            for (one, other) in zip([exact.0] + exact.1, [rounded.0] + rounded.1) {
                let size = one.map(abs).max() ?? 0
                let error = zip(one, other).map { abs($0 - $1) }.max() ?? .nan
                #expect(size > 0.1 && error < 0.02 * size)
            }
            #expect(attention(1, .float32).0 == attention(1, .bfloat16).0)
        }

        @Test func toItself() {
            let options = AttentionOptions(headCount: 2)
            let reference = Reference(
                batch: 1, heads: 2, keyValueHeads: 2, queries: 8, keys: 8, headWidth: 3,
                scale: 1 / 3.0.squareRoot())
            expectOperation(
                on: [[1, 8, 6]],
                { $0[0].attention(keys: $0[0], values: $0[0], options: options) }
            ) { reference($0[0], $0[0], $0[0]) }
        }

        @Test(arguments: [1, 2, 3, 17, 70]) func packed(tokens: Int) {
            let options = AttentionOptions(headCount: 3, isCausal: true)
            let reference = Reference(
                batch: 2, heads: 3, keyValueHeads: 3, queries: tokens, keys: tokens, headWidth: 2,
                scale: 1 / 2.0.squareRoot(), isCausal: true)
            expectOperation(
                on: [[2, tokens, 18]], { $0[0].packedSelfAttention(options: options) }
            ) { inputs in
                let parts = (0..<3).map { part in
                    rows(inputs[0], 18).flatMap { row in
                        row.dropFirst(part * 6).prefix(6)
                    }
                }
                return reference(parts[0], parts[1], parts[2])
            }
        }

        @Test(arguments: [1, 3, 5, 70]) func packedWithSharedHeads(tokens: Int) {
            var options = AttentionOptions(headCount: 6, isCausal: true)
            options.keyValueHeadCount = 2
            let reference = Reference(
                batch: 2, heads: 6, keyValueHeads: 2, queries: tokens, keys: tokens, headWidth: 3,
                scale: 1 / 3.0.squareRoot(), isCausal: true)
            expectOperation(
                on: [[2, tokens, 30]], { $0[0].packedSelfAttention(options: options) }
            ) { inputs in
                let parts = [(0, 18), (18, 6), (24, 6)].map { begin, count in
                    rows(inputs[0], 30).flatMap { $0.dropFirst(begin).prefix(count) }
                }
                return reference(parts[0], parts[1], parts[2])
            }
        }

        @Test(arguments: [(1, 1), (2, 7), (9, 4), (70, 5)], [1, 2, 4])
        func packedKeysAndValues(lengths: (Int, Int), shared: Int) {
            let (queries, keys) = lengths
            var options = AttentionOptions(headCount: 4)
            options.keyValueHeadCount = shared
            let reference = Reference(
                batch: 2, heads: 4, keyValueHeads: shared, queries: queries, keys: keys,
                headWidth: 3, scale: 1 / 3.0.squareRoot())
            expectOperation(
                on: [[2, queries, 12], [2, keys, 6 * shared]],
                { $0[0].attention(packedKeysValues: $0[1], options: options) }
            ) { inputs in
                let parts = (0..<2).map { part in
                    rows(inputs[1], 6 * shared).flatMap {
                        $0.dropFirst(part * 3 * shared).prefix(3 * shared)
                    }
                }
                return reference(inputs[0], parts[0], parts[1])
            }
        }

        /// A packed projection whose gradient is added to one that was there.
        @Test func packedUsedTwice() {
            let options = AttentionOptions(headCount: 1)
            let x = tensor([1, 7, 6])
            let once = valueWithGradients(of: [x]) {
                $0[0].packedSelfAttention(options: options).weighted()
            }.gradients[0]
            let twice = valueWithGradients(of: [x]) {
                $0[0].packedSelfAttention(options: options).weighted()
                    + $0[0].packedSelfAttention(options: options).weighted()
            }.gradients[0]
            #expect(twice.bits == (once * 2).bits)
        }

        @Test(arguments: [3, 40, 130], [false, true])
        func isItsPlainTwin(tokens: Int, isCausal: Bool) {
            let (heads, width) = (4, 32)
            let inputs = (1...3).map { tensor([2, tokens, width], seed: UInt64($0)) }
            let fused = valueWithGradients(of: inputs) {
                $0[0].attention(
                    keys: $0[1], values: $0[2],
                    options: AttentionOptions(headCount: heads, isCausal: isCausal)
                ).weighted()
            }
            let future = Tensor(
                (0..<tokens * tokens).map {
                    isCausal && $0 % tokens > $0 / tokens ? -.infinity : 0
                }, shape: [tokens, tokens])
            let plain = valueWithGradients(of: inputs) {
                let (q, k, v) = (
                    $0[0].splitHeads(heads), $0[1].splitHeads(heads), $0[2].splitHeads(heads)
                )
                let scores =
                    q.matrixMultiplied(by: k, transposingRight: true) / Float(8).squareRoot()
                return (scores + future).softmax().matrixMultiplied(by: v).mergedHeads().weighted()
            }
            expectClose([fused.value], [Double(plain.value)], tolerance: 1e-4)
            for (a, b) in zip(fused.gradients, plain.gradients) {
                expectClose(a.elements, b.doubles)
            }
        }

        /// A window, sinks, a bias and slopes, alone and with all else that changes weights.
        @Test(arguments: 0..<128, [(1, 6), (5, 5), (7, 4)])
        func combinations(choice: Int, lengths: (Int, Int)) {
            let (queries, keys) = lengths
            let (batch, heads, headWidth) = (2, 4, 2)
            let shared = choice & 64 != 0 ? 2 : 4
            var options = AttentionOptions(headCount: heads, isCausal: choice & 1 != 0)
            options.keyValueHeadCount = shared
            var reference = Reference(
                batch: batch, heads: heads, keyValueHeads: shared, queries: queries, keys: keys,
                headWidth: headWidth, scale: 1 / 2.0.squareRoot(), isCausal: choice & 1 != 0)
            if choice & 2 != 0 {
                (options.window, reference.window) = (1 + choice % 5, 1 + choice % 5)
            }
            if choice & 4 != 0 {
                let mask = numbers(batch * keys, seed: 31).map { $0 > -0.7 ? 1 : 0 as Float }
                (options.keyMask, reference.mask) = (Tensor(mask, shape: [batch, keys]), mask)
            }
            if choice & 8 != 0 {
                let slopes = numbers(heads, seed: 32, in: 0...1)
                (options.slopes, reference.slopes) = (Tensor(slopes), slopes)
            }
            if choice & 16 != 0, choice & 3 != 0 {
                let stream = RandomStream(seed: 5, stream: 9)
                options.dropout = (0.25, stream)
                reference.dropped = (
                    0.25, stream.uniform([batch * heads * queries * 64]).elements
                )
            }
            let (hasBias, hasSinks) = (choice & 32 != 0, choice % 3 > 0)
            let rows: Shape = [batch, keys, shared * headWidth]
            var shapes: [Shape] = [[batch, queries, heads * headWidth], rows, rows]
            if hasBias { shapes.append([heads, queries, keys]) }
            if hasSinks { shapes.append([heads]) }
            expectOperation(
                on: shapes,
                {
                    var options = options
                    if hasBias { options.bias = $0[3] }
                    if hasSinks { options.sinks = $0[$0.count - 1] }
                    return $0[0].attention(keys: $0[1], values: $0[2], options: options)
                }
            ) {
                reference(
                    $0[0], $0[1], $0[2], bias: hasBias ? $0[3] : nil,
                    sinks: hasSinks ? $0[$0.count - 1] : nil)
            }
        }

        @Test(
            arguments: [(3, 70), (67, 67), (131, 131), (70, 130), (130, 70)], [1, 29, 64, 65, 500])
        func longWindows(lengths: (Int, Int), window: Int) {
            let (queries, keys) = lengths
            for isCausal in [false, true] {
                var options = AttentionOptions(headCount: 2, isCausal: isCausal)
                options.window = window
                options.sinks = Tensor([0.3, -1])
                options.bias = tensor([2, queries, keys], seed: 9)
                let reference = Reference(
                    batch: 1, heads: 2, keyValueHeads: 2, queries: queries, keys: keys,
                    headWidth: 3, scale: 1 / 3.0.squareRoot(), isCausal: isCausal, window: window)
                let (q, k) = (tensor([1, queries, 6]), tensor([1, keys, 6], seed: 2))
                let v = tensor([1, keys, 6], seed: 3)
                let output = q.attention(keys: k, values: v, options: options)
                let wanted = reference(
                    q.doubles, k.doubles, v.doubles, bias: options.bias?.doubles,
                    sinks: options.sinks?.doubles)
                expectClose(output.elements, wanted)
            }
        }

        /// The largest window there is sees all.
        @Test func widestWindow() {
            let (q, k) = (tensor([2, 9, 4]), tensor([2, 12, 4], seed: 2))
            var options = AttentionOptions(headCount: 2)
            let without = q.attention(keys: k, values: k, options: options)
            options.window = .max
            #expect(q.attention(keys: k, values: k, options: options).bits == without.bits)
        }

        /// A bias and a mask that hide everything, with and without a sink: zeros, and no gradient.
        @Test(arguments: [1, 7, 70], [false, true]) func nothingToSee(queries: Int, hasSinks: Bool)
        {
            let hidden = Tensor(repeating: -.infinity, shape: [2, queries, 9])
            let inputs = [
                tensor([1, queries, 6]), tensor([1, 9, 6], seed: 2), tensor([1, 9, 6], seed: 3),
                hidden, tensor([2]),
            ]
            let (value, gradients) = valueWithGradients(of: inputs) {
                var options = AttentionOptions(headCount: 2)
                options.bias = $0[3]
                if hasSinks { options.sinks = $0[4] }
                let output = $0[0].attention(keys: $0[1], values: $0[2], options: options)
                #expect(output.elements.allSatisfy { $0 == 0 })
                return output.weighted()
            }
            #expect(value == 0)
            for gradient in gradients {
                #expect(gradient.elements.allSatisfy { $0 == 0 })
            }
        }

        /// One bias for all sequences: its gradient is the sum of theirs.
        @Test func biasAndSinksOfManySequences() {
            let (batch, tokens) = (11, 3)
            let reference = Reference(
                batch: batch, heads: 2, keyValueHeads: 2, queries: tokens, keys: tokens,
                headWidth: 1, scale: 1)
            let shape: Shape = [batch, tokens, 2]
            expectOperation(
                on: [shape, shape, shape, [2, tokens, tokens], [2]],
                {
                    var options = AttentionOptions(headCount: 2)
                    (options.bias, options.sinks) = ($0[3], $0[4])
                    return $0[0].attention(keys: $0[1], values: $0[2], options: options)
                }
            ) { reference($0[0], $0[1], $0[2], bias: $0[3], sinks: $0[4]) }
        }

        /// What the packed form gives is what its parts give, with all options.
        @Test(arguments: [1, 5, 80]) func packedIsItsParts(tokens: Int) {
            var options = AttentionOptions(headCount: 6, isCausal: true)
            options.keyValueHeadCount = 3
            options.window = 4
            options.sinks = tensor([6], seed: 4)
            options.slopes = tensor([6], seed: 5, in: 0...1)
            options.bias = tensor([6, tokens, tokens], seed: 6)
            let packed = tensor([2, tokens, 48])
            let (q, k, v) = (packed.slice(0..<24), packed.slice(24..<36), packed.slice(36..<48))
            let whole = packed.packedSelfAttention(options: options)
            #expect(whole.bits == q.attention(keys: k, values: v, options: options).bits)
            let cross = q.attention(packedKeysValues: packed.slice(24..<48), options: options)
            #expect(whole.bits == cross.bits)
        }
    }
}
