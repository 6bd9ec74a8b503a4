import AttendKernels
import Foundation
import Testing

/// One attention: its sizes, its options and its operands, which lie in rows wider than they need.
private struct Attention: CustomStringConvertible {
    var batch = 1
    var heads = 1
    var keyValueHeads = 1
    var queries: Int
    var keys: Int
    var headWidth: Int
    var isCausal = false
    var isMasked = false
    var dropout: Float = 0
    var window = 0
    var hasBias = false
    var hasSlopes = false
    var hasSinks = false
    /// Added to the distance between tokens.
    var gap = 0
    /// Multiplied into the queries: large scores are where a softmax overflows.
    var range: Float = 1
    var scale: Float = 0.4

    var description: String {
        "batch \(batch) heads \(heads)/\(keyValueHeads) queries \(queries) keys \(keys) width \(headWidth)"
            + " causal \(isCausal) mask \(isMasked) dropout \(dropout) gap \(gap) range \(range)"
            + " window \(window) bias \(hasBias) slopes \(hasSlopes) sinks \(hasSinks)"
    }

    private let random = AttendRandom(seed: 0xfeed_0123_4567_89ab, stream: 7)
    private var queryStride: Int { heads * headWidth + gap }
    private var keyStride: Int { keyValueHeads * headWidth + 2 * gap }

    init(queries: Int, keys: Int, headWidth: Int) {
        (self.queries, self.keys, self.headWidth) = (queries, keys, headWidth)
    }

    private func tokens(
        _ count: Int, _ stride: Int, _ used: Int, _ seed: UInt64, _ range: Float = 1
    )
        -> [Float]
    {
        var x = numbers(batch * count * stride, seed: seed, range: range)
        for place in x.indices where place % stride >= used { x[place] = .nan }
        return x
    }

    var query: [Float] { tokens(queries, queryStride, heads * headWidth, 1, range) }
    var key: [Float] { tokens(keys, keyStride, keyValueHeads * headWidth, 2) }
    var value: [Float] { tokens(keys, keyStride, keyValueHeads * headWidth, 3) }
    var outputGradient: [Float] { tokens(queries, queryStride, heads * headWidth, 4) }

    /// The second sequence and every third key see nothing; so does the first key of all.
    var mask: [Float] {
        (0..<batch * keys).map { $0 / keys == 1 || $0 % 3 == 2 || $0 == 0 ? 0 : 1 }
    }

    /// Some keys are hidden, and from one query of the first head all are.
    var bias: [Float] {
        var bias = numbers(heads * queries * keys, seed: 5, range: 2)
        for place in bias.indices where place % 11 == 3 || place / max(keys, 1) == queries / 2 {
            bias[place] = -.infinity
        }
        return bias
    }
    var slopes: [Float] { numbers(heads, seed: 6, range: 0.2).map { abs($0) } }
    /// The last of more than two heads has none.
    var sinks: [Float] {
        var sinks = numbers(heads, seed: 7, range: 3)
        if heads > 2 { sinks[heads - 1] = -.infinity }
        return sinks
    }

    /// What each weight is multiplied by: 1, or 0 or 1 / (1 − p) as the documented stream decides.
    private func kept(_ kernels: AttendKernelTable) -> [Double] {
        let blocks = (keys + 63) / 64
        let rows = batch * heads * queries
        var uniform = [Float](repeating: 0, count: rows * blocks * 64)
        if dropout > 0, !uniform.isEmpty {
            unsafe uniform.withUnsafeMutableBufferPointer {
                unsafe kernels.uniform(random, 0, Int64($0.count), $0.baseAddress!)
            }
        }
        return (0..<rows * keys).map {
            let (row, key) = ($0 / keys, $0 % keys)
            if dropout == 0 { return 1 }
            return uniform[row * blocks * 64 + key] >= dropout ? 1 / (1 - Double(dropout)) : 0
        }
    }

    struct Result {
        var output: [Double]
        var logSumExp: [Double]
        var queryGradient: [Double]
        var keyGradient: [Double]
        var valueGradient: [Double]
        var biasGradient: [Double]
        var sinkGradient: [Double]
    }

