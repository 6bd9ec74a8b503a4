import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

/// `config.json` of every family.
@Suite("Run configurations")
struct RunConfigurationTests {
    /// Every family, with as little as possible left at its default.
    static let models: [AnyConfiguration] =
        [gpt, llama, .llama(latent), gptOSS, .encoderDecoder(pairs), .encoder(encoder), classifier]
        + LadderConfiguration.Rung.allCases.map {
            .ladder(
                LadderConfiguration(
                    rung: $0, vocabularySize: 31, contextLength: 17, width: 24, headCount: 3))
        }

    private static let gpt = AnyConfiguration.gpt(
        GPT.Configuration(
            vocabularySize: 31, contextLength: 17, layerCount: 3, headCount: 3, width: 24,
            hiddenWidth: 50, dropout: 0.1, hasBias: false, activation: .gelu, normEpsilon: 1e-6))

    private static var llama: AnyConfiguration {
        var sizes = Llama.Configuration(
            vocabularySize: 31, contextLength: 17, layerCount: 3, headCount: 4,
            keyValueHeadCount: 2, width: 24, headWidth: 8, hiddenWidth: 50)
        sizes.positions = PositionOptions(
            .rotary, rotaryBase: 5000, rotaryWidth: 4, rotaryInterleaves: true,
            yarn: YaRN(factor: 4, originalContextLength: 8, attentionFactor: 1.5))
        sizes.norm = .layer
        sizes.normPlacement = .post
        sizes.hiddenFunction = .gate(.geluTanh)
        sizes.experts = ExpertOptions(
            count: 4, perToken: 2, hiddenWidth: 12, sharedHiddenWidth: 6,
            normalisesWeights: false, routerHasBias: true, balanceCoefficient: 0.25)
        sizes.window = 9
        sizes.normalisesQueriesAndKeys = true
        sizes.hasBias = true
        sizes.attentionHasBias = true
        sizes.tiesHead = true
        sizes.dropout = 0.3
        return .llama(sizes)
    }

    private static var latent: Llama.Configuration {
        var sizes = Llama.Configuration(
            vocabularySize: 31, contextLength: 17, layerCount: 2, headCount: 2, width: 24)
        sizes.latent = LatentOptions(rank: 10, rotaryWidth: 4)
        return sizes
    }

    private static let gptOSS = AnyConfiguration.gptOSS(
        GPTOSS.Configuration(
            vocabularySize: 31, contextLength: 17, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, width: 24, headWidth: 10, window: 5, expertCount: 4,
            expertsPerToken: 2, expertWidth: 14))

    private static var pairs: EncoderDecoder.Configuration {
        var sizes = EncoderDecoder.Configuration(
            sourceVocabularySize: 31, targetVocabularySize: 29, contextLength: 17, width: 24,
            headCount: 4, keyValueHeadCount: 2, hiddenWidth: 50, encoderLayerCount: 3,
            decoderLayerCount: 2, dropout: 0.2, tying: .targetAndHead)
        sizes.attentionDropout = 0.1
        sizes.hiddenDropout = 0.05
        sizes.hiddenFunction = .gate(.sigmoid)
        sizes.norm = .rms
        sizes.normPlacement = .pre
        sizes.hasFinalNorm = false
        sizes.positions = PositionOptions(.relativeBuckets, bucketCount: 8, maximumDistance: 20)
        sizes.scalesEmbeddings = false
        sizes.attentionScale = 0.5
        sizes.paddingToken = 0
        return sizes
    }

    private static var encoder: BERT.Configuration {
        var sizes = BERT.Configuration(
            vocabularySize: 31, contextLength: 17, layerCount: 2, headCount: 3, width: 24,
            hiddenWidth: 50)
        sizes.positions = PositionOptions(.alibi)
        sizes.segmentCount = 0
        sizes.hiddenFunction = .activation(.reluSquared)
        return sizes
    }

    private static var classifier: AnyConfiguration {
        var sizes = SequenceClassifier.Configuration(
            encoder: encoder, classes: ["no", "yes, “quoted”\n", "perhaps"])
        sizes.pooling = .first
        return .classifier(sizes)
    }

