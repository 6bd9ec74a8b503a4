import AttendTensors
import Foundation
import Synchronization
import Testing

/// The only suite here that changes the number of threads.
@Suite(.serialized) struct ThreadsTests {
    /// Every operation, on tensors large enough to be divided.
    private static let operations:
        [(name: String, shapes: [Shape], run: @Sendable ([Tensor]) -> Tensor)] = [
            ("sum of two", [[300, 301], [300, 301]], { $0[0] + $0[1] }),
            ("difference", [[300, 301], [300, 301]], { $0[0] - $0[1] }),
            ("product by elements", [[300, 301], [300, 301]], { $0[0] * $0[1] }),
            ("sum with trailing", [[300, 301], [301]], { $0[0] + $0[1] }),
            ("product with trailing", [[300, 301], [301]], { $0[0] * $0[1] }),
            ("with numbers", [[300, 301]], { ($0[0] * 2 + 1) / 3 - 1 }),
            ("gelu", [[300, 301]], { $0[0].activated(by: .gelu) }),
            ("exponential", [[300, 301]], { $0[0].exponential() }),
            ("sum", [[300, 701]], { $0[0].sum() }),
            ("mean", [[300, 701]], { $0[0].mean() }),
            ("row sums", [[300, 301]], { $0[0].rowSums() }),
            ("softmax", [[300, 301]], { $0[0].softmax() }),
            ("log-sum-exp", [[300, 301]], { $0[0].logSumExp() }),
            (
                "layer norm", [[700, 101], [101], [101]],
                { $0[0].layerNormalised(gain: $0[1], bias: $0[2], epsilon: 1e-5) }
            ),
            (
                "rms norm", [[700, 101], [101]],
                { $0[0].rootMeanSquareNormalised(gain: $0[1], epsilon: 1e-5) }
            ),
            (
                "matrix product", [[2, 61, 130], [2, 130, 67]],
                { $0[0].matrixMultiplied(by: $0[1]) }
            ),
            (
                "linear", [[3, 67, 130], [101, 130], [101], [3, 67, 101]],
                { $0[0].linear(weight: $0[1], bias: $0[2], activation: .silu, residual: $0[3]) }
            ),
            (
                "linear in bfloat16", [[67, 300], [101, 300]],
                { $0[0].linear(weight: $0[1], precision: .bfloat16) }
            ),
            ("one row", [[1, 500], [301, 500]], { $0[0].linear(weight: $0[1]) }),
            (
                "attention", [[3, 70, 36], [3, 70, 12], [3, 70, 12]],
                {
                    var options = AttentionOptions(headCount: 6, isCausal: true)
                    options.keyValueHeadCount = 2
                    options.dropout = (0.1, RandomStream(seed: 1, stream: 1))
                    return $0[0].attention(keys: $0[1], values: $0[2], options: options)
                }
            ),
            (
                "attention with all options",
                [[5, 70, 36], [5, 90, 12], [5, 90, 12], [6, 70, 90], [6]],
                {
                    var options = AttentionOptions(headCount: 6, isCausal: true)
                    options.keyValueHeadCount = 2
                    options.window = 50
                    options.dropout = (0.1, RandomStream(seed: 1, stream: 1))
                    options.slopes = tensor([6], seed: 3, in: 0...1)
                    (options.bias, options.sinks) = ($0[3], $0[4])
                    return $0[0].attention(keys: $0[1], values: $0[2], options: options)
                }
            ),
            ("gate", [[300, 302]], { $0[0].gated(.clampedSwish) }),
            (
                "rotary positions", [[6, 100, 130]],
                {
                    let table = RotaryTable(
                        cosines: tensor([100, 16]), sines: tensor([100, 16], seed: 2),
                        style: .interleaved)
                    return $0[0].rotated(by: table, headWidth: 32, headCount: 4)
                }
            ),
            ("joined rows", [[300, 301], [300, 77]], { $0[0].concatenated($0[1]) }),
            ("slice", [[300, 301]], { $0[0].slice(3..<290) }),
            ("repeated rows", [[100, 301]], { $0[0].repeatedRows(9) }),
            ("scaled rows", [[300, 301], [300]], { $0[0].scaledRows(by: $0[1]) }),
            (
                "spread rows", [[300, 301]],
                { $0[0].scatteredRows((0..<300).map { $0 * 7 % 40 }, count: 40) }
            ),
            (
                "packed attention", [[2, 70, 36]],
                {
                    $0[0].packedSelfAttention(
                        options: AttentionOptions(headCount: 3, isCausal: true))
                }
            ),
            (
                "cross-entropy", [[130, 301]],
                { $0[0].crossEntropy(targets: (0..<130).map { Int32($0 * 2 - 1) }) }
            ),
            (
                "projected cross-entropy", [[130, 40], [301, 40]],
                {
                    $0[0].projectedCrossEntropy(
                        weight: $0[1], targets: (0..<130).map { Int32($0 * 2 - 1) })
                }
            ),
            (
                "gathered", [[19, 300]],
                { $0[0].gathered((0..<200).map { Int32($0 * 7 % 19) }, shape: [200]) }
            ),
            (
                "dropout", [[300, 301]],
                { $0[0].droppedOut(probability: 0.2, random: RandomStream(seed: 1, stream: 2)) }
            ),
            ("reshaped", [[300, 301]], { $0[0].reshaped([301, 300]) }),
            ("transposed", [[5, 130, 131]], { $0[0].transposed() }),
            ("heads", [[4, 130, 60]], { $0[0].splitHeads(5).squared().mergedHeads() }),
        ]

