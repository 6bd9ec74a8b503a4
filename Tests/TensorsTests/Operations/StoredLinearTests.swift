import AttendTensors
import Testing

@Suite("Weights in fewer bits")
struct StoredLinearTests {
    private static let formats = WeightFormat.allCases

    @Test("Elements are the nearest of the format", arguments: formats)
    func rounds(format: WeightFormat) {
        let weight = tensor([5, 96], seed: 3)
        let stored = StoredMatrix(weight, as: format)
        #expect(stored.shape == weight.shape)
        // Half a step of 8 significant bits and of a 127th of the largest number, with the scale's own rounding; a whole step
        // of an 8th, since there is no 8 to the −8.
        let most: Float =
            switch format {
            case .bfloat16: 0x1p-8
            case .int8: 0.0095
            case .int4: 0.255
            }
        for (new, old) in zip(stored.widened().elements, weight.elements) {
            #expect(abs(new - old) <= most)
        }
        #expect(stored.byteCount == format.byteCount(of: 5 * 96))
        #expect(StoredMatrix(stored.widened(), as: format).widened().bits == stored.widened().bits)
    }

    @Test("Rows are gathered as they are widened", arguments: formats)
    func gathers(format: WeightFormat) {
        let stored = StoredMatrix(tensor([7, 64], seed: 4), as: format)
        let ids: [Int32] = [6, 0, 0, 3]
        #expect(
            stored.gathered(ids, shape: [2, 2]).bits
                == stored.widened().gathered(ids, shape: [2, 2]).bits)
    }

    @Test("Few and many rows give the product of the widened weight", arguments: formats)
    func multiplies(format: WeightFormat) {
        // Up to more rows, and a longer inner axis, than are rounded and packed at once.
        let counts = [1, 2, 3, 4, 5, 16, 32, 33, 70, 130]
        for (rows, inner) in counts.flatMap({ [($0, 128), ($0, 544)] }) {
            let x = tensor([rows, inner], seed: UInt64(rows))
            let weight = tensor([40, inner], seed: 9)
            let (bias, residual) = (tensor([40], seed: 10), tensor([rows, 40], seed: 11))
            let stored = StoredMatrix(weight, as: format)
            let found = x.linear(
                weight: stored, bias: bias, activation: .relu, residual: residual)
            let wanted = x.linear(
                weight: stored.widened(), bias: bias, activation: .relu, residual: residual)
            // Rows of x are rounded, too: to 8 bits, of which errors of 128 products cancel for the most part.
            let tolerance = format == .bfloat16 && rows <= 32 ? 1e-6 : 1e-2
            expectClose(
                found.elements, wanted.doubles, tolerance: tolerance, "\(rows) rows of \(inner)")
        }
    }

    @Test("A row gives the same bits alone and among others", arguments: formats)
    func batches(format: WeightFormat) {
        let inner = 544
        let x = tensor([32, inner], seed: 5)
        let stored = StoredMatrix(tensor([21, inner], seed: 6), as: format)
        let together = x.linear(weight: stored).elements
        for (row, count) in [(0, 1), (1, 3), (17, 4), (20, 7), (31, 1)] {
            let some = Array(x.elements[row * inner..<(row + count) * inner])
            let alone = Tensor(some, shape: [count, inner]).linear(weight: stored).elements
            let among = Array(together[row * 21..<(row + count) * 21])
            #expect(alone == among)
        }
    }

    @Test(
        "A row that is not finite gives no number, and none but it",
        arguments: [WeightFormat.int8, .int4])
    func isNotFinite(format: WeightFormat) {
        var elements = numbers(3 * 64)
        elements[70] = .infinity
        elements[140] = .nan
        let found = Tensor(elements, shape: [3, 64])
            .linear(weight: StoredMatrix(tensor([4, 64]), as: format)).elements
        let (first, others) = (found.prefix(4), found.dropFirst(4))
        #expect(first.allSatisfy { $0.isFinite })
        #expect(others.allSatisfy { $0.isNaN })
    }

    @Test("The loss is that of the logits", arguments: formats)
    func losses(format: WeightFormat) {
        let x = tensor([6, 64], seed: 7)
        let stored = StoredMatrix(tensor([50, 64], seed: 8), as: format)
        let targets: [Int32] = [3, 0, -1, 49, 7, 7]
        let loss = x.projectedCrossEntropy(weight: stored, targets: targets).item()
        let plain = x.linear(weight: stored).crossEntropy(targets: targets).item()
        #expect(abs(loss - plain) < 1e-5)
    }
}
