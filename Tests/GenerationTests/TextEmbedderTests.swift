import AttendLayers
import AttendCheckpoints
import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Vectors of texts")
struct TextEmbedderTests {
    private struct Recorded: Decodable {
        let texts: [String]
        let embeddings: [[Float]]
    }

    private func distance(_ first: [Float], _ second: [Float]) -> Float {
        first.count == second.count
            ? zip(first, second).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    @Test("Are those of sentence-transformers", arguments: ["sentence-mean", "sentence-cls"])
    func sentences(name: String) throws {
        let embedder = try TextEmbedder(LoadedModel.load(foreignDirectory(name)))
        let recorded = try recorded(Recorded.self, in: name)
        #expect(recorded.texts.count == recorded.embeddings.count && recorded.texts.count > 4)
        for (text, wanted) in zip(recorded.texts, recorded.embeddings) {
            let found = try embedder.embedding(of: text)
            #expect(found.shape == [wanted.count] && !found.isForTokens)
            #expect(distance(found.vectors[0], wanted) <= 1e-5)
        }
        // Sixteen tokens are read of what is longer.
        let notices = try recorded.texts.map { try embedder.embedding(of: $0).notice }
        #expect(notices.contains { $0 != nil } == (name == "sentence-cls"))
    }

    @Test("Pooling and length are what is asked for")
    func choices() throws {
        let loaded = try LoadedModel.load(foreignDirectory("bert-model"))
        let text = "The cat sat on the mat."
        let tokens = try TextEmbedder(loaded, pooling: EmbeddingPooling.none).embedding(of: text)
        let count = try loaded.tokenizer.encoding(of: text).count
        #expect(tokens.shape == [count, 24] && tokens.isForTokens)
        let first = try TextEmbedder(loaded, pooling: .first).embedding(of: text)
        #expect(first.vectors == [tokens.vectors[0]])
        let mean = try TextEmbedder(loaded).embedding(of: text)
        let columns = (0..<24).map { column in
            tokens.vectors.reduce(0) { $0 + $1[column] } / Float(count)
        }
        #expect(distance(mean.vectors[0], columns) <= 1e-5)
        let unit = try TextEmbedder(loaded, normalises: true).embedding(of: text).vectors[0]
        #expect(abs(unit.reduce(0) { $0 + $1 * $1 } - 1) <= 1e-5)
        let sentences = try LoadedModel.load(foreignDirectory("sentence-mean"))
        let plain = try TextEmbedder(sentences, normalises: false).embedding(of: text).vectors[0]
        #expect(abs(plain.reduce(0) { $0 + $1 * $1 } - 1) > 0.01)
    }

    @Test("A run's texts stand between its start and end tokens")
    func run() throws {
        let tokenizer = SavedTokenizer.character(
            try CharacterTokenizer(text: "abc", specialTokens: SpecialTokens.texts))
        var random = RandomSource(seed: 2)
        let model = BERT(
            BERT.Configuration(
                vocabularySize: tokenizer.vocabularySize, contextLength: 6, layerCount: 1,
                headCount: 2, width: 8), random: &random)
        let run = try SavedRun(
            .encoder(model), .encoder(model.configuration), tokenizer: tokenizer)
        let embedder = try TextEmbedder(run.load(), pooling: EmbeddingPooling.none)
        let found = try embedder.embedding(of: "cab")
        var context = Context()
        let wanted = model.hidden([1, 6, 4, 5, 2], batch: 1, context: &context)
        #expect(found.shape == [5, 8] && found.vectors.flatMap { $0 } == wanted.elements)
        let long = try embedder.embedding(of: "cabcabcab")
        #expect(long.shape == [6, 8] && long.notice?.contains("11 tokens") == true)
        #expect(try embedder.embedding(of: "").shape == [2, 8])
        #expect(throws: TokenizerError.self) { try embedder.embedding(of: "x") }
    }

    @Test("Models that make no vectors of texts are refused")
    func refusals() throws {
        let loaded = try LoadedModel.load(foreignDirectory("marian"))
        #expect(throws: FamilyError.self) { try TextEmbedder(loaded) }
    }
}
