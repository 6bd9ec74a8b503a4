internal import AttendLayers
internal import AttendModels
internal import AttendText

/// A directory in the form of Hugging Face transformers, open for reading.
///
/// | file | holds |
/// |---|---|
/// | `config.json` | the family and the sizes |
/// | `model.safetensors`, or shards and `model.safetensors.index.json` | the weights |
/// | `generation_config.json` | which tokens begin and end a text, and how to choose them |
/// | `tokenizer.json` | the tokenizer |
struct HuggingFaceDirectory {
    private let files: ContainedFiles
    private let path: String

    static let configurationName = "config.json"
    static let weightsName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"
    static let generationName = "generation_config.json"
    static let tokenizerName = "tokenizer.json"
    static let tokenizerSettingsName = "tokenizer_config.json"

    init(_ path: String) {
        self.path = path
        files = ContainedFiles(directory: path)
    }

    private var configurationPath: String { path.appending(component: Self.configurationName) }

    /// Reads the model and what lies beside it.
    func load(checksTensors: Bool) throws -> LoadedModel {
        guard let object = try files.object(Self.configurationName) else {
            throw CheckpointError(.missing, path: path, "has no file \(Self.configurationName)")
        }
        let (family, configuration, unknown, source) = try configuration(object)
        let model = try ModelReader.read(
            configuration, from: source, layouts: family.layouts(of: configuration),
            checksTensors: checksTensors)
        let (tokenizer, fault) = tokenizer(for: configuration)
        let (generation, generationNotices) = try generationDefaults(object, configuration)
        var notices = model.notices + generationNotices
        if !unknown.isEmpty {
            notices.append(
                "\(configurationPath.legible): \(unknown.joined(separator: ", ").legible) "
                    + (unknown.count == 1 ? "is a field that is" : "are fields that are")
                    + " not known here and passed over.")
        }
        return LoadedModel(
            model: model.model, configuration: configuration, savedTokenizer: tokenizer,
            tokenizerFault: fault, generation: generation,
            training: nil, path: path, notices: notices)
    }

    private func configuration(
        _ object: JSONObject
    ) throws -> (
        any HuggingFaceFamily.Type, AnyConfiguration, unknown: [String], any TensorSource
    ) {
        guard case .string(let type)? = object["model_type"] else {
            throw CheckpointError(
                .malformed, path: configurationPath,
                "holds \((object["model_type"] ?? .null).summary) for model_type, where a text is needed; fetch the file again"
            )
        }
        guard let family = HuggingFaceFamilies.named(type) else {
            let known = HuggingFaceFamilies.all.map { $0.modelType }.joined(separator: ", ")
            throw CheckpointError(
                .unsupported, path: configurationPath,
                "has the model_type \(type.quoted); known are \(known)")
        }
        // Some heads and biases only the weights tell of.
        let source = try weights()
        var fields = ConfigurationFields(
            object, path: configurationPath, tensorNames: Set(source.tensorNames))
        fields.require(
            "is_encoder_decoder", family.isEncoderDecoder,
            otherwise: "the family \(type) is not read so")
        if fields.contains("quantization_config") {
            fields.add(
                "quantization_config is there, but quantised weights are not read from such files; "
                    + "save the model in float32 or bfloat16, or give a .gguf file")
        }
        let configuration = family.configuration(from: &fields)
        var problems = fields.problems
        if problems.isEmpty, let configuration {
            do {
                try configuration.sizes.validate()
            } catch let error as ConfigurationError {
                problems += error.problems.map { $0.renamingWords(family.names) }
            }
        }
        guard problems.isEmpty, let configuration else {
            throw CheckpointError(
                .unsupported, path: configurationPath,
                "describes no model that can be made: \(problems.joined(separator: "; "))")
        }
        fields.pass(over: HuggingFaceFamilies.fieldsWithoutEffect)
        return (family, configuration, fields.unknownNames, source)
    }

