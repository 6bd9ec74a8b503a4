import AttendLayers
import AttendModels
import AttendTensors
import Testing

/// One variant of one family, small, with weights large enough that every part of it shows in the logits.
struct Variant<Configuration: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: Configuration

    var testDescription: String { name }

    init(_ name: String, _ configuration: Configuration) {
        self.name = name
        self.configuration = configuration
    }

    /// A variant that is a base with a change.
    init(_ name: String, _ base: Configuration, _ change: (inout Configuration) -> Void) {
        var configuration = base
        change(&configuration)
        self.init(name, configuration)
    }
}

extension Module {
    /// The same module with other numbers: a fresh one's are so small that a forgotten part would not show.
    func withLargeWeights(seed: UInt64 = 7) -> Self {
        var copy = self
        let random = RandomSource(seed: seed)
        let box = Box(random)
        copy.forEachParameter { _, parameter in
            let shape = parameter.tensor.shape
            let drawn = box.random.stream().normal(shape, deviation: 0.3)
            let isGain = shape.rank == 1 && parameter.tensor.elements.allSatisfy { $0 == 1 }
            parameter.tensor = isGain ? drawn + Tensor(repeating: 1, shape: shape) : drawn
        }
        return copy
    }
}

/// A random source that a closure may draw from.
private final class Box {
    var random: RandomSource
    init(_ random: RandomSource) { self.random = random }
}

/// A causal model of a variant, made when a test asks for it.
struct CausalVariant: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: any LanguageModelConfiguration
    let make: @Sendable () -> any CausalLanguageModel

    var testDescription: String { name }

    init<Model: CausalLanguageModel>(
        _ name: String, _ type: Model.Type, _ configuration: Model.Configuration
    ) {
        self.name = name
        self.configuration = configuration
        make = {
            var random = RandomSource(seed: 1)
            return Model(configuration, random: &random).withLargeWeights()
        }
    }

    static let vocabulary = 11
    static let context = 12

    private static func llama(
        _ name: String, _ change: (inout Llama.Configuration) -> Void = { _ in }
    ) -> CausalVariant {
        var configuration = Llama.Configuration(
            vocabularySize: vocabulary, contextLength: context, layerCount: 2, headCount: 4,
            keyValueHeadCount: 2, width: 16, hiddenWidth: 19)
        change(&configuration)
        return CausalVariant("llama " + name, Llama.self, configuration)
    }

    private static func ladder(_ rung: LadderConfiguration.Rung) -> LadderConfiguration {
        LadderConfiguration(
            rung: rung, vocabularySize: vocabulary, contextLength: context, width: 6, headCount: 3)
    }

    private static let gpt = GPT.Configuration(
        vocabularySize: vocabulary, contextLength: context, layerCount: 2, headCount: 3, width: 9)

    private static var gptOSS: GPTOSS.Configuration {
        GPTOSS.Configuration(
            vocabularySize: vocabulary, contextLength: context, layerCount: 3, headCount: 4,
            keyValueHeadCount: 2, width: 10, headWidth: 6, window: 3, expertCount: 4,
            expertsPerToken: 2, expertWidth: 7)
    }

    static let all: [CausalVariant] = others + positions + attentions + networks

    private static let others: [CausalVariant] = [
        CausalVariant("bigram", Bigram.self, ladder(.bigram)),
        CausalVariant("single head", SingleHead.self, ladder(.singleHead)),
        CausalVariant("several heads", MultiHead.self, ladder(.multiHead)),
        CausalVariant("single block", SingleBlock.self, ladder(.block)),
        CausalVariant("gpt", GPT.self, gpt),
        CausalVariant(
            "gpt without biases", GPT.self,
            Variant("", gpt) { $0.hasBias = false }.configuration),
        CausalVariant("gpt-oss", GPTOSS.self, gptOSS),
        CausalVariant(
            "gpt-oss with YaRN", GPTOSS.self,
            Variant("", gptOSS) {
                $0.positions.yarn = YaRN(
                    factor: 8, originalContextLength: 4, truncatesBorders: false)
            }.configuration),
    ]

    private static let positions: [CausalVariant] =
        PositionOptions.Kind.allCases.map { kind in
            llama("positions \(kind.rawValue)") {
                $0.positions = PositionOptions(kind, bucketCount: 8, maximumDistance: 9)
            }
        } + [
            llama("partly turned") { $0.positions.rotaryWidth = 2 },
            llama("neighbours turned") { $0.positions.rotaryInterleaves = true },
            llama("YaRN") {
                $0.positions.yarn = YaRN(factor: 4, originalContextLength: 6, betaFast: 2)
            },
            llama("ALiBi, three heads") {
                $0.headCount = 3
                $0.keyValueHeadCount = 3
                $0.headWidth = 4
                $0.positions = PositionOptions(.alibi)
            },
        ]

    private static let attentions: [CausalVariant] = [
        llama("multi-head") { $0.keyValueHeadCount = 4 },
        llama("multi-query") { $0.keyValueHeadCount = 1 },
        llama("own head width") { $0.headWidth = 6 },
        llama("window") { $0.window = 3 },
        llama("window and ALiBi") {
            $0.window = 4
            $0.positions = PositionOptions(.alibi)
        },
        llama("normalised queries and keys") { $0.normalisesQueriesAndKeys = true },
        llama("attention biases") { $0.attentionHasBias = true },
        llama("latent") {
            $0.keyValueHeadCount = 4
            $0.headWidth = 6
            $0.latent = LatentOptions(rank: 5, rotaryWidth: 4)
        },
        llama("latent, biased, windowed, neighbours turned") {
            $0.keyValueHeadCount = 4
            $0.headWidth = 5
            $0.latent = LatentOptions(rank: 3, rotaryWidth: 2)
            $0.positions.rotaryInterleaves = true
            $0.attentionHasBias = true
            $0.window = 4
        },
        llama("latent without positions") {
            $0.keyValueHeadCount = 4
            $0.headWidth = 5
            $0.latent = LatentOptions(rank: 3, rotaryWidth: 2)
            $0.positions = PositionOptions(.none)
        },
    ]

    private static let networks: [CausalVariant] =
        HiddenFunction.allCases.map { function in
            llama("function \(function.name)") { $0.hiddenFunction = function }
        } + [
            llama("tied head") { $0.tiesHead = true },
            llama("biases") {
                $0.hasBias = true
                $0.attentionHasBias = true
            },
            llama("LayerNorm") { $0.norm = .layer },
            llama("post-norm") { $0.normPlacement = .post },
            llama("post-norm LayerNorm") {
                $0.normPlacement = .post
                $0.norm = .layer
            },
            llama("no norms") { $0.norm = .none },
            llama("experts") {
                $0.experts = ExpertOptions(count: 5, perToken: 2, hiddenWidth: 7)
            },
            llama("experts with router bias and shared expert") {
                $0.hasBias = true
                $0.experts = ExpertOptions(
                    count: 3, perToken: 1, hiddenWidth: 7, sharedHiddenWidth: 5,
                    normalisesWeights: false, routerHasBias: true)
            },
        ]
}

