import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// Sequences of different lengths that pass through a model side by side, their keys and values in pages, give what each of
/// them gives by itself.
@Suite struct PagedDecodingTests {
    private static let pageTokens = 3
    private static let pageCount = 16

    /// What each pass brings of each of four sequences: prompts whole and in parts, single tokens, and nothing.
    private static let passes = [
        [7, 1, 0, 2], [1, 2, 4, 0], [1, 1, 6, 1], [2, 5, 1, 8], [1, 1, 1, 1],
    ]

    @Test(arguments: CausalVariant.all)
    func pagedIsContiguous(variant: CausalVariant) {
        expectPagedIsWhole(variant.make())
    }

    private func expectPagedIsWhole(_ model: some CausalLanguageModel) {
        let vocabulary = CausalVariant.vocabulary
        let texts = (0..<4).map { someIds(12, vocabulary: vocabulary, seed: UInt64(20 + $0)) }
        let wholes = texts.map { model.logits($0).elements }
        var caches = model.makeCaches(batch: Self.pageCount, capacity: Self.pageTokens)
        // Pages that do not lie in order, nor next to one another.
        var free = (0..<Int32(Self.pageCount)).map { ($0 * 7 + 3) % Int32(Self.pageCount) }
        var (pages, held) = ([[Int32]](repeating: [], count: 4), [0, 0, 0, 0])
        for pass in Self.passes {
            var (ids, runs) = ([Int32](), [SequenceRun]())
            for (index, count) in pass.enumerated() {
                ids += texts[index][held[index]..<held[index] + count]
                while pages[index].count * Self.pageTokens < held[index] + count {
                    pages[index].append(free.removeLast())
                }
                runs.append(
                    SequenceRun(count: count, held: held[index], pages: pages[index]))
            }
            let chosen = pass.indices.filter { pass[$0] > 0 }
            let logits = model.nextLogits(ids, runs: runs, chosen: chosen, caches: &caches)
            #expect(logits.shape == [chosen.count, vocabulary])
            for (row, index) in chosen.enumerated() {
                held[index] += pass[index]
                let found = logits.elements[row * vocabulary..<(row + 1) * vocabulary]
                let begin = (held[index] - 1) * vocabulary
                let wanted = wholes[index][begin..<begin + vocabulary]
                #expect(
                    Tensor(Array(found)).isNear(Tensor(Array(wanted))),
                    "sequence \(index) after \(held[index]) tokens")
            }
        }
    }

    /// Greedy texts of three prompts, read whole and then written side by side, are those of each prompt alone.
    @Test(arguments: CausalVariant.all)
    func sameTokens(variant: CausalVariant) {
        expectSameTokens(variant.make())
    }

    private func expectSameTokens(_ model: some CausalLanguageModel) {
        let prompts = [1, 3, 6].map {
            someIds($0, vocabulary: CausalVariant.vocabulary, seed: UInt64($0))
        }
        let alone = prompts.map { prompt in
            var (text, caches) = (prompt, model.makeCaches())
            var unread = prompt
            for _ in 0..<6 {
                unread = [Self.likeliest(model.nextLogits(unread, caches: &caches).elements)]
                text += unread
            }
            return text
        }
        var (texts, caches) = (prompts, model.makeCaches(batch: 12, capacity: Self.pageTokens))
        var held = [0, 0, 0]
        for _ in 0..<6 {
            let runs = texts.indices.map { index in
                SequenceRun(
                    count: texts[index].count - held[index], held: held[index],
                    pages: (0..<4).map { Int32($0 * 3 + index) })
            }
            let ids = texts.indices.flatMap { texts[$0][held[$0]...] }
            let logits = model.nextLogits(ids, runs: runs, chosen: [0, 1, 2], caches: &caches)
            for index in texts.indices {
                held[index] = texts[index].count
                texts[index].append(Self.likeliest(logits.elements(ofRow: index)))
            }
        }
        #expect(texts == alone)
    }

    private static func likeliest(_ logits: [Float]) -> Int32 {
        Int32(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
    }

    /// Single tokens of many sequences are the same numbers as in a contiguous cache.
    @Test(arguments: CacheFormat.allCases) func bitsOfContiguous(format: CacheFormat) throws {
        let variant = try #require(CausalVariant.all.first { $0.name == "llama multi-query" })
        expectSameBits(variant.make(), format)
    }

    private func expectSameBits(_ model: some CausalLanguageModel, _ format: CacheFormat) {
        var model = model
        model.cacheFormat = format
        let ids = someIds(10, vocabulary: CausalVariant.vocabulary)
        var contiguous = model.makeCaches(batch: 2, capacity: 10)
        var paged = model.makeCaches(batch: 10, capacity: 2)
        for place in ids.indices {
            let two = model.nextLogits(
                [ids[place], ids[place]], batch: 2, caches: &contiguous)
            let run = SequenceRun(count: 1, held: place, pages: [9, 0, 4, 2, 7])
            let other = SequenceRun(count: 1, held: place, pages: [1, 3, 5, 6, 8])
            let both = model.nextLogits(
                [ids[place], ids[place]], runs: [run, other], chosen: [1, 0], caches: &paged)
            #expect(both.bits == two.bits, "place \(place)")
        }
    }
}
