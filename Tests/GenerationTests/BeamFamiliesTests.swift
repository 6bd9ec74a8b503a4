import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Testing

@Suite("Beams follow their caches in every family")
struct BeamFamiliesTests {
    /// Reads all tokens of a row anew for each of its next ones.
    private struct Rereading: BeamDecoder {
        let model: any CausalLanguageModel
        var rows: [[Int32]]

        mutating func logits(after tokens: [Int32]) -> Tensor {
            for row in rows.indices { rows[row].append(tokens[row]) }
            let size = model.configuration.vocabularySize
            let last = rows.flatMap { Array(model.logits($0).elements.suffix(size)) }
            return Tensor(last, shape: [rows.count, size])
        }

        mutating func select(_ kept: [Int32]) { rows = kept.map { rows[Int($0)] } }

        mutating func reorder(_ parents: [Int32]) { select(parents) }

        mutating func keep(sources: [Int32]) {}
    }

    private func found<Decoder: BeamDecoder>(
        _ decoder: Decoder, _ settings: BeamSettings, last: Int32
    ) throws -> [Hypothesis] {
        var search = BeamSearch(
            decoder, settings, BeamVocabulary(ends: [2]),
            sources: [BeamSource(place: 0, last: last, limit: 12)], wanted: settings.count)
        while !search.isOver { try search.advance() }
        return try #require(search.results[0])
    }

    @Test("the same hypotheses as without any cache", arguments: TinyModel.all)
    func cachedIsUncached(family: TinyModel) throws {
        let model = family.make(6)
        let prompt: [Int32] = [3, 7, 1, 9, 4]
        for settings in [
            BeamSettings(4), BeamSettings(7, stopping: .never),
            BeamSettings(6, groupCount: 3, diversityPenalty: 0.8),
        ] {
            let cached = try found(
                ContinuationDecoder(model, prompt: prompt, expectedCount: 12), settings, last: 4)
            let uncached = try found(
                Rereading(model: model, rows: [prompt.dropLast()]), settings, last: 4)
            #expect(cached.map(\.tokens) == uncached.map(\.tokens))
            for (cached, uncached) in zip(cached, uncached) {
                #expect(abs(cached.score - uncached.score) < 1e-4)
            }
        }
    }
}
