import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite("Encoders and encoder-decoders of Hugging Face directories")
struct EncoderFamiliesTests {
    static let names = [
        "bert-masked-lm", "bert-model", "bert-classifier", "distilbert-masked-lm",
        "distilbert-model", "distilbert-classifier", "marian", "marian-separate", "pegasus", "bart",
        "t5", "t5-1.1",
    ]

    @Test("Logits and vectors are those of transformers", arguments: names)
    func values(name: String) throws {
        let directory = try RecordedDirectory(name)
        let loaded = try LoadedModel.load(directory.path, checksTensors: true)
        #expect(loaded.notices.isEmpty)
        #expect(try directory.largestDifference(of: loaded) <= 1e-5)
        #expect(loaded.configuration.sizes.parameterCount == loaded.model.module.parameterCount)
    }

    @Test("What is exported has the keys and bits that transformers saved", arguments: names)
    func export(name: String) throws {
        let (directory, scratch) = (try RecordedDirectory(name), try TemporaryDirectory())
        let loaded = try LoadedModel.load(directory.path)
        let report = try loaded.export(to: .huggingFace, at: scratch.path("out"))
        var (saved, written) = (
            try tensorBits(directory.path), try tensorBits(scratch.path("out"))
        )
        #expect(saved.keys.sorted() == written.keys.sorted() && report.tensors == written.count)
        if name == "bart" {
            // Two rows of each table of places are never read.
            let width = 20
            for side in ["encoder", "decoder"] {
                let key = "model.\(side).embed_positions.weight"
                #expect(written[key]?.prefix(2 * width).allSatisfy { $0 == 0 } == true)
                for index in 0..<2 * width {
                    saved[key]?[index] = 0
                    written[key]?[index] = 0
                }
            }
        }
        for (key, bits) in saved where !key.hasSuffix("embed_positions.weight") || name == "bart" {
            #expect(written[key] == bits, "\(key)")
        }
        let again = try LoadedModel.load(scratch.path("out"))
        #expect(again.notices.isEmpty && again.configuration == loaded.configuration)
        #expect(again.generation == loaded.generation)
        #expect(
            try directory.found(again).map(\.bitPattern)
                == directory.found(loaded).map(\.bitPattern))
    }

    @Test("A head, biases and tables are where the files say")
    func configurations() throws {
        func pairs(_ name: String) throws -> EncoderDecoder.Configuration {
            let loaded = try LoadedModel.load(RecordedDirectory(name).path)
            return try loaded.encoderDecoder().configuration
        }
        #expect(try pairs("marian").tying == .all)
        let separate = try pairs("marian-separate")
        #expect(separate.tying == .targetAndHead && separate.decoderHeadCount == 5)
        #expect(separate.sourceVocabularySize == 31 && separate.targetVocabularySize == 37)
        #expect(try pairs("pegasus").normPlacement == .pre)
        #expect(try pairs("bart").hasEmbeddingNorm == true)
        let (first, second) = (try pairs("t5"), try pairs("t5-1.1"))
        #expect(first.logitScale == 1 / Float(18).squareRoot() && first.tying == .all)
        #expect(second.logitScale == nil && second.tying == .sourceAndTarget)
        #expect(second.hiddenFunction == .gate(.geluTanh) && second.headWidth == 7)
        let bert = try LoadedModel.load(RecordedDirectory("bert-model").path)
        guard case .encoder(let sizes) = bert.configuration else { throw CancellationError() }
        #expect(sizes.hasPooler == true && !sizes.restoresTokens)
        let classes = try LoadedModel.load(RecordedDirectory("distilbert-classifier").path)
        guard case .classifier(let classifier) = classes.configuration else {
            throw CancellationError()
        }
        #expect(classifier.classes == ["statement", "question", "other"])
        #expect(classifier.pooling == .first && classifier.poolerFunction == .relu)
    }

    @Test("The tokens of generation are read, and written again")
    func generation() throws {
        let directory = try RecordedDirectory("marian")
        let scratch = try TemporaryDirectory()
        let path = try directory.copy(into: scratch)
        try edit(
            path + "/generation_config.json", "\"eos_token_id\": 0,",
            "\"eos_token_id\": 0, \"forced_bos_token_id\": 5, \"bad_words_ids\": [[2], [7], [8, 9]],"
        )
        let loaded = try LoadedModel.load(path)
        let tokens = loaded.generation
        #expect(tokens.endTokens == [0] && tokens.paddingToken == 2)
        #expect(tokens.decoderStartToken == 2 && tokens.forcedEndToken == 0)
        #expect(tokens.forcedStartToken == 5 && tokens.forbiddenTokens == [2, 7])
        _ = try loaded.export(to: .huggingFace, at: scratch.path("out"))
        #expect(try LoadedModel.load(scratch.path("out")).generation == tokens)
    }

    @Test("What a family cannot do is refused by the name of the field")
    func refusals() throws {
        func refused(
            _ name: String, _ old: String, _ new: String, _ words: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let scratch = try TemporaryDirectory()
            let path = try RecordedDirectory(name).copy(into: scratch)
            try edit(path + "/config.json", old, new)
            expectRefused(path, words, sourceLocation: sourceLocation)
        }
        try refused(
            "bert-model", "\"BertModel\"", "\"BertForQuestionAnswering\"",
            "architectures names “BertForQuestionAnswering”")
        try refused("bert-model", "\"is_decoder\": false", "\"is_decoder\": true", "is_decoder")
        try refused("bert-model", "\"gelu_new\"", "\"mish\"", "hidden_act is “mish”")
        try refused(
            "bert-model", "\"num_attention_heads\": 3", "\"num_attention_heads\": 5",
            "num_attention_heads 5 does not divide hidden_size 24")
        try refused(
            "bert-model", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3",
            "encoder.layer.2.attention.output.LayerNorm.weight [24] is missing")
        try refused(
            "bert-classifier", "\"2\": \"other\"", "\"3\": \"other\"", "id2label.3 is no number")
        try refused(
            "bert-classifier", "\"2\": \"other\"", "\"2\": \"question\"",
            "classes names one class twice")
        try refused(
            "bart", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false",
            "tie_word_embeddings")
        try refused(
            "marian", "\"is_encoder_decoder\": true", "\"is_encoder_decoder\": false",
            "is_encoder_decoder")
        try refused("t5", "\"relu\"", "\"gated-mish\"", "dense_act_fn")
    }

    @Test("A table of places that holds no sines is refused where the family has sines")
    func sines() throws {
        let scratch = try TemporaryDirectory()
        let path = try RecordedDirectory("pegasus").copy(into: scratch)
        let weights = path + "/model.safetensors"
        let file = try SafetensorsFile(path: weights)
        let items = try file.entries.map { entry in
            var elements = try file.floats(entry.name)
            if entry.name == "model.decoder.embed_positions.weight" { elements[25] += 0.5 }
            return SafetensorsWriter.Item(name: entry.name, shape: entry.shape, elements: elements)
        }
        try SafetensorsWriter.write(items, metadata: [:], to: weights)
        expectRefused(path, "model.decoder.embed_positions.weight does not hold the sines")
    }
}
