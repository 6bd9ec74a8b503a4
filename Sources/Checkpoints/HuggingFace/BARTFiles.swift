internal import AttendLayers
internal import AttendModels
internal import AttendText

/// BART: norms after the layers and after the embeddings, learned positions of which the first two are never read.
///
/// - Source: Lewis et al. 2020.
enum BARTFiles: BARTFamily {
    static let modelType = "bart"
    static let architecture = "BartForConditionalGeneration"
    static let placement = NormPlacement.post
    static let positions = PositionOptions.Kind.learned
    static let hasEmbeddingNorm = true
    static let unreadPlaces = 2
}

/// Pegasus: norms before the layers, and sines for places; what our presets with norms before the layers are.
///
/// - Source: Zhang et al. 2020.
enum PegasusFiles: BARTFamily {
    static let modelType = "pegasus"
    static let architecture = "PegasusForConditionalGeneration"
    static let writesSines = true
    static let placement = NormPlacement.pre
    static let positions = PositionOptions.Kind.sinusoidal
    static let hasEmbeddingNorm = false
    static let unreadPlaces = 0
}

/// Marian: the Transformer of 2017, norms after the layers and sines for places, with one vocabulary or two.
///
/// - Source: Junczys-Dowmunt et al. 2018.
enum MarianFiles: BARTFamily {
    static let modelType = "marian"
    static let architecture = "MarianMTModel"
    static let placement = NormPlacement.post
    static let positions = PositionOptions.Kind.sinusoidal
    static let hasEmbeddingNorm = false
    static let unreadPlaces = 0
    static let tyings: [EncoderDecoder.Tying] = [.all, .targetAndHead, .none]
    static let defaultVocabularySize = 58101

    static func tying(from fields: inout ConfigurationFields) -> EncoderDecoder.Tying {
        let sharesTables = fields.flag("share_encoder_decoder_embeddings", default: true)
        let tiesHead = fields.flag("tie_word_embeddings", default: true)
        if sharesTables && !tiesHead {
            fields.add(
                "tie_word_embeddings is false where share_encoder_decoder_embeddings is true, which is not"
                    + " implemented")
        }
        return sharesTables ? .all : tiesHead ? .targetAndHead : .none
    }

    /// The fields of all relatives, and how the tables are shared.
    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)] {
        guard case .encoderDecoder(let sizes) = configuration else { return [] }
        return commonFields(of: configuration) + [
            ("decoder_vocab_size", .integer(sizes.targetVocabularySize)),
            ("share_encoder_decoder_embeddings", .bool(sizes.tying.sharesEmbeddings)),
        ]
    }
}