    @Test func leaveNoTrace() {
        let before = threadCount
        defer { threadCount = before }
        for (name, shapes, run) in Self.operations {
            let inputs = shapes.enumerated().map { tensor($1, seed: UInt64($0 + 1)) }
            var results: [[[UInt32]]] = []
            for threads in [1, 2, 3, 5] {
                threadCount = threads
                let gradients = valueWithGradients(of: inputs) { run($0).weighted() }.gradients
                results.append([run(inputs).bits] + gradients.map(\.bits))
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
        var random: [[UInt32]] = []
        for threads in [1, 2, 3, 5] {
            threadCount = threads
            let stream = RandomStream(seed: 8, stream: 9)
            random.append(stream.uniform([70_001]).bits + stream.normal([70_001]).bits)
        }
        #expect(random.allSatisfy { $0 == random[0] })
    }

    @Test func countIsAtLeastOne() {
        let before = threadCount
        defer { threadCount = before }
        threadCount = 0
        #expect(threadCount == 1)
        threadCount = -3
        #expect(threadCount == 1)
        threadCount = 4
        #expect(threadCount == 4)
        #expect(before >= 1)
    }

    /// Counts how often each piece ran.
    @safe private final class Tally: @unchecked Sendable {
        private let counts: UnsafeMutablePointer<Int>
        private let size: Int

        init(_ size: Int) {
            self.size = size
            unsafe counts = .allocate(capacity: size)
            unsafe counts.initialize(repeating: 0, count: size)
        }

        deinit { unsafe counts.deallocate() }

        func count(_ piece: Int) { unsafe counts[piece] += 1 }

        func areAll(_ wanted: Int) -> Bool {
            (0..<size).allSatisfy { unsafe counts[$0] == wanted }
        }
    }

    @Test(arguments: [1, 2, 3, 5]) func everyPieceRunsOnce(threads: Int) {
        let before = threadCount
        defer { threadCount = before }
        threadCount = threads
        for pieces in [0, 1, 2, 3, 7, 64] {
            let tally = Tally(pieces)
            for _ in 0..<600 {
                WorkerPool.shared.run(pieces) { tally.count($0) }
            }
            #expect(tally.areAll(600), "\(pieces) pieces")
        }
    }

    /// Sections within pieces, and the number of threads changing in between.
    @Test func nestedSections() {
        let before = threadCount
        defer { threadCount = before }
        let total = Atomic<Int>(0)
        for round in 0..<60 {
            threadCount = 1 + round % 5
            WorkerPool.shared.run(6) { _ in
                WorkerPool.shared.run(5) { _ in total.add(1, ordering: .relaxed) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 60 * 30)
    }

    /// Callers on several threads at once, while workers go to sleep and wake.
    @Test func concurrentCallers() {
        let before = threadCount
        defer { threadCount = before }
        threadCount = 3
        let total = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { caller in
            for round in 0..<500 {
                let tally = Tally(4)
                WorkerPool.shared.run(4) { piece in
                    tally.count(piece)
                    total.add(1, ordering: .relaxed)
                }
                if !tally.areAll(1) { total.store(-1_000_000, ordering: .relaxed) }
                if round % 100 == caller { Thread.sleep(forTimeInterval: 0.003) }
            }
        }
        #expect(total.load(ordering: .relaxed) == 4 * 500 * 4)
    }

    @Test func concurrentOperations() {
        let (x, weight) = (tensor([130, 70]), tensor([65, 70], seed: 2))
        let wanted = x.linear(weight: weight).softmax().bits
        let wrong = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<20 where x.linear(weight: weight).softmax().bits != wanted {
                wrong.add(1, ordering: .relaxed)
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
