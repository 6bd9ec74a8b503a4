import AttendLayers
import AttendModels
import AttendTensors
import Testing

@Suite("Sizes that a user asks for")
struct SizeOverridesTests {
    static let encoder = BERT.Configuration(
        vocabularySize: 30, contextLength: 32, layerCount: 2, headCount: 4, width: 32)

    /// Every family; hidden widths are no usual multiple of the width, so that the proportion shows.
    static let all: [AnyConfiguration] =
        [
            .gpt(
                GPT.Configuration(
                    vocabularySize: 30, contextLength: 32, layerCount: 2, headCount: 4, width: 32,
                    hiddenWidth: 48)),
            .llama(
                Llama.Configuration(
                    vocabularySize: 30, contextLength: 32, layerCount: 2, headCount: 4,
                    keyValueHeadCount: 2, width: 32, hiddenWidth: 48)),
            .gptOSS(
                GPTOSS.Configuration(
                    vocabularySize: 30, contextLength: 32, layerCount: 2, headCount: 4,
                    keyValueHeadCount: 2, width: 32, window: 8, expertCount: 4,
                    expertsPerToken: 2, expertWidth: 48)),
            .encoderDecoder(
                EncoderDecoder.Configuration(
                    sourceVocabularySize: 30, targetVocabularySize: 30, contextLength: 32,
                    width: 32, headCount: 4, keyValueHeadCount: 2, hiddenWidth: 48,
                    encoderLayerCount: 3, decoderLayerCount: 1)),
            .encoder(encoder),
            .classifier(SequenceClassifier.Configuration(encoder: encoder, classes: ["a", "b"])),
        ]
        + LadderConfiguration.Rung.allCases.map {
            .ladder(
                LadderConfiguration(
                    rung: $0, vocabularySize: 30, contextLength: 32, width: 32, headCount: 4))
        }

    /// What a configuration says of itself, by one set of names for all families.
    private struct Sizes: Equatable {
        var context: Int
        var layers: [Int] = [1]
        var heads: Int
        var keyValueHeads: Int?
        var headWidth: Int?
        var width: Int
        var hidden: Int?
        var dropout: Float?

        init(_ configuration: AnyConfiguration) {
            switch configuration {
            case .gpt(let sizes):
                (context, layers) = (sizes.contextLength, [sizes.layerCount])
                (heads, width) = (sizes.headCount, sizes.width)
                (hidden, dropout) = (sizes.hiddenWidth, sizes.dropout)
            case .llama(let sizes):
                (context, layers) = (sizes.contextLength, [sizes.layerCount])
                (heads, width) = (sizes.headCount, sizes.width)
                (hidden, dropout) = (sizes.hiddenWidth, sizes.dropout)
                (keyValueHeads, headWidth) = (sizes.keyValueHeadCount, sizes.headWidth)
            case .gptOSS(let sizes):
                (context, layers) = (sizes.contextLength, [sizes.layerCount])
                (heads, width) = (sizes.headCount, sizes.width)
                hidden = sizes.experts.hiddenWidth
                (keyValueHeads, headWidth) = (sizes.keyValueHeadCount, sizes.headWidth)
            case .encoderDecoder(let sizes):
                context = sizes.contextLength
                layers = [sizes.encoderLayerCount, sizes.decoderLayerCount]
                (heads, width) = (sizes.headCount, sizes.width)
                (hidden, dropout) = (sizes.hiddenWidth, sizes.dropout)
                keyValueHeads = sizes.keyValueHeadCount
            case .encoder, .classifier:
                let sizes = Self.encoder(of: configuration)
                (context, layers) = (sizes.contextLength, [sizes.layerCount])
                (heads, width) = (sizes.headCount, sizes.width)
                (hidden, dropout) = (sizes.hiddenWidth, sizes.dropout)
            case .ladder(let sizes):
                (context, heads, width) = (sizes.contextLength, sizes.headCount, sizes.width)
            }
        }

        private static func encoder(of configuration: AnyConfiguration) -> BERT.Configuration {
            switch configuration {
            case .encoder(let sizes): sizes
            case .classifier(let sizes): sizes.encoder
            default: SizeOverridesTests.encoder
            }
        }
    }

    @Test("Nothing asked for, nothing changed", arguments: all)
    func nothing(configuration: AnyConfiguration) {
        #expect(configuration.applying(SizeOverrides()) == configuration)
    }

    @Test("Everything asked for is there, and all else keeps its proportion", arguments: all)
    func everything(configuration: AnyConfiguration) throws {
        var overrides = SizeOverrides()
        (overrides.contextLength, overrides.layerCount, overrides.headCount) = (48, 5, 8)
        (overrides.width, overrides.dropout) = (64, 0.25)
        let changed = configuration.applying(overrides)
        #expect(changed.architecture == configuration.architecture)
        #expect(changed.vocabularySizes == configuration.vocabularySizes)
        try changed.sizes.validate()
        let (before, after) = (Sizes(configuration), Sizes(changed))
        #expect(after.context == 48 && after.heads == 8 && after.width == 64)
        if case .ladder = configuration {
            #expect(after.layers == [1])
        } else {
            #expect(after.layers == before.layers.map { _ in 5 })
        }
        #expect(after.hidden == before.hidden.map { 2 * $0 })
        #expect(after.keyValueHeads == before.keyValueHeads.map { 2 * $0 })
        #expect(after.headWidth == before.headWidth.map { _ in 8 })
        #expect(after.dropout == before.dropout.map { _ in 0.25 })
    }

    @Test("One size alone changes what belongs to it and nothing else", arguments: all)
    func single(configuration: AnyConfiguration) throws {
        var expected = Sizes(configuration)
        expected.width = 96
        expected.hidden = expected.hidden.map { 3 * $0 }
        expected.headWidth = expected.headWidth.map { _ in 24 }
        var overrides = SizeOverrides()
        overrides.width = 96
        #expect(Sizes(configuration.applying(overrides)) == expected)
        expected = Sizes(configuration)
        expected.context = 7
        overrides = SizeOverrides()
        overrides.contextLength = 7
        #expect(Sizes(configuration.applying(overrides)) == expected)
        // One head has one head of keys and values.
        overrides = SizeOverrides()
        overrides.headCount = 1
        let single = configuration.applying(overrides)
        try single.sizes.validate()
        #expect(Sizes(single).keyValueHeads ?? 1 == 1)
    }
}