    private static func run(_ model: AnyConfiguration) -> RunConfiguration {
        var data = DataDescription(
            source: "data", sha256: "0", trainingCharacterCount: 100, validationCharacterCount: 10,
            tokenizer: "bpe", kind: model.architecture.dataKind, documentSeparator: "\n",
            floor: 0.5)
        if data.kind == .pairs { (data.sourceName, data.targetName) = ("de", "en") }
        if data.kind != .text {
            (data.trainingExampleCount, data.validationExampleCount) = (90, 9)
        }
        return RunConfiguration(
            attendVersion: "1.2.3", preset: "own", model: model, data: data,
            training: TrainingSettings(
                steps: 10, batch: 2, learningRate: 1e-3, finalLearningRate: 1e-4, warmupSteps: 2,
                beta1: 0.8, beta2: 0.95, weightDecay: 0.2, gradientClip: 2, evaluationInterval: 5,
                evaluationTokens: 64, sampleTokens: 7, precision: .bfloat16, batchTokens: 333,
                schedule: .noam, labelSmoothing: 0.1, averagedCheckpoints: 4),
            seed: .max)
    }

    @Test("Every family comes back as it was, bit for bit", arguments: models)
    func roundTrip(model: AnyConfiguration) throws {
        let configuration = Self.run(model)
        try model.sizes.validate()
        let bytes = try StrictJSON.encode(configuration, file: "config.json")
        let again = try StrictJSON.decode(RunConfiguration.self, from: bytes, file: "config.json")
        #expect(again == configuration)
        #expect(try StrictJSON.encode(again, file: "config.json") == bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"architecture\" : \"\(model.architecture.rawValue)\""))
        // A model can be made of what was read.
        var random = RandomSource(seed: 1)
        let parameters = again.model.makeModel(random: &random).module.namedTensors()
        #expect(parameters.reduce(0) { $0 + $1.tensor.count } == model.sizes.parameterCount)
    }

    @Test("A field that the family does not have is named by its path", arguments: models)
    func unknownField(model: AnyConfiguration) throws {
        let text = String(
            decoding: try StrictJSON.encode(Self.run(model), file: ""), as: UTF8.self)
        let isNested = model.architecture == .classifier
        let place = isNested ? "\"encoder\" : {" : "\"model\" : {"
        let field = isNested ? "model.encoder.contextLenght" : "model.contextLenght"
        try #require(text.contains(place))
        let wrong = text.replacing(place, with: place + "\n\"contextLenght\" : 3,")
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(
                RunConfiguration.self, from: Array(wrong.utf8), file: "config.json")
        }
        #expect(
            error?.explanation == "the field \(field) is unknown; did you mean contextLength?")
    }

    @Test("What a field must not hold is said by its path", arguments: models)
    func wrongType(model: AnyConfiguration) throws {
        let text = String(
            decoding: try StrictJSON.encode(Self.run(model), file: ""), as: UTF8.self)
        let wrong = text.replacing("\"contextLength\" : 17", with: "\"contextLength\" : \"x\"")
        try #require(wrong != text)
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(
                RunConfiguration.self, from: Array(wrong.utf8), file: "config.json")
        }
        #expect(error?.explanation.contains("contextLength holds “x” where a whole number") == true)
    }

    @Test("An encoder that learns from masked text needs its head")
    func encoderWithoutHead() throws {
        var sizes = BERT.Configuration(
            vocabularySize: 12, contextLength: 17, layerCount: 1, headCount: 2, width: 8)
        sizes.hasHead = false
        let directory = try TemporaryDirectory()
        try directory.write(
            StrictJSON.encode(Self.run(.encoder(sizes)), file: ""), to: "config.json")
        let error = #expect(throws: CheckpointError.self) {
            try RunConfiguration.read(fromFile: directory.path("config.json"))
        }
        #expect(error?.explanation.contains("hasHead false") == true)
    }

    @Test("A rung under the name of another is refused")
    func otherRung() throws {
        let model = try #require(Self.models.last)
        let text = String(
            decoding: try StrictJSON.encode(Self.run(model), file: ""), as: UTF8.self)
        let wrong = text.replacing(
            "\"architecture\" : \"block\"", with: "\"architecture\" : \"bigram\"")
        try #require(wrong != text)
        let error = #expect(throws: CheckpointError.self) {
            try StrictJSON.decode(
                RunConfiguration.self, from: Array(wrong.utf8), file: "config.json")
        }
        #expect(error?.explanation.contains("rung is block where the family is bigram") == true)
    }

    @Test("The format of earlier versions is named before its fields are missed")
    func earlierFormat() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("config.json")
        try directory.write(
            #"{"formatVersion": 1, "architecture": "gpt", "model": {"width": 8}, "seed": 1}"#,
            to: "config.json")
        let error = #expect(throws: CheckpointError.self) {
            try RunConfiguration.read(fromFile: path)
        }
        #expect(
            error?.explanation
                == "has formatVersion 1, and this version of Attend reads 2; use the version that wrote it"
        )
    }
}
