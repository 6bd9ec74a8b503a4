internal import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors

extension Preset {
    private static let tales = TrainingSettings(
        steps: 1100, batch: 8, learningRate: 4e-3, finalLearningRate: 1e-4, warmupSteps: 60,
        evaluationInterval: 100, evaluationTokens: 24_576)

    /// Decoders that learn from text.
    static let languageModels: [Preset] =
        [
            Preset(
                "default",
                "a small model that learns to tell the built-in tales in about a minute",
                data: "tales",
                model: .gpt(
                    GPT.Configuration(
                        vocabularySize: 64, contextLength: 256, layerCount: 4, headCount: 4,
                        width: 128, hasBias: false)),
                training: tales),
            Preset(
                "shakespeare", "nanoGPT's configuration for processors, on tiny Shakespeare",
                data: nil,
                model: .gpt(
                    GPT.Configuration(
                        vocabularySize: 65, contextLength: 64, layerCount: 4, headCount: 4,
                        width: 128, hasBias: false, activation: .gelu)),
                training: TrainingSettings(
                    steps: 2000, batch: 12, learningRate: 1e-3, finalLearningRate: 1e-4,
                    warmupSteps: 100, evaluationInterval: 250, evaluationTokens: 15_360)),
            Preset(
                "shakespeare-best",
                "as many parameters and as much text as shakespeare, to the lowest loss we know of",
                data: nil, model: .llama(bestOfItsSize), training: bestTraining),
            Preset(
                "shakespeare-large",
                "the sizes of nanoGPT's larger configuration, on tiny Shakespeare; half an hour",
                data: nil, model: .llama(large), training: largeTraining),
            Preset(
                "gpt2-124m", "GPT-2 with 124 million parameters, on bytes; days",
                data: "tales", tokenizer: .byte, model: .gpt(.gpt2Small), hasFixedVocabulary: true,
                training: TrainingSettings(
                    steps: 1000, batch: 4, learningRate: 6e-4, finalLearningRate: 6e-5,
                    warmupSteps: 100, beta2: 0.95, evaluationInterval: 100, evaluationTokens: 8192)),
            Preset(
                "llama", "a small Llama: rotary positions, RMSNorm, SwiGLU, grouped queries",
                data: "tales", model: .llama(smallLlama), training: tales),
            Preset(
                "latent", "the same with latent attention, whose cache is a narrow vector a token",
                data: "tales", model: .llama(latentLlama), training: tales),
            Preset(
                "gpt-oss", "a small GPT-OSS: sinks, windows in every second layer, experts",
                data: "tales",
                model: .gptOSS(
                    GPTOSS.Configuration(
                        vocabularySize: 64, contextLength: 256, layerCount: 4, headCount: 4,
                        keyValueHeadCount: 2, width: 128, window: 32, expertCount: 8,
                        expertsPerToken: 2)),
                training: tales),
        ] + LadderConfiguration.Rung.allCases.map(rung)

    private static var smallLlama: Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: 64, contextLength: 256, layerCount: 4, headCount: 4,
            keyValueHeadCount: 2, width: 128)
        configuration.tiesHead = true
        return configuration
    }

    /// No larger than nanoGPT's configuration for processors; Documentation/Results.md says what each choice gives.
    private static var bestOfItsSize: Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: 65, contextLength: 64, layerCount: 4, headCount: 4, width: 128,
            hiddenWidth: 344)
        configuration.tiesHead = true
        configuration.normalisesQueriesAndKeys = true
        return configuration
    }

    /// 1,536,000 characters.
    private static var bestTraining: TrainingSettings {
        var training = TrainingSettings(
            steps: 2000, batch: 12, learningRate: 6e-3, finalLearningRate: 0, warmupSteps: 100,
            evaluationInterval: 250, evaluationTokens: 15_360, schedule: .linear)
        training.optimizer = .muon
        return training
    }

    /// 6 layers, 6 heads, width 384; the feed-forward networks have as many parameters as ungated ones of four times the width.
    private static var large: Llama.Configuration {
        var configuration = Llama.Configuration(
            vocabularySize: 65, contextLength: 256, layerCount: 6, headCount: 6, width: 384,
            hiddenWidth: 1024)
        configuration.tiesHead = true
        configuration.normalisesQueriesAndKeys = true
        configuration.dropout = 0.1
        return configuration
    }

    /// 4.1 million characters.
    private static var largeTraining: TrainingSettings {
        var training = TrainingSettings(
            steps: 1000, batch: 16, learningRate: 4e-3, finalLearningRate: 0, warmupSteps: 50,
            evaluationInterval: 100, evaluationTokens: 20_480, schedule: .linear)
        training.optimizer = .muon
        return training
    }

    private static var latentLlama: Llama.Configuration {
        var configuration = smallLlama
        configuration.keyValueHeadCount = configuration.headCount
        configuration.latent = LatentOptions(rank: 48, rotaryWidth: 16)
        // The only one that DeepSeek's norm of the latent has elsewhere.
        configuration.normEpsilon = 1e-6
        return configuration
    }

    private static func rung(_ rung: LadderConfiguration.Rung) -> Preset {
        Preset(
            rung.rawValue, "a rung of the ladder from counting pairs to GPT", data: "tales",
            model: .ladder(
                LadderConfiguration(
                    rung: rung, vocabularySize: 64, contextLength: 64, width: 128, headCount: 4)),
            training: TrainingSettings(
                steps: 1000, batch: 32, learningRate: rung == .bigram ? 1e-2 : 3e-3,
                finalLearningRate: 1e-4, warmupSteps: 50, evaluationInterval: 250,
                evaluationTokens: 24_576))
    }
}
