internal import AttendLayers
internal import AttendModels
internal import AttendTensors

/// A batch of sources that an encoder–decoder has read, and the translations that it is writing.
///
/// The encoder runs once, and what cross-attention sees of a source is made once.
struct TranslationDecoder: BeamDecoder {
    private let model: EncoderDecoder
    private var memories: [Memory]
    private var rows: CachedRows
    /// The most tokens that any translation may have.
    private let longest: Int

    /// Sources that have been read.
    ///
    /// - Parameters:
    ///   - sources: without padding.
    ///   - padding: what fills up the shorter ones.
    ///   - longest: the most tokens that any translation may have.
    init(_ model: EncoderDecoder, sources: [ArraySlice<Int32>], padding: Int32, longest: Int) {
        self.model = model
        self.longest = longest
        let columns = sources.map(\.count).max() ?? 0
        var ids: [Int32] = []
        for source in sources {
            ids += source
            ids += Array(repeating: padding, count: columns - source.count)
        }
        let mask =
            ids.contains(padding)
            ? Tensor(ids.map { $0 == padding ? 0 : 1 }, shape: [sources.count, columns]) : nil
        var context = Context()
        let encoded = model.encode(ids, batch: sources.count, mask: mask, context: &context)
        memories = model.memories(of: encoded, mask: mask, context: &context)
        // Room for what most translations need; it grows with those that need more.
        rows = CachedRows(
            model.makeCaches(batch: sources.count, capacity: min(longest, 2 * columns + 16)),
            tokens: Array(repeating: [], count: sources.count))
    }

    mutating func logits(after tokens: [Int32]) -> Tensor {
        rows.makeRoom(upTo: longest)
        rows.append(tokens)
        var context = Context()
        let hidden = model.decode(
            tokens, batch: tokens.count, memories: memories, caches: &rows.caches,
            context: &context)
        return model.logits(ofHidden: hidden)
    }

    mutating func select(_ rows: [Int32]) { self.rows.select(rows) }

    mutating func reorder(_ parents: [Int32]) { rows.reorder(parents) }

    mutating func keep(sources: [Int32]) {
        memories = memories.map { $0.selecting(sources) }
    }
}