    /// Forward and backward by the definition, with every matrix whole.
    func reference(_ kernels: AttendKernelTable) -> Result {
        let (q, k, v) = (query.doubles, key.doubles, value.doubles)
        let (gradient, mask) = (outputGradient.doubles, mask)
        let kept = unsafe kept(kernels)
        let blank = [Double](repeating: 0, count: q.count)
        var result = Result(
            output: blank, logSumExp: [], queryGradient: blank,
            keyGradient: [Double](repeating: 0, count: k.count),
            valueGradient: [Double](repeating: 0, count: k.count),
            biasGradient: [Double](repeating: 0, count: batch * heads * queries * keys),
            sinkGradient: [Double](repeating: 0, count: batch * heads))
        let (bias, slopes) = (bias.doubles, slopes.doubles)
        let sinks = hasSinks ? sinks.doubles : [Double](repeating: -.infinity, count: heads)
        for sequence in 0..<batch {
            for head in 0..<heads {
                let shared = head * keyValueHeads / heads
                for query in 0..<queries {
                    let row = (sequence * heads + head) * queries + query
                    let place = (sequence * queries + query) * queryStride + head * headWidth
                    func keyPlace(_ key: Int) -> Int {
                        (sequence * keys + key) * keyStride + shared * headWidth
                    }
                    let biasPlace = (head * queries + query) * keys
                    let here = query + keys - queries
                    let visible = (0..<keys).filter {
                        (!isCausal || $0 <= here) && (window == 0 || abs(here - $0) < window)
                            && (!isMasked || mask[sequence * keys + $0] != 0)
                            && (!hasBias || bias[biasPlace + $0] > -.infinity)
                    }
                    let scores = visible.map { key in
                        var score = (0..<headWidth).reduce(0.0) {
                            $0 + q[place + $1] * k[keyPlace(key) + $1]
                        }
                        score *= Double(scale)
                        if hasBias { score += bias[biasPlace + key] }
                        if hasSlopes { score -= slopes[head] * Double(abs(here - key)) }
                        return score
                    }
                    let sink = sinks[head]
                    let largest = max(scores.max() ?? -.infinity, sink)
                    let sinkPower = sink == -.infinity ? 0 : exp(sink - largest)
                    let sum = scores.reduce(sinkPower) { $0 + exp($1 - largest) }
                    result.logSumExp.append(sum == 0 ? -.infinity : largest + log(sum))
                    let weights = scores.map { exp($0 - largest) / sum }
                    var weightGradients: [Double] = []
                    for (weight, key) in zip(weights, visible) {
                        let factor = kept[row * keys + key]
                        var product = 0.0
                        for i in 0..<headWidth {
                            let (from, to) = (keyPlace(key) + i, place + i)
                            result.output[to] += weight * factor * v[from]
                            result.valueGradient[from] += weight * factor * gradient[to]
                            product += gradient[to] * v[from]
                        }
                        weightGradients.append(product * factor)
                    }
                    let mean = zip(weights, weightGradients).reduce(0) { $0 + $1.0 * $1.1 }
                    if sinkPower > 0 {
                        result.sinkGradient[sequence * heads + head] -= sinkPower / sum * mean
                    }
                    for (index, key) in visible.enumerated() {
                        var slope = weights[index] * (weightGradients[index] - mean)
                        result.biasGradient[row * keys + key] = slope
                        slope *= Double(scale)
                        for i in 0..<headWidth {
                            result.queryGradient[place + i] += slope * k[keyPlace(key) + i]
                            result.keyGradient[keyPlace(key) + i] += slope * q[place + i]
                        }
                    }
                }
            }
        }
        return result
    }

    struct Found {
        var output: [Float] = []
        var logSumExp: [Float] = []
        var queryGradient: [Float] = []
        var keyGradient: [Float] = []
        var valueGradient: [Float] = []
        var biasGradient: [Float] = []
        var sinkGradient: [Float] = []
    }

