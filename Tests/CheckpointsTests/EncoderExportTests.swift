import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

@Suite("Runs of encoders and encoder-decoders, exported")
struct EncoderExportTests {
    /// A run with fresh weights.
    private func run(_ configuration: AnyConfiguration, in scratch: TemporaryDirectory) throws
        -> LoadedModel
    {
        var random = RandomSource(seed: 4)
        let model = configuration.makeModel(random: &random)
        let path = scratch.path("run")
        let directory = try RunDirectory.create(at: path)
        let settings = TrainingSettings(
            steps: 10, batch: 2, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 2,
            evaluationInterval: 5, evaluationTokens: 64)
        let data = DataDescription(
            source: "letters", sha256: String(repeating: "0", count: 64),
            trainingCharacterCount: 100, validationCharacterCount: 10,
            kind: configuration.architecture.dataKind, documentSeparator: nil, floor: nil)
        try directory.writeConfiguration(
            RunConfiguration(
                attendVersion: "0.1.0", preset: "default", model: configuration, data: data,
                training: settings, seed: 1))
        try directory.writeTokenizer(
            SavedTokenizer.character(
                CharacterTokenizer(text: "abcdefgh", specialTokens: SpecialTokens.texts)))
        try directory.snapshots.save(
            step: 10,
            model: model.module.namedTensors().map {
                SafetensorsWriter.Item(name: $0.name, tensor: $0.tensor)
            }, optimizer: [], state: ["steps": 10], isBest: true)
        return try LoadedModel.load(path)
    }

    private static var encoder: BERT.Configuration {
        var configuration = BERT.Configuration(
            vocabularySize: 12, contextLength: 10, layerCount: 1, headCount: 2, width: 8)
        configuration.segmentCount = 0
        return configuration
    }

    private static var pairs: EncoderDecoder.Configuration {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 12, targetVocabularySize: 12, contextLength: 10, width: 8,
            headCount: 2, hiddenWidth: 12, encoderLayerCount: 1, decoderLayerCount: 1)
        configuration.paddingToken = 0
        return configuration
    }

    private func export(
        _ configuration: AnyConfiguration, _ body: (LoadedModel, LoadedModel, String) throws -> Void
    ) throws {
        let scratch = try TemporaryDirectory()
        let run = try run(configuration, in: scratch)
        let path = scratch.path("out")
        _ = try run.export(to: .huggingFace, at: path)
        try body(run, LoadedModel.load(path), path)
    }

    private func modelType(_ path: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/config.json"))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return try #require(object?["model_type"] as? String)
    }

    @Test(
        "The order of the residual stream changes, and the logits stay",
        arguments: NormPlacement.allCases)
    func pairs(placement: NormPlacement) throws {
        var configuration = Self.pairs
        configuration.normPlacement = placement
        try export(.encoderDecoder(configuration)) { run, back, path in
            let type = try modelType(path)
            #expect(type == (placement == .pre ? "pegasus" : "marian"))
            let (ours, theirs) = (try run.encoderDecoder(), try back.encoderDecoder())
            let (sources, targets): ([Int32], [Int32]) = ([5, 7, 11, 2], [1, 4, 6])
            let (first, second) = (
                ours.logits(sources: sources, targets: targets),
                theirs.logits(sources: sources, targets: targets)
            )
            for (ours, theirs) in zip(first.elements, second.elements) {
                #expect(abs(ours - theirs) <= 1e-5)
            }
            // The same bits come back, since reading undoes the order; the head's bias of zeros comes with the form.
            let read = Dictionary(
                uniqueKeysWithValues: theirs.namedTensors().map { ($0.name, $0.tensor.elements) })
            for (name, tensor) in ours.namedTensors() {
                #expect(read[name] == tensor.elements, "\(name)")
            }
            #expect(back.generation.decoderStartToken == 1 && back.generation.endTokens == [2])
            #expect(back.generation.paddingToken == 0)
        }
    }

    @Test("The tokens that training puts around texts are the template of the exported tokenizer")
    func template() throws {
        try export(.encoderDecoder(Self.pairs)) { _, back, _ in
            let tokenizer = try back.tokenizer
            let ids = try tokenizer.encoding(of: "bad").ids
            #expect(ids == [5, 4, 7, 2])
        }
        try export(.encoder(Self.encoder)) { _, back, _ in
            let tokenizer = try back.tokenizer
            let ids = try tokenizer.encoding(of: "bad").ids
            #expect(ids == [1, 5, 4, 7, 2])
        }
    }

    @Test("An encoder without segments is a DistilBERT, one with segments a BERT")
    func encoders() throws {
        try export(.encoder(Self.encoder)) { run, back, path in
            let type = try modelType(path)
            #expect(type == "distilbert")
            #expect(
                run.model.module.namedTensors().map(\.tensor.elements)
                    == back.model.module.namedTensors().map(\.tensor.elements))
        }
        var configuration = Self.encoder
        configuration.segmentCount = 2
        try export(.encoder(configuration)) { run, back, path in
            let type = try modelType(path)
            #expect(type == "bert")
            #expect(
                run.model.module.namedTensors().map(\.tensor.elements)
                    == back.model.module.namedTensors().map(\.tensor.elements))
        }
    }

    @Test("A classifier is written without the head that no logit depends on")
    func classifiers() throws {
        let configuration = SequenceClassifier.Configuration(
            encoder: Self.encoder, classes: ["plain", "odd \"one\""])
        try export(.classifier(configuration)) { run, back, path in
            let type = try modelType(path)
            #expect(type == "bert")
            guard case .classifier(let ours) = run.model, case .classifier(let theirs) = back.model
            else { throw CancellationError() }
            #expect(theirs.configuration.classes == configuration.classes)
            #expect(ours.encoder.head != nil && theirs.encoder.head == nil)
            var context = Context()
            let ids: [Int32] = [1, 5, 6, 2]
            let first = ours.logits(ids, batch: 1, context: &context).elements
            let second = theirs.logits(ids, batch: 1, context: &context).elements
            #expect(first == second)
        }
    }

    @Test("What has no counterpart is named")
    func misfits() throws {
        func refused(_ configuration: AnyConfiguration, _ words: String) throws {
            let scratch = try TemporaryDirectory()
            let run = try run(configuration, in: scratch)
            let error = #expect(throws: CheckpointError.self) {
                try run.export(to: .huggingFace, at: scratch.path("out"))
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            let names = try scratch.names()
            #expect(names == ["run"])
        }
        var encoder = Self.encoder
        encoder.normPlacement = .pre
        try refused(.encoder(encoder), "its normPlacement is pre, not post")
        var classifier = SequenceClassifier.Configuration(
            encoder: Self.encoder, classes: ["a", "b"])
        classifier.pooling = .mean
        try refused(.classifier(classifier), "its pooling is mean, not cls")
        var pairs = Self.pairs
        pairs.hiddenFunction = .gate(.silu)
        try refused(
            .encoderDecoder(pairs), "its hiddenFunction is the gate SwiGLU, not an activation")
        pairs = Self.pairs
        pairs.positions = PositionOptions(.rotary)
        try refused(.encoderDecoder(pairs), "its positions.kind is rotary")
    }
}
