import Attend

extension TrainOptions {
    /// Refuses a family other than that which is named.
    func checkFamily(_ start: AnyConfiguration, preset: Preset, isFromFile: Bool) throws {
        guard let model, model != start.architecture else { return }
        throw UsageError(
            description:
                "--model \(model.rawValue) is another family than \(start.architecture.rawValue), which "
                + (isFromFile ? "--config" : "--preset \(preset.name)")
                + " has; give one of the two."
        )
    }

    /// Refuses a trained encoder where none can be used.
    func checkEncoder(_ start: AnyConfiguration, _ training: TrainingSettings) throws {
        guard encoder != nil else { return }
        if start.architecture != .classifier {
            throw UsageError(
                description:
                    "--encoder is for a classifier, not for \(start.architecture.rawValue); give --model classifier with it."
            )
        }
        if regularisation.initialisation ?? training.initialisation != nil {
            throw UsageError(
                description:
                    "--initialisation draws new weights, and --encoder brings trained ones; give one of the two."
            )
        }
    }

    /// The configuration with the sizes of a trained encoder.
    func withEncoder(
        _ trained: LoadedModel?, in start: AnyConfiguration
    ) throws -> AnyConfiguration {
        guard let trained, case .classifier(var configuration) = start else { return start }
        guard case .encoder(let sizes) = trained.configuration else {
            throw trained.familyError(
                "which no classifier can begin with; give the run of an encoder")
        }
        let flags = [
            ("--context", context != nil), ("--layers", layers != nil), ("--heads", heads != nil),
            ("--width", width != nil), ("--tokenizer", text.tokenizer != nil),
            ("--vocabulary", text.vocabulary != nil),
        ]
        if let flag = flags.first(where: \.1)?.0 {
            throw UsageError(
                description:
                    "--encoder brings its own sizes and tokenizer, so \(flag) cannot be given with it."
            )
        }
        configuration.encoder = sizes
        return .classifier(configuration)
    }

    var sizes: SizeOverrides {
        var sizes = SizeOverrides()
        sizes.contextLength = context
        sizes.layerCount = layers
        sizes.headCount = heads
        sizes.width = width
        // What one batch is learnt by heart with must not be dropped.
        sizes.dropout = regularisation.dropout.map(Float.init) ?? (guards.overfitOneBatch ? 0 : nil)
        return sizes
    }

    /// The configuration with the vocabulary and the labels of the data.
    func sized(
        _ model: AnyConfiguration, for data: TrainingData, preset: Preset
    ) throws -> AnyConfiguration {
        let needed = data.tokenizer.vocabularySize
        if preset.hasFixedVocabulary, let size = model.vocabularySizes.first, needed > size {
            throw UsageError(
                description:
                    "The preset \(preset.name) has \(size.grouped) tokens, but the text needs"
                    + " \(needed.grouped); give --tokenizer byte.")
        }
        let sized = preset.hasFixedVocabulary ? model : model.withVocabulary(needed)
        guard case .labelled(let texts, _) = data.content else { return sized }
        return sized.withClasses(texts.labels)
    }
}