    /// Both kernels, over these ranges of pairs.
    func run(_ kernels: AttendKernelTable, cuts: [Int] = []) -> Found {
        let (query, key, value, gradient) = (query, key, value, outputGradient)
        let (mask, bias, slopes, sinks) = (mask, bias, slopes, sinks)
        var found = Found()
        let ends = cuts + [batch * keyValueHeads]
        let ranges = zip([0] + ends, ends)
        func attention(
            _ output: UnsafeMutablePointer<Float>, _ logSumExp: UnsafeMutablePointer<Float>?,
            _ body: (AttendAttention) -> Void
        ) {
            unsafe reading([query, key, value, mask, bias, slopes, sinks]) { pointers in
                let description = unsafe AttendAttention(
                    batch: Int64(batch), heads: Int64(heads), keyValueHeads: Int64(keyValueHeads),
                    queries: Int64(queries), keys: Int64(keys), headWidth: Int64(headWidth),
                    scale: scale, precision: AttendFloat32, isCausal: isCausal ? 1 : 0,
                    window: Int64(window),
                    keyMask: isMasked ? pointers[3] : nil, bias: hasBias ? pointers[4] : nil,
                    slopes: hasSlopes ? pointers[5] : nil, sinks: hasSinks ? pointers[6] : nil,
                    dropout: dropout, random: random, query: pointers[0], key: pointers[1],
                    value: pointers[2], keyValueElement: AttendFloat32,
                    queryBatchStride: Int64(queries * queryStride),
                    queryTokenStride: Int64(queryStride), keyBatchStride: Int64(keys * keyStride),
                    keyTokenStride: Int64(keyStride), valueBatchStride: Int64(keys * keyStride),
                    valueTokenStride: Int64(keyStride), output: output,
                    outputBatchStride: Int64(queries * queryStride),
                    outputTokenStride: Int64(queryStride), logSumExp: logSumExp, pages: nil,
                    pageTokens: 0)
                unsafe body(description)
            }
        }
        let blank = [Float](repeating: 7, count: query.count)
        found.output = unsafe writing(blank) { output in
            found.logSumExp = unsafe writing(count: batch * heads * queries) { logSumExp in
                unsafe attention(output, logSumExp) { description in
                    var description = unsafe description
                    for (begin, end) in ranges {
                        unsafe kernels.attention(&description, Int64(begin), Int64(end))
                    }
                }
            }
        }
        var (output, logSumExp) = (found.output, found.logSumExp)
        // What a head hides has no gradient; the kernel writes that too.
        let sizes = [
            query.count, key.count, key.count, batch * heads * queries * keys, batch * heads,
        ]
        let blanks = sizes.enumerated().map { [Float](repeating: $0 < 3 ? 7 : .nan, count: $1) }
        let gradients = unsafe writing(blanks) { targets in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe logSumExp.withUnsafeMutableBufferPointer { logSumExp in
                    unsafe attention(output.baseAddress!, logSumExp.baseAddress) { forward in
                        unsafe reading(gradient) { gradient in
                            var backward = unsafe AttendAttentionGradient(
                                forward: forward, outputGradient: gradient,
                                queryGradient: targets[0], keyGradient: targets[1],
                                valueGradient: targets[2],
                                biasGradient: hasBias ? targets[3] : nil,
                                sinkGradient: hasSinks ? targets[4] : nil)
                            for (begin, end) in ranges {
                                unsafe kernels.attentionGradient(
                                    &backward, Int64(begin), Int64(end))
                            }
                        }
                    }
                }
            }
        }
        (found.queryGradient, found.keyGradient) = (gradients[0], gradients[1])
        found.valueGradient = gradients[2]
        if hasBias { found.biasGradient = gradients[3] }
        if hasSinks { found.sinkGradient = gradients[4] }
        return found
    }

    func check(_ table: Table, sourceLocation: SourceLocation = #_sourceLocation) {
        let found = unsafe run(table.kernels)
        let wanted = unsafe reference(table.kernels)
        func compare(_ found: [Float], _ wanted: [Double], _ what: String, stride: Int, used: Int) {
            let size = wanted.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
            for (place, (x, y)) in zip(found, wanted).enumerated() {
                // What lies between the tokens belongs to someone else.
                let isRight =
                    place % stride >= used
                    ? x == 7 : Double(x) == y || abs(Double(x) - y) <= 3e-6 * Double(range) * size
                if isRight { continue }
                Issue.record(
                    "\(table.name) \(self): \(what)[\(place)] is \(x), wanted \(y)",
                    sourceLocation: sourceLocation)
                return
            }
        }
        let (ofQuery, ofKey) = (heads * headWidth, keyValueHeads * headWidth)
        compare(found.output, wanted.output, "output", stride: queryStride, used: ofQuery)
        compare(found.logSumExp, wanted.logSumExp, "logSumExp", stride: 1, used: 1)
        compare(
            found.queryGradient, wanted.queryGradient, "query gradient", stride: queryStride,
            used: ofQuery)
        compare(
            found.keyGradient, wanted.keyGradient, "key gradient", stride: keyStride, used: ofKey)
        compare(
            found.valueGradient, wanted.valueGradient, "value gradient", stride: keyStride,
            used: ofKey)
        compare(found.biasGradient, wanted.biasGradient, "bias gradient", stride: 1, used: 1)
        compare(found.sinkGradient, wanted.sinkGradient, "sink gradient", stride: 1, used: 1)
        #expect(found.biasGradient.isEmpty == (!hasBias || wanted.biasGradient.isEmpty))
        #expect(found.sinkGradient.isEmpty == (!hasSinks || wanted.sinkGradient.isEmpty))
    }
}

@Suite struct AttentionTests {
    @Test(arguments: Table.all, [false, true]) func lengths(table: Table, isCausal: Bool) {
        for queries in [1, 2, 3, 4, 5, 63, 64, 65, 130] {
            for keys in [1, 5, 63, 64, 65, 130] {
                var attention = Attention(queries: queries, keys: keys, headWidth: 8)
                attention.isCausal = isCausal
                attention.check(table)
            }
        }
    }

