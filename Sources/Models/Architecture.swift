public import AttendLayers
public import AttendTensors

/// The families of models, by the names that files and the command line use.
public enum Architecture: String, Codable, Hashable, Sendable, CaseIterable {
    /// ``GPT``.
    case gpt
    /// ``Llama``.
    case llama
    /// ``GPTOSS``.
    case gptOSS = "gpt-oss"
    /// ``EncoderDecoder``.
    case encoderDecoder = "encoder-decoder"
    /// ``BERT``.
    case encoder
    /// ``SequenceClassifier``.
    case classifier
    /// ``Bigram``.
    case bigram
    /// ``SingleHead``.
    case singleHead = "single-head"
    /// ``MultiHead``.
    case multiHead = "multi-head"
    /// ``SingleBlock``.
    case block
}

/// The configuration of a model of any family.
public enum AnyConfiguration: Hashable, Sendable {
    /// Of a ``GPT``.
    case gpt(GPT.Configuration)
    /// Of a ``Llama``.
    case llama(Llama.Configuration)
    /// Of a ``GPTOSS``.
    case gptOSS(GPTOSS.Configuration)
    /// Of an ``EncoderDecoder``.
    case encoderDecoder(EncoderDecoder.Configuration)
    /// Of an ``BERT``.
    case encoder(BERT.Configuration)
    /// Of a ``SequenceClassifier``.
    case classifier(SequenceClassifier.Configuration)
    /// Of a rung of the ladder.
    case ladder(LadderConfiguration)

    /// The family.
    public var architecture: Architecture {
        switch self {
        case .gpt: .gpt
        case .llama: .llama
        case .gptOSS: .gptOSS
        case .encoderDecoder: .encoderDecoder
        case .encoder: .encoder
        case .classifier: .classifier
        case .ladder(let configuration): configuration.rung.architecture
        }
    }

    /// What all configurations have.
    public var sizes: any ModelConfiguration {
        switch self {
        case .gpt(let configuration): configuration
        case .llama(let configuration): configuration
        case .gptOSS(let configuration): configuration
        case .encoderDecoder(let configuration): configuration
        case .encoder(let configuration): configuration
        case .classifier(let configuration): configuration
        case .ladder(let configuration): configuration
        }
    }

    /// Whether it is made of blocks that can be computed again in the backward pass.
    public var hasBlocks: Bool { if case .ladder = self { false } else { true } }

    /// How many tokens each table of the model has vectors for.
    public var vocabularySizes: [Int] {
        switch self {
        case .encoderDecoder(let configuration):
            [configuration.sourceVocabularySize, configuration.targetVocabularySize]
        case .classifier(let configuration): [configuration.encoder.vocabularySize]
        default: (sizes as? any LanguageModelConfiguration).map { [$0.vocabularySize] } ?? []
        }
    }

    /// The same sizes with this vocabulary, for source and target alike.
    public func withVocabulary(_ size: Int) -> AnyConfiguration {
        switch self {
        case .gpt(var configuration):
            configuration.vocabularySize = size
            return .gpt(configuration)
        case .llama(var configuration):
            configuration.vocabularySize = size
            return .llama(configuration)
        case .gptOSS(var configuration):
            configuration.vocabularySize = size
            return .gptOSS(configuration)
        case .encoderDecoder(var configuration):
            configuration.sourceVocabularySize = size
            configuration.targetVocabularySize = size
            return .encoderDecoder(configuration)
        case .encoder(var configuration):
            configuration.vocabularySize = size
            return .encoder(configuration)
        case .classifier(var configuration):
            configuration.encoder.vocabularySize = size
            return .classifier(configuration)
        case .ladder(var configuration):
            configuration.vocabularySize = size
            return .ladder(configuration)
        }
    }

    /// The same sizes for these classes, where the model tells classes apart.
    public func withClasses(_ classes: [String]) -> AnyConfiguration {
        guard case .classifier(var configuration) = self else { return self }
        configuration.classes = classes
        return .classifier(configuration)
    }

    /// A model with fresh weights.
    public func makeModel(random: inout RandomSource) -> AnyModel {
        var preparation = NoPreparation()
        return makeModel(random: &random, preparation: &preparation)
    }