    private func weights() throws -> any TensorSource {
        if let path = try files.path(of: Self.weightsName) {
            return try SafetensorsFile(InputFile(path: path, followingLinks: false))
        }
        if try files.path(of: Self.indexName) != nil {
            return try ShardedSafetensors(index: Self.indexName, in: files)
        }
        let names = try DirectoryListing.names(in: path)
        let isPickled = names.contains { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") }
        throw CheckpointError(
            .missing, path: path,
            "has neither \(Self.weightsName) nor \(Self.indexName)"
                + (isPickled
                    ? "; its pickled weights could run code and are not read: save them with safetensors"
                    : ""))
    }

    /// What `generation_config.json`, or else `config.json`, says of the tokens that the model's vocabulary has, and sentences
    /// for the user.
    private func generationDefaults(
        _ configuration: JSONObject, _ sizes: AnyConfiguration
    ) throws -> (GenerationDefaults, notices: [String]) {
        let size = sizes.vocabularySizes.last ?? 0
        var places = [ConfigurationFields(configuration, path: configurationPath)]
        if let own = try files.object(Self.generationName) {
            let path = path.appending(component: Self.generationName)
            places.insert(ConfigurationFields(own, path: path), at: 0)
        }
        func tokens(_ name: String) throws -> [Int32] {
            guard let place = places.firstIndex(where: { $0.contains(name) }) else { return [] }
            let ids = places[place].tokens(name)
            if let problem = places[place].problems.first {
                throw CheckpointError(.malformed, path: places[place].path, problem)
            }
            return ids.filter { $0 < size }
        }
        var defaults = GenerationDefaults(
            startToken: try tokens("bos_token_id").first, endTokens: try tokens("eos_token_id"),
            paddingToken: try tokens("pad_token_id").first,
            decoderStartToken: try tokens("decoder_start_token_id").first)
        defaults.forcedStartToken = try tokens("forced_bos_token_id").first
        defaults.forcedEndToken = try tokens("forced_eos_token_id").first
        defaults.forbiddenTokens = try tokens("suppress_tokens") + tokens("bad_words_ids")
        defaults.sampling = SuggestedSampling(&places[0])
        if let problem = places[0].problems.first {
            throw CheckpointError(.malformed, path: places[0].path, problem)
        }
        var notices: [String] = []
        if let place = places.first(where: { $0.contains("bad_words_ids") }) {
            let count = place.sequenceCount("bad_words_ids")
            let noun = count == 1 ? "sequence" : "sequences"
            if count > 0 {
                notices.append(
                    "\(place.path.legible): bad_words_ids rules out \(count) \(noun) of several tokens, "
                        + "which is passed over; single tokens are heeded.")
            }
        }
        return (defaults, notices)
    }

    /// The tokenizer, or why there is none: a model without one can still be asked about ids.
    private func tokenizer(
        for configuration: AnyConfiguration
    ) -> (SavedTokenizer?, CheckpointError?) {
        do throws(CheckpointError) {
            guard let found = try files.path(of: Self.tokenizerName) else { return (nil, nil) }
            let tokenizer = try TokenizerFile.readJSON(at: found, followingLinks: false)
            if let size = configuration.vocabularySizes.min(), size < tokenizer.vocabularySize {
                throw CheckpointError(
                    .malformed, path: found,
                    "has \(tokenizer.vocabularySize) tokens where the model has vectors for \(size); "
                        + "fetch the files that belong together")
            }
            return (tokenizer, nil)
        } catch {
            return (nil, error)
        }
    }
}

extension String {
    /// The text with words exchanged for others.
    fileprivate func renamingWords(_ names: [String: String]) -> String {
        split(separator: " ", omittingEmptySubsequences: false).map { word in
            let name = word.prefix { $0.isLetter || $0 == "." }
            return (names[String(name)] ?? String(name)) + word.dropFirst(name.count)
        }.joined(separator: " ")
    }
}
