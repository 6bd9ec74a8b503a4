import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// Models that keep keys and values in fewer bits.
@Suite struct CacheFormatTests {
    private let places = 10
    private static let formats: [CacheFormat] = [.bfloat16, .int8]

    /// What a token sees of itself and of others is what the format makes of it, so logits differ, and by little.
    @Test(arguments: CausalVariant.all, formats)
    func logitsAreNear(variant: CausalVariant, format: CacheFormat) {
        expectNear(variant.make(), variant, format)
    }

    private func expectNear(
        _ exact: some CausalLanguageModel, _ variant: CausalVariant, _ format: CacheFormat
    ) {
        var model = exact
        model.cacheFormat = format
        #expect(exact.cacheFormat == .float32, "models are values")
        let ids = someIds(places, vocabulary: CausalVariant.vocabulary)
        let whole = exact.logits(ids)
        var caches = model.makeCaches(batch: 1, capacity: places)
        var greatest: Float = 0
        for (place, id) in ids.enumerated() {
            let found = model.nextLogits([id], caches: &caches).elements
            let wanted = whole.elements.rows(at: place, batch: 1, CausalVariant.vocabulary)
            greatest = zip(found, wanted).reduce(greatest) { max($0, abs($1.0 - $1.1)) }
        }
        let size = whole.elements.reduce(0) { max($0, abs($1)) }
        #expect(greatest <= 0.08 * size, "\(variant.name): \(greatest) of \(size)")
        // A bigram keeps nothing.
        #expect(caches.isEmpty ? greatest <= 1e-5 * size : greatest > 1e-6 * size)
    }

    /// Rows of a batch, and sequences of different lengths in pages, see what each would see alone.
    @Test(arguments: ["llama multi-query", "llama latent", "gpt-oss"], formats)
    func batchIsSingle(name: String, format: CacheFormat) throws {
        let variant = try #require(CausalVariant.all.first { $0.name.hasPrefix(name) })
        expectBatchIsSingle(variant.make(), format)
    }

    private func expectBatchIsSingle(_ exact: some CausalLanguageModel, _ format: CacheFormat) {
        var model = exact
        model.cacheFormat = format
        let texts = (0..<2).map {
            someIds(places, vocabulary: CausalVariant.vocabulary, seed: UInt64(30 + $0))
        }
        let alone = texts.map { ids in
            var caches = model.makeCaches(batch: 1, capacity: places)
            return ids.map { model.nextLogits([$0], caches: &caches).elements }
        }
        var caches = model.makeCaches(batch: 2, capacity: places)
        var pages = model.makeCaches(batch: 12, capacity: 2)
        for place in 0..<places {
            let both = model.nextLogits(texts.map { $0[place] }, batch: 2, caches: &caches)
            // The second sequence lags behind by two.
            let late = place - 2
            var runs = [SequenceRun(count: 1, held: place, pages: [9, 0, 4, 2, 7])]
            if late >= 0 { runs.append(SequenceRun(count: 1, held: late, pages: [1, 3, 5, 6, 8])) }
            let ids = [texts[0][place]] + (late >= 0 ? [texts[1][late]] : [])
            let paged = model.nextLogits(
                ids, runs: runs, chosen: Array(runs.indices), caches: &pages)
            for row in 0..<2 {
                #expect(
                    Tensor(both.elements(ofRow: row)).isNear(Tensor(alone[row][place])),
                    "row \(row) at \(place)")
            }
            #expect(Tensor(paged.elements(ofRow: 0)).isNear(Tensor(alone[0][place])))
            if late >= 0 {
                #expect(Tensor(paged.elements(ofRow: 1)).isNear(Tensor(alone[1][late])))
            }
        }
    }
}
