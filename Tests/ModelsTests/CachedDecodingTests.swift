import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// Generation one token at a time, a few at a time and all at once gives what a whole pass gives.
@Suite struct CachedDecodingTests {
    private static let steps = [[1], [5, 1, 2], [4, 3]]
    private let places = 10

    @Test(arguments: CausalVariant.all, steps)
    func causalModels(variant: CausalVariant, steps: [Int]) {
        expectCachedIsUncached(variant.make(), steps: steps)
    }

    private func expectCachedIsUncached(_ model: some CausalLanguageModel, steps: [Int]) {
        let (batch, vocabulary) = (2, CausalVariant.vocabulary)
        let ids = someIds(batch * places, vocabulary: vocabulary)
        let whole = model.logits(ids, batch: batch)
        var caches = model.makeCaches(batch: batch, capacity: places)
        inSteps(steps) { range in
            let found = model.nextLogits(
                ids.columns(range, batch: batch), batch: batch, caches: &caches)
            let wanted = whole.elements.rows(at: range.upperBound - 1, batch: batch, vocabulary)
            #expect(
                found.isNear(Tensor(wanted, shape: [batch, vocabulary])),
                "after \(range.upperBound) tokens")
        }
        #expect(caches.allSatisfy { $0.count == places })
    }

    @Test(arguments: EncoderDecoder.Configuration.variants, steps)
    func encoderDecoders(variant: Variant<EncoderDecoder.Configuration>, steps: [Int]) {
        let (batch, vocabulary) = (2, variant.configuration.targetVocabularySize)
        let model = EncoderDecoder(variant)
        let sources = someIds(
            batch * 6, vocabulary: variant.configuration.sourceVocabularySize, seed: 8)
        let mask = Tensor([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], shape: [2, 6])
        let ids = someIds(batch * places, vocabulary: vocabulary)
        let whole = model.logits(sources: sources, targets: ids, batch: batch, sourceMask: mask)
        var context = Context()
        let encoded = model.encode(sources, batch: batch, mask: mask, context: &context)
        let memories = model.memories(of: encoded, mask: mask, context: &context)
        var caches = model.makeCaches(batch: batch, capacity: places)
        inSteps(steps) { range in
            let x = model.decode(
                ids.columns(range, batch: batch), batch: batch, memories: memories, caches: &caches,
                context: &context)
            let found = model.logits(ofHidden: x.lastTokens())
            let wanted = whole.elements.rows(at: range.upperBound - 1, batch: batch, vocabulary)
            #expect(
                found.isNear(Tensor(wanted, shape: [batch, vocabulary])),
                "after \(range.upperBound) tokens")
        }
    }

    /// A beam search keeps some sequences and drops others.
    @Test(arguments: ["llama multi-query", "llama latent"])
    func selectedCaches(name: String) throws {
        let variant = try #require(CausalVariant.all.first { $0.name == name })
        expectSelectedIsOwn(variant.make())
    }

    private func expectSelectedIsOwn(_ model: some CausalLanguageModel) {
        let ids = someIds(12, vocabulary: CausalVariant.vocabulary)
        var caches = model.makeCaches(batch: 3, capacity: 8)
        _ = model.nextLogits(ids, batch: 3, caches: &caches)
        for index in caches.indices { caches[index].select([2, 0, 2, 1]) }
        let found = model.nextLogits([5, 6, 7, 8], batch: 4, caches: &caches)
        let rows = [2, 0, 2, 1].enumerated().flatMap { index, row in
            ids[row * 4..<row * 4 + 4] + [Int32(5 + index)]
        }
        let whole = model.logits(rows, batch: 4)
        let wanted = whole.elements.rows(at: 4, batch: 4, CausalVariant.vocabulary)
        #expect(found.isNear(Tensor(wanted, shape: found.shape)))
    }

    /// Proposals that a model read and did not keep must not show.
    @Test(arguments: CausalVariant.all)
    func truncatedCaches(variant: CausalVariant) {
        let model = variant.make()
        let ids = someIds(places, vocabulary: CausalVariant.vocabulary)
        var caches = model.makeCaches(batch: 1, capacity: places)
        var clean = caches
        _ = model.nextLogits(Array(ids[..<4]), caches: &caches)
        _ = model.lastLogits([3, 1, 4, 1], count: 4, caches: &caches)
        for layer in caches.indices { caches[layer].truncate(to: 4) }
        _ = model.nextLogits(Array(ids[..<4]), caches: &clean)
        let found = model.lastLogits(Array(ids[4..<9]), count: 3, caches: &caches)
        let wanted = model.lastLogits(Array(ids[4..<9]), count: 3, caches: &clean)
        #expect(found.shape == [1, 3, CausalVariant.vocabulary])
        #expect(zip(found.elements, wanted.elements).allSatisfy { abs($0 - $1) <= 1e-6 })
        let whole = model.logits(Array(ids[..<9])).elements
        let last = Array(whole.suffix(3 * CausalVariant.vocabulary))
        #expect(found.isNear(Tensor(last, shape: found.shape)))
    }

    private func inSteps(_ steps: [Int], _ body: (Range<Int>) -> Void) {
        var (held, step) = (0, 0)
        while held < places {
            let count = min(steps[step % steps.count], places - held)
            body(held..<held + count)
            held += count
            step += 1
        }
    }
}

extension [Int32] {
    /// These columns of ids `[batch, columns]`.
    func columns(_ range: Range<Int>, batch: Int) -> [Int32] {
        let width = count / batch
        return (0..<batch).flatMap {
            self[$0 * width + range.lowerBound..<$0 * width + range.upperBound]
        }
    }
}

extension [Float] {
    /// The vectors of one place of `[batch, places, width]`.
    func rows(at place: Int, batch: Int, _ width: Int) -> [Float] {
        let places = count / batch / width
        return (0..<batch).flatMap { row -> ArraySlice<Float> in
            let begin = (row * places + place) * width
            return self[begin..<begin + width]
        }
    }
}
