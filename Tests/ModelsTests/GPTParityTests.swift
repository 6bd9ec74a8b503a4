import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// What PyTorch makes of the same weights and the same tokens.
@Suite struct GPTParityTests {
    @Test(arguments: GPTFixture.names)
    func logits(name: String) throws {
        let fixture = try GPTFixture(name)
        let logits = try fixture.model().logits(fixture.integers("ids"), batch: fixture.batch)
        #expect(try logits.largestDifference(from: fixture.tensor("logits")) <= 1e-4)
    }

    @Test(arguments: GPTFixture.names)
    func lossAndGradients(name: String) throws {
        let fixture = try GPTFixture(name)
        let model = try fixture.model()
        let (ids, targets) = try (fixture.integers("ids"), fixture.integers("targets"))
        var context = Context()
        let (loss, gradients) = valueWithGradients(of: model) {
            $0.loss(inputs: ids, targets: targets, batch: fixture.batch, context: &context)
        }
        #expect(try abs(loss - fixture.tensor("loss").item()) <= 1e-5)
        #expect(gradients.tensors.map(\.name) == model.parameters.map(\.name))
        for (name, gradient) in gradients.tensors {
            let wanted = try fixture.tensor("gradient.\(name)")
            let difference = gradient.largestDifference(from: wanted)
            #expect(difference <= 1e-4 * wanted.largestMagnitude, "\(name)")
        }
    }

    @Test(arguments: GPTFixture.names)
    func plainLossIsTheProjectedOne(name: String) throws {
        let fixture = try GPTFixture(name)
        let logits = try fixture.model().logits(fixture.integers("ids"), batch: fixture.batch)
        let loss = try logits.crossEntropy(targets: fixture.integers("targets")).item()
        #expect(try abs(loss - fixture.tensor("loss").item()) <= 1e-5)
    }

    /// A sequence by itself gives what it gives among others.
    @Test(arguments: GPTFixture.names)
    func singleIsBatched(name: String) throws {
        let fixture = try GPTFixture(name)
        let model = try fixture.model()
        let ids = try fixture.integers("ids")
        let places = ids.count / fixture.batch
        let vocabulary = fixture.configuration.vocabularySize
        let together = model.logits(ids, batch: fixture.batch).elements
        for row in 0..<fixture.batch {
            let alone = model.logits(Array(ids[row * places..<(row + 1) * places]))
            let begin = row * places * vocabulary
            let same = Tensor(
                Array(together[begin..<begin + places * vocabulary]), shape: alone.shape)
            #expect(alone.largestDifference(from: same) <= 1e-5)
        }
    }

    /// Generation one token at a time, a few at a time and all at once.
    @Test(arguments: GPTFixture.names, [[1], [5, 1, 1], [3], [64]])
    func cachedIsUncached(name: String, steps: [Int]) throws {
        let fixture = try GPTFixture(name)
        let model = try fixture.model()
        let ids = try fixture.integers("ids")
        let (batch, vocabulary) = (fixture.batch, fixture.configuration.vocabularySize)
        let places = ids.count / batch
        let logits = try fixture.tensor("logits").elements
        var caches = model.makeCaches(batch: batch)
        var (held, step) = (0, 0)
        while held < places {
            let count = min(steps[min(step, steps.count - 1)], places - held)
            let next = (0..<batch).flatMap { row in
                ids[row * places + held..<row * places + held + count]
            }
            let found = model.nextLogits(next, batch: batch, caches: &caches)
            held += count
            step += 1
            let wanted = (0..<batch).flatMap { row -> ArraySlice<Float> in
                let begin = (row * places + held - 1) * vocabulary
                return logits[begin..<begin + vocabulary]
            }
            #expect(
                found.largestDifference(from: Tensor(wanted, shape: [batch, vocabulary])) <= 1e-4,
                "after \(held) tokens")
            #expect(caches.allSatisfy { $0.count == held })
        }
    }

    /// A copy of the caches is not changed by what the original sees later.
    @Test func cachesAreValues() throws {
        let fixture = try GPTFixture(GPTFixture.names[0])
        let model = try fixture.model()
        var caches = model.makeCaches(batch: 1, capacity: 8)
        _ = model.nextLogits([1, 2, 3], caches: &caches)
        var copy = caches
        let first = model.nextLogits([4], caches: &caches)
        _ = model.nextLogits([9, 9], caches: &caches)
        #expect(copy[0].count == 3)
        #expect(model.nextLogits([4], caches: &copy).bits == first.bits)
    }
}
