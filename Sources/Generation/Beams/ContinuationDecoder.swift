internal import AttendLayers
package import AttendModels
package import AttendTensors

/// A prompt that a model without an encoder has read, and the texts after it that it is writing.
///
/// The prompt is read once, and all texts share what was made of it. Once the context is full, the window slides as that of
/// ``TokenStream`` does, in all rows at once, since all are of one length.
package struct ContinuationDecoder: BeamDecoder {
    private let model: any CausalLanguageModel
    private var rows: CachedRows

    /// A prompt that has been read but for its last token, which the search begins with.
    ///
    /// - Parameters:
    ///   - prompt: at least one token; of more than the context holds, the last are read.
    ///   - expectedCount: how many tokens will be written at most.
    package init(_ model: any CausalLanguageModel, prompt: [Int32], expectedCount: Int) {
        self.model = model
        let length = model.configuration.contextLength
        let read = Array(prompt.suffix(length).dropLast())
        // Room for what many texts need; it grows with those that need more.
        let room = min(read.count + 1 + min(expectedCount, 64), length)
        rows = CachedRows(model.makeCaches(batch: 1, capacity: room), tokens: [read])
        if !read.isEmpty {
            var context = Context()
            _ = model.hidden(read, batch: 1, caches: &rows.caches, context: &context)
        }
    }

    package mutating func logits(after tokens: [Int32]) -> Tensor {
        let length = model.configuration.contextLength
        let isFull = (rows.tokens.first?.count ?? 0) >= length
        if !isFull { rows.makeRoom(upTo: length) }
        rows.append(tokens)
        guard isFull else {
            return model.nextLogits(tokens, batch: tokens.count, caches: &rows.caches)
        }
        let windows = rows.tokens.map { Array($0.suffix(max(length / 2, 1))) }
        rows = CachedRows(
            model.makeCaches(batch: windows.count, capacity: length), tokens: windows)
        return model.nextLogits(
            Array(windows.joined()), batch: windows.count, caches: &rows.caches)
    }

    package mutating func select(_ rows: [Int32]) { self.rows.select(rows) }

    package mutating func reorder(_ parents: [Int32]) { rows.reorder(parents) }

    // All that there is of the one source is in its rows.
    package mutating func keep(sources: [Int32]) {}
}