    @Test(arguments: Table.all, [1, 3, 8, 24, 32, 64, 80])
    func headWidths(table: Table, headWidth: Int) {
        for length in [1, 2, 5, 17, 66] {
            var attention = Attention(queries: length, keys: length, headWidth: headWidth)
            (attention.heads, attention.keyValueHeads) = (2, 2)
            attention.isCausal = true
            attention.gap = length % 3
            attention.check(table)
        }
    }

    /// Masked keys, sequences that see nothing, dropped weights, shared keys: alone and together.
    @Test(arguments: Table.all, 0..<16) func options(table: Table, options: Int) {
        for (queries, keys) in [(1, 70), (2, 5), (4, 4), (7, 7), (66, 66), (70, 130), (130, 70)] {
            var attention = Attention(queries: queries, keys: keys, headWidth: 5)
            attention.batch = 3
            attention.isCausal = options & 1 != 0
            attention.isMasked = options & 2 != 0
            attention.dropout = options & 4 != 0 ? 0.3 : 0
            (attention.heads, attention.keyValueHeads) = options & 8 != 0 ? (6, 2) : (2, 2)
            attention.gap = options % 3
            attention.check(table)
        }
    }

    /// Everything that changes what a query sees, alone and together.
    @Test(arguments: Table.all, 0..<256) func combinations(table: Table, options: Int) {
        let lengths =
            [(1, 9), (3, 3), (7, 11), (13, 5)] + (options % 17 == 0 ? [(66, 131), (131, 67)] : [])
        for (queries, keys) in lengths {
            var attention = Attention(queries: queries, keys: keys, headWidth: 3)
            attention.batch = 2
            attention.isCausal = options & 1 != 0
            attention.isMasked = options & 2 != 0
            attention.dropout = options & 4 != 0 ? 0.3 : 0
            (attention.heads, attention.keyValueHeads) = options & 8 != 0 ? (4, 2) : (2, 2)
            attention.hasBias = options & 16 != 0
            attention.hasSlopes = options & 32 != 0
            attention.hasSinks = options & 64 != 0
            attention.window = options & 128 != 0 ? 1 + (queries * 5 + keys + options) % 11 : 0
            attention.gap = options % 3
            attention.check(table)
        }
    }

    /// Windows that end within tiles, between tiles and past them all.
    @Test(arguments: Table.all, [1, 2, 12, 31, 63, 64, 65, 66, 100, 128, 1000])
    func windows(table: Table, window: Int) {
        for (queries, keys) in [(1, 200), (3, 200), (200, 200), (70, 193), (193, 70)] {
            for isCausal in [false, true] {
                var attention = Attention(queries: queries, keys: keys, headWidth: 5)
                attention.window = window
                attention.isCausal = isCausal
                attention.hasSinks = window % 2 == 0
                attention.dropout = window % 3 == 0 ? 0.2 : 0
                attention.check(table)
            }
        }
    }

    /// A sink far above the scores takes all of the weight, one far below none.
    @Test(arguments: Table.all) func sinksFarAway(table: Table) {
        for queries in [1, 70] {
            var attention = Attention(queries: queries, keys: 70, headWidth: 4)
            attention.heads = 2
            attention.keyValueHeads = 2
            attention.hasSinks = true
            attention.range = 60
            attention.check(table)
        }
    }

    /// Scores far apart: the running maximum is replaced again and again.
    @Test(arguments: Table.all) func largeScores(table: Table) {
        for queries in [2, 130] {
            var attention = Attention(queries: queries, keys: 200, headWidth: 16)
            attention.range = 60
            attention.isCausal = true
            attention.check(table)
        }
    }

    @Test(arguments: Table.all) func nothingToSee(table: Table) {
        for (queries, keys) in [(0, 0), (0, 3), (1, 0), (9, 0)] {
            let attention = Attention(queries: queries, keys: keys, headWidth: 4)
            attention.check(table)
        }
    }

    /// However the pairs are divided, the bits are the same.
    @Test(arguments: Table.all) func divisionLeavesNoTrace(table: Table) {
        for queries in [2, 70] {
            var attention = Attention(queries: queries, keys: 70, headWidth: 12)
            (attention.batch, attention.heads, attention.keyValueHeads) = (3, 6, 2)
            attention.isCausal = true
            attention.dropout = 0.2
            (attention.window, attention.hasBias, attention.hasSinks) = (40, true, true)
            let whole = unsafe attention.run(table.kernels)
            let parts = unsafe attention.run(table.kernels, cuts: [1, 2, 5])
            #expect(areIdentical(whole.output, parts.output))
            #expect(areIdentical(whole.queryGradient, parts.queryGradient))
            #expect(areIdentical(whole.keyGradient, parts.keyGradient))
            #expect(areIdentical(whole.valueGradient, parts.valueGradient))
            #expect(areIdentical(whole.biasGradient, parts.biasGradient))
            #expect(areIdentical(whole.sinkGradient, parts.sinkGradient))
        }
    }
}
