public import AttendLayers
public import AttendModels
public import AttendTensors

extension LoadedModel {
    /// The same model with its weights kept otherwise in memory.
    ///
    /// - Parameter precision: nil for as in the file: blocks of 8 or 4 bits in a GGUF file are kept and multiplied as they
    ///   lie there, all else is float32.
    public func storing(_ precision: InferencePrecision?) -> LoadedModel {
        if let precision {
            guard let format = precision.format else { return self }
            return mappingModel { $0.storingWeights(as: format) }
        }
        return blockFormats.reduce(self) { loaded, format in
            loaded.mappingModel { $0.storingWeightsExactly(as: format) }
        }
    }

    /// Which matrices stay float32 in a format whose blocks their rows do not fill, as a part of a sentence; nil where all
    /// that can be are kept in it.
    public func shortfall(of format: WeightFormat) -> String? {
        let matrices = model.module.parameters.map(\.parameter).filter {
            $0.shape.rank == 2 && !$0.staysFloat32
        }
        let unfit = matrices.filter { !format.fits(width: $0.shape.width) }
        if unfit.isEmpty { return nil }
        return
            "\(unfit.count) of \(matrices.count) matrices have rows whose length is no multiple of 32, and stay float32"
    }

    /// The same model with what it keeps of the tokens that it has read in another format; one that keeps nothing stays
    /// as it is.
    public func caching(in format: CacheFormat) -> LoadedModel {
        var copy = self
        switch model {
        case .causal(var model):
            model.cacheFormat = format
            copy.model = .causal(model)
        case .encoderDecoder(var model):
            model.cacheFormat = format
            copy.model = .encoderDecoder(model)
        case .encoder, .classifier: break
        }
        return copy
    }

    private func mappingModel(_ change: (any Module) -> any Module) -> LoadedModel {
        func changed<Model>(_ model: Model) -> Model {
            guard let module = model as? any Module, let result = change(module) as? Model else {
                return model
            }
            return result
        }
        var copy = self
        switch model {
        case .causal(let model): copy.model = .causal(changed(model))
        case .encoderDecoder(let model): copy.model = .encoderDecoder(changed(model))
        case .encoder(let model): copy.model = .encoder(changed(model))
        case .classifier(let model): copy.model = .classifier(changed(model))
        }
        return copy
    }
}

extension AnyModel {
    /// Whether it writes tokens one after the other, and so keeps something of each.
    public var hasCaches: Bool {
        switch self {
        case .causal, .encoderDecoder: true
        case .encoder, .classifier: false
        }
    }
}
