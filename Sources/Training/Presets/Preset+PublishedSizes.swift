internal import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

extension Preset {
    /// Models of papers and well-known programs, whose parameters can be counted.
    static let publishedSizes: [Preset] =
        [
            Preset(
                "gpt2-124m-no-bias", "GPT-2 with 124 million parameters, without biases; days",
                data: "tales", tokenizer: .byte, model: .gpt(withoutBiases),
                hasFixedVocabulary: true, training: days),
            Preset(
                "stories260k", "the Llama shape of stories260K", data: "tales", tokenizer: .byte,
                model: .llama(stories), hasFixedVocabulary: true, training: days),
            Preset(
                "modular-addition",
                "the one-layer Transformer without norms that learns addition modulo 113 by grokking; a quarter of an hour",
                data: ModularAddition.baseName, model: .llama(modularAddition),
                training: grokking),
            vaswani("vaswani-base"),
        ]
        + [2, 4, 8].map { layers in
            vaswani("vaswani-\(layers)-layers") {
                $0.encoderLayerCount = layers
                $0.decoderLayerCount = layers
            }
        } + [256, 1024].map { width in vaswani("vaswani-width-\(width)") { $0.width = width } }
        + [1024, 4096].map { width in vaswani("vaswani-hidden-\(width)") { $0.hiddenWidth = width }
        }

    private static let days = TrainingSettings(
        steps: 1000, batch: 4, learningRate: 6e-4, finalLearningRate: 6e-5, warmupSteps: 100,
        beta2: 0.95, evaluationInterval: 100, evaluationTokens: 8192)

    /// All examples in each step, no clipping, and a weight decay that makes everything smaller.
    ///
    /// - Source: Nanda et al. 2023, §3.
    private static let grokking: TrainingSettings = {
        var training = TrainingSettings(
            steps: 3000, batch: 65_536, learningRate: 1e-3, finalLearningRate: 1e-3,
            warmupSteps: 10, beta2: 0.98, weightDecay: 1, gradientClip: 1e9,
            evaluationInterval: 100, evaluationTokens: 1_000_000, sampleTokens: 1,
            schedule: .constant)
        training.decayed = .all
        return training
    }()

    private static var withoutBiases: GPT.Configuration {
        var configuration = GPT.Configuration.gpt2Small
        configuration.hasBias = false
        return configuration
    }

    private static var stories: Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: 512, contextLength: 512, layerCount: 5, headCount: 8,
            keyValueHeadCount: 4, width: 64, hiddenWidth: 172)
        configuration.tiesHead = true
        return configuration
    }

    private static var modularAddition: Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: 114, contextLength: 3, layerCount: 1, headCount: 4, width: 128,
            hiddenWidth: 512)
        configuration.positions = PositionOptions(.learned)
        configuration.norm = .none
        configuration.hiddenFunction = .activation(.relu)
        configuration.hasBias = true
        configuration.initialDeviation = 1 / Float(configuration.width).squareRoot()
        return configuration
    }

    /// A row of Table 3 of the paper of 2017, with one vocabulary of 41,000 for all three tables.
    private static func vaswani(
        _ name: String, _ change: (inout EncoderDecoder.Configuration) -> Void = { _ in }
    ) -> Preset {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 41_000, targetVocabularySize: 41_000)
        change(&configuration)
        return Preset(
            name, "the Transformer of 2017: \(name.dropFirst(8)); weeks", data: nil, kind: .pairs,
            tokenizer: .bytePair, vocabularySize: 41_000, model: .encoderDecoder(configuration),
            training: TrainingSettings(
                steps: 100_000, batch: 1, learningRate: 7e-4, finalLearningRate: 0,
                warmupSteps: 4000, beta2: 0.98, weightDecay: 0, evaluationInterval: 1000,
                evaluationTokens: 20_000, batchTokens: 25_000, schedule: .noam,
                labelSmoothing: 0.1, averagedCheckpoints: 5))
    }
}
