internal import AttendCheckpoints
internal import AttendLayers
internal import AttendModels
internal import AttendTensors
internal import AttendText

extension Preset {
    /// Encoders that learn from text, or from texts with labels.
    static let encoders: [Preset] = [
        Preset(
            "encoder", "a small BERT that restores masked words of the tales", data: "tales",
            kind: .masked, tokenizer: .bytePair, vocabularySize: 1024, model: .encoder(smallBERT),
            training: TrainingSettings(
                steps: 2500, batch: 1, learningRate: 2e-3, finalLearningRate: 2e-5,
                warmupSteps: 150, beta2: 0.98, weightDecay: 0.01, evaluationInterval: 250,
                evaluationTokens: 20_000, batchTokens: 4096)),
        Preset(
            "classifier", "tells two grammars apart that use the same words", data: "grammars",
            kind: .labelled, tokenizer: .bytePair, vocabularySize: 512,
            model: .classifier(
                SequenceClassifier.Configuration(
                    encoder: smallBERT, classes: ["verb-last", "verb-middle"])),
            training: TrainingSettings(
                steps: 300, batch: 1, learningRate: 1e-3, finalLearningRate: 1e-5, warmupSteps: 30,
                beta2: 0.98, weightDecay: 0.01, evaluationInterval: 100, evaluationTokens: 20_000,
                batchTokens: 2048)),
    ]

    private static var smallBERT: BERT.Configuration {
        var configuration = BERT.Configuration(
            vocabularySize: 1024, contextLength: 128, layerCount: 4, headCount: 4, width: 128)
        configuration.dropout = 0
        configuration.segmentCount = 0
        return configuration
    }

    /// Encoder–decoders that learn from pairs.
    static let sequenceTasks: [Preset] = [
        Preset(
            "translation", "sentence pairs such as Multi30k; half an hour on two cores",
            data: nil, kind: .pairs, tokenizer: .bytePair, vocabularySize: 8000,
            model: .encoderDecoder(translation),
            training: TrainingSettings(
                steps: 3600, batch: 1, learningRate: 2e-3, finalLearningRate: 2e-5,
                warmupSteps: 400, beta2: 0.98, weightDecay: 0.01, evaluationInterval: 400,
                evaluationTokens: 20_000, batchTokens: 3000, labelSmoothing: 0.1,
                averagedCheckpoints: 3)),
        task("copy", "letters and digits as they are", steps: 1000),
        task("reverse", "letters and digits backwards", steps: 1500),
        task("sort", "letters and digits in order", steps: 1500),
        task("add", "sums of numbers of three digits", steps: 3000),
        task("dates", "dates in many forms, in one", steps: 1500),
        task("modular", "sums modulo a prime", steps: 3000),
        task("phrases", "a small language pair with agreement and another word order", steps: 1500),
    ]

    private static var translation: EncoderDecoder.Configuration {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 8000, targetVocabularySize: 8000, contextLength: 128,
            width: 256, headCount: 4, hiddenWidth: 1024, encoderLayerCount: 3,
            decoderLayerCount: 3, dropout: 0.2)
        configuration.normPlacement = .pre
        configuration.paddingToken = SpecialTokens().padding
        return configuration
    }

    private static func task(_ name: String, _ summary: String, steps: Int) -> Preset {
        var configuration = EncoderDecoder.Configuration(
            sourceVocabularySize: 40, targetVocabularySize: 40, contextLength: 64, width: 128,
            headCount: 4, hiddenWidth: 512, encoderLayerCount: 2, decoderLayerCount: 2, dropout: 0)
        configuration.normPlacement = .pre
        configuration.paddingToken = SpecialTokens().padding
        return Preset(
            name, summary, data: name, kind: .pairs,
            model: .encoderDecoder(configuration),
            training: TrainingSettings(
                steps: steps, batch: 1, learningRate: 2e-3, finalLearningRate: 2e-5,
                warmupSteps: 100, beta2: 0.98, weightDecay: 0.01, evaluationInterval: 250,
                evaluationTokens: 4000, batchTokens: 1536))
    }
}