extension EncoderDecoder.Configuration {
    static let variants: [Variant<EncoderDecoder.Configuration>] = {
        var base = EncoderDecoder.Configuration(
            sourceVocabularySize: 11, targetVocabularySize: 11, contextLength: 12, width: 12,
            headCount: 2, hiddenWidth: 17, encoderLayerCount: 2, decoderLayerCount: 2, dropout: 0)
        base.attentionDropout = 0
        var variants = [Variant("2017", base)]
        func add(_ name: String, _ change: (inout EncoderDecoder.Configuration) -> Void) {
            variants.append(Variant(name, base, change))
        }
        add("target and head tied") {
            $0.tying = .targetAndHead
            $0.sourceVocabularySize = 7
        }
        add("nothing tied") {
            $0.tying = .none
            $0.sourceVocabularySize = 13
        }
        add("pre-norm") { $0.normPlacement = .pre }
        add("post-norm with last norms") { $0.hasFinalNorm = true }
        add("pre-norm without last norms") {
            $0.normPlacement = .pre
            $0.hasFinalNorm = false
        }
        add("RMSNorm without biases") {
            $0.norm = .rms
            $0.hasBias = false
        }
        add("LayerNorm without biases") { $0.hasBias = false }
        add("no norms") { $0.norm = .none }
        add("SwiGLU") { $0.hiddenFunction = .gate(.silu) }
        add("grouped queries") {
            $0.headCount = 4
            $0.keyValueHeadCount = 2
        }
        add("embeddings as they are, own scale") {
            $0.scalesEmbeddings = false
            $0.attentionScale = 1
        }
        add("lopsided") {
            $0.encoderLayerCount = 1
            $0.decoderLayerCount = 3
        }
        add("BART: norms after the embeddings, a bias of the head") {
            $0.hasEmbeddingNorm = true
            $0.headHasBias = true
            $0.positions = PositionOptions(.learned)
        }
        add("T5 1.1: own head width, own head, scaled logits") {
            $0.tying = .sourceAndTarget
            $0.headWidth = 5
            $0.logitScale = 0.25
            $0.norm = .rms
            $0.hasBias = false
            $0.hasEmbeddingNorm = true
        }
        add("a decoder of other sizes") {
            $0.decoderHeadCount = 3
            $0.decoderHiddenWidth = 11
        }
        for kind in PositionOptions.Kind.allCases {
            add("positions \(kind.rawValue)") {
                $0.positions = PositionOptions(kind, bucketCount: 8, maximumDistance: 9)
            }
        }
        return variants
    }()
}

extension BERT.Configuration {
    static let variants: [Variant<BERT.Configuration>] = {
        var base = BERT.Configuration(
            vocabularySize: 11, contextLength: 12, layerCount: 2, headCount: 2, width: 12,
            hiddenWidth: 17)
        base.dropout = 0
        var variants = [Variant("BERT", base)]
        func add(_ name: String, _ change: (inout BERT.Configuration) -> Void) {
            variants.append(Variant(name, base, change))
        }
        add("no segments") { $0.segmentCount = 0 }
        add("pre-norm") { $0.normPlacement = .pre }
        add("RMSNorm") { $0.norm = .rms }
        add("no norms") { $0.norm = .none }
        add("GEGLU") { $0.hiddenFunction = .gate(.gelu) }
        add("pooler, tanh within the head") {
            $0.hasPooler = true
            $0.headFunction = .tanh
        }
        for kind in PositionOptions.Kind.allCases {
            add("positions \(kind.rawValue)") {
                $0.positions = PositionOptions(kind, bucketCount: 8, maximumDistance: 9)
            }
        }
        return variants
    }()
}

extension BERT {
    init(_ variant: Variant<Configuration>) {
        var random = RandomSource(seed: 1)
        self = BERT(variant.configuration, random: &random).withLargeWeights()
    }
}

extension EncoderDecoder {
    init(_ variant: Variant<Configuration>) {
        var random = RandomSource(seed: 1)
        self = EncoderDecoder(variant.configuration, random: &random).withLargeWeights()
    }
}
