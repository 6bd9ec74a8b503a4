import Attend

extension TrainOptions {
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
}