    /// A model whose weights a preparation writes, without having been drawn before.
    ///
    /// - Parameter preparation: has to write every element of every parameter, since they hold nothing defined.
    package func makeModel<Preparation: ModelPreparation>(
        filledBy preparation: inout Preparation
    ) throws(Preparation.Failure) -> AnyModel {
        var random = RandomSource.blank
        return try makeModel(random: &random, preparation: &preparation)
    }

    private func makeModel<Preparation: ModelPreparation>(
        random: inout RandomSource, preparation: inout Preparation
    ) throws(Preparation.Failure) -> AnyModel {
        switch self {
        case .gpt(let configuration):
            return .causal(try preparation.prepared(GPT(configuration, random: &random)))
        case .llama(let configuration):
            return .causal(try preparation.prepared(Llama(configuration, random: &random)))
        case .gptOSS(let configuration):
            return .causal(try preparation.prepared(GPTOSS(configuration, random: &random)))
        case .encoderDecoder(let configuration):
            return .encoderDecoder(
                try preparation.prepared(EncoderDecoder(configuration, random: &random)))
        case .encoder(let configuration):
            return .encoder(try preparation.prepared(BERT(configuration, random: &random)))
        case .classifier(let configuration):
            return .classifier(
                try preparation.prepared(SequenceClassifier(configuration, random: &random)))
        case .ladder(let configuration):
            switch configuration.rung {
            case .bigram:
                return .causal(try preparation.prepared(Bigram(configuration, random: &random)))
            case .singleHead:
                return .causal(try preparation.prepared(SingleHead(configuration, random: &random)))
            case .multiHead:
                return .causal(try preparation.prepared(MultiHead(configuration, random: &random)))
            case .block:
                return .causal(
                    try preparation.prepared(SingleBlock(configuration, random: &random)))
            }
        }
    }
}

/// Something done to a model before anyone else holds it, so that its parameters can be written to where they are.
package protocol ModelPreparation {
    /// Why it may fail.
    associatedtype Failure: Error

    /// Changes the model.
    mutating func prepare(_ model: inout some Module) throws(Failure)
}

extension ModelPreparation {
    /// The model after the preparation; it is never held twice on the way.
    fileprivate mutating func prepared<Model: Module>(
        _ model: consuming Model
    ) throws(Failure) -> Model {
        try prepare(&model)
        return model
    }
}

/// Leaves a model as it is.
private struct NoPreparation: ModelPreparation {
    mutating func prepare(_ model: inout some Module) throws(Never) {}
}

extension LadderConfiguration.Rung {
    var architecture: Architecture {
        switch self {
        case .bigram: .bigram
        case .singleHead: .singleHead
        case .multiHead: .multiHead
        case .block: .block
        }
    }
}

extension AnyConfiguration {
    /// Reads the configuration of a family.
    public init(from decoder: any Decoder, architecture: Architecture) throws {
        switch architecture {
        case .gpt: self = .gpt(try GPT.Configuration(from: decoder))
        case .llama: self = .llama(try Llama.Configuration(from: decoder))
        case .gptOSS: self = .gptOSS(try GPTOSS.Configuration(from: decoder))
        case .encoderDecoder:
            self = .encoderDecoder(try EncoderDecoder.Configuration(from: decoder))
        case .encoder: self = .encoder(try BERT.Configuration(from: decoder))
        case .classifier: self = .classifier(try SequenceClassifier.Configuration(from: decoder))
        case .bigram, .singleHead, .multiHead, .block:
            let configuration = try LadderConfiguration(from: decoder)
            guard configuration.rung.architecture == architecture else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription:
                            "its rung is \(configuration.rung.rawValue) where the family is "
                            + architecture.rawValue))
            }
            self = .ladder(configuration)
        }
    }
}

/// A model of any family, by what it can be asked.
public enum AnyModel: Sendable {
    /// Predicts each token from those before it.
    case causal(any CausalLanguageModel)
    /// Makes a sequence of another one.
    case encoderDecoder(EncoderDecoder)
    /// Restores masked tokens.
    case encoder(BERT)
    /// Tells to which class a sequence belongs.
    case classifier(SequenceClassifier)

    /// The model as what all models are.
    public var module: any Module {
        switch self {
        case .causal(let model): model
        case .encoderDecoder(let model): model
        case .encoder(let model): model
        case .classifier(let model): model
        }
    }
}
