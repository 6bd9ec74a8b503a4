import AttendLayers
import AttendTensors
import Testing

@Suite("Key-value cache")
struct KeyValueCacheTests {
    private let layout = AttentionLayout(width: 4, headCount: 2, isCausal: true)
    private let options = AttentionOptions(headCount: 2, isCausal: true)

    private func packed(_ batch: Int, seed: UInt64) -> Tensor {
        RandomStream(seed: seed, stream: 0).normal([batch, 1, 12])
    }

    /// A cache of three sequences with as many tokens.
    private func filled(_ format: CacheFormat, capacity: Int = 5) -> KeyValueCache {
        var cache = KeyValueCache(batch: 3, capacity: capacity, layout: layout, format: format)
        for seed in 1...3 as ClosedRange<UInt64> {
            _ = cache.attend(packed(3, seed: seed), options: options)
        }
        return cache
    }

    /// What a further token sees, which tells caches with different tokens apart.
    private func sight(_ cache: KeyValueCache) -> [Float] {
        var cache = cache
        return cache.attend(packed(cache.batch, seed: 9), options: options).elements
    }

    @Test(
        "adopting is selecting, also where parents are overwritten", arguments: CacheFormat.allCases
    )
    func adopts(format: CacheFormat) {
        for parents in [[1, 2, 0], [0, 0, 1], [2, 1, 0], [0, 1, 2], [1, 1, 1]] as [[Int32]] {
            var (adopted, selected) = (filled(format), filled(format))
            let untouched = adopted
            adopted.adopt(parents, agreements: [0, 0, 0])
            selected.select(parents)
            #expect(sight(adopted) == sight(selected), "\(parents)")
            #expect(sight(untouched) == sight(filled(format)), "copies are independent")
        }
    }

    @Test("tokens that agree are left as they are", arguments: CacheFormat.allCases)
    func agreements(format: CacheFormat) {
        // After this all sequences hold the same tokens, and then one more of its own each.
        var cache = filled(format)
        cache.select([1, 1, 1])
        _ = cache.attend(packed(3, seed: 4), options: options)
        var selected = cache
        selected.select([2, 0, 1])
        var adopted = cache
        adopted.adopt([2, 0, 1], agreements: [3, 3, 3])
        #expect(sight(adopted) == sight(selected))
        var nothing = cache
        nothing.adopt([2, 0, 1], agreements: [4, 4, 4])
        #expect(sight(nothing) == sight(cache))
    }

    @Test("more room changes nothing that is held", arguments: CacheFormat.allCases)
    func reserves(format: CacheFormat) {
        var cache = filled(format, capacity: 3)
        cache.reserve(8)
        #expect(cache.capacity == 8)
        #expect(sight(cache) == sight(filled(format)))
        cache.reserve(4)
        #expect(cache.capacity == 8)
    }

    @Test(
        "tokens that are dropped leave no trace, in copies neither", arguments: CacheFormat.allCases
    )
    func truncates(format: CacheFormat) {
        var cache = filled(format)
        let whole = cache
        _ = cache.attend(packed(3, seed: 7), options: options)
        cache.truncate(to: 3)
        #expect(cache.count == 3)
        #expect(sight(cache) == sight(filled(format)))
        #expect(sight(cache) == sight(whole))
        cache.truncate(to: 5)
        #expect(cache.count == 3)
        cache.truncate(to: 0)
        for seed in 1...3 as ClosedRange<UInt64> {
            _ = cache.attend(packed(3, seed: seed), options: options)
        }
        #expect(sight(cache) == sight(whole))
    }

    @Test("fewer bits take less memory")
    func sizes() {
        let layout = AttentionLayout(width: 128, headCount: 2, isCausal: true)
        let bytes = CacheFormat.allCases.map {
            KeyValueCache(batch: 1, capacity: 1, layout: layout, format: $0).tokenBytes
        }
        #expect(bytes == [1024, 512, 272])
    }
}
