internal import AttendModels
internal import AttendText

/// Writes a model as a directory of Hugging Face transformers.
struct HuggingFaceWriter {
    private let model: LoadedModel
    /// The model without what nothing of its own depends on.
    private let weights: AnyModel
    private let configuration: AnyConfiguration
    private let options: ExportOptions
    private let fileSystem: any FileSystem

    init(_ model: LoadedModel, options: ExportOptions, fileSystem: any FileSystem) {
        self.model = model
        if case .classifier(let classifier) = model.model {
            let bare = classifier.withoutTokenHead
            (weights, configuration) = (.classifier(bare), .classifier(bare.configuration))
        } else {
            (weights, configuration) = (model.model, model.configuration)
        }
        self.options = options
        self.fileSystem = fileSystem
    }

    /// Writes all files beside the place where they will be, and moves them there together.
    func write(to path: String) throws -> ExportReport {
        let family = try family()
        guard let layout = family.layouts(of: configuration).first else {
            throw misfit(["\(family.modelType) names no tensors for it"])
        }
        let tensors = try OutgoingTensor.all(of: weights, in: layout)
        let directory = try NewDirectory(at: path, in: fileSystem)
        return try directory.fill { place in
            var bytes = try writeWeights(tensors, to: place)
            bytes += try writeConfiguration(of: family, to: place)
            bytes += try writeTokenizer(to: place)
            return ExportReport(path: path, tensors: tensors.count, bytes: bytes)
        }
    }

    /// The first family that has a place for everything in the model's configuration.
    private func family() throws -> any HuggingFaceFamily.Type {
        let kin = HuggingFaceFamilies.all.compactMap { family in
            family.misfits(of: configuration).map { (family: family, misfits: $0) }
        }
        guard let nearest = kin.min(by: { $0.misfits.count < $1.misfits.count }) else {
            throw misfit([
                "no family there is like \(model.configuration.architecture.rawValue); models of gpt, llama, gpt-oss, "
                    + "encoder, classifier and encoder-decoder can be written, and --to npz writes any"
            ])
        }
        if nearest.misfits.isEmpty { return nearest.family }
        throw misfit(nearest.misfits.map { "unlike a \(nearest.family.modelType), \($0)" })
    }

    private func misfit(_ reasons: [String]) -> CheckpointError {
        CheckpointError(
            .unsupported, path: model.path,
            "cannot be written for Hugging Face transformers: \(reasons.joined(separator: "; "))")
    }

    /// One file, or shards in the order of the tensors with an index beside them.
    private func writeWeights(_ tensors: [OutgoingTensor], to directory: String) throws -> Int {
        guard let precision = options.precision.elements else {
            throw misfit([
                "weights there are not quantised to \(options.precision.rawValue); choose float32, float16 or "
                    + "bfloat16"
            ])
        }
        let shards = Shard.divide(tensors, precision: precision, size: options.shardSize)
        var bytes = 0
        func write(_ shard: Shard, as name: String) throws {
            let items = shard.tensors.map { SafetensorsWriter.Item($0, precision: precision) }
            let path = directory.appending(component: name)
            bytes += try AtomicFile.write(to: path, in: fileSystem) { file in
                try SafetensorsWriter.write(items, metadata: ["format": "pt"], to: file)
            }.byteCount
        }
        if shards.count == 1 {
            try write(shards[0], as: HuggingFaceDirectory.weightsName)
            return bytes
        }
        var places: [(name: String, value: JSONValue)] = []
        for (number, shard) in shards.enumerated() {
            let name =
                "model-\(Self.padded(number + 1))-of-\(Self.padded(shards.count)).safetensors"
            try write(shard, as: name)
            places += shard.tensors.map { (name: $0.name, value: .string(name)) }
        }
        let index = JSONValue.fields([
            "metadata": .fields(["total_size": .integer(shards.reduce(0) { $0 + $1.byteCount })]),
            "weight_map": .object(JSONObject(places)),
        ])
        return try bytes + self.write(index, as: HuggingFaceDirectory.indexName, to: directory)
    }

    private static func padded(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(5 - digits.count, 0)) + digits
    }

    private func writeConfiguration(
        of family: any HuggingFaceFamily.Type, to directory: String
    ) throws -> Int {
        let tokens = tokenFields
        let fields =
            [
                (name: "model_type", value: JSONValue.string(family.modelType)),
                ("architectures", .array([.string(family.architecture(of: configuration))])),
                ("dtype", .string(options.precision.rawValue)),
            ] + tokens + family.fields(of: configuration)
        let generation =
            tokens.filter { if case .null = $0.value { false } else { true } }
            + forbiddenField + model.generation.sampling.fields
        return try write(
            .object(JSONObject(fields)), as: HuggingFaceDirectory.configurationName, to: directory)
            + write(
                .object(JSONObject(generation)), as: HuggingFaceDirectory.generationName,
                to: directory)
    }

    /// The tokens that begin and end a text; those that do not exist are said not to, or others would be assumed.
    private var tokenFields: [(name: String, value: JSONValue)] {
        func token(_ id: Int32?) -> JSONValue { id.map { .integer(Int($0)) } ?? .null }
        let generation = model.generation
        let ends = generation.endTokens.map { JSONValue.integer(Int($0)) }
        return [
            ("bos_token_id", token(generation.startToken)),
            ("eos_token_id", ends.count > 1 ? .array(ends) : ends.first ?? .null),
            ("pad_token_id", token(generation.paddingToken)),
        ] + decoderFields
    }

    /// What a decoder begins with, and what it is made to write.
    private var decoderFields: [(name: String, value: JSONValue)] {
        guard case .encoderDecoder = configuration else { return [] }
        let generation = model.generation
        let start = generation.decoderStartToken ?? generation.startToken ?? generation.paddingToken
        var fields: [(name: String, value: JSONValue)] = [
            ("decoder_start_token_id", .integer(Int(start ?? 0))),
            ("forced_eos_token_id", generation.forcedEndToken.map { .integer(Int($0)) } ?? .null),
        ]
        if let forced = generation.forcedStartToken {
            fields.append(("forced_bos_token_id", .integer(Int(forced))))
        }
        return fields
    }

    /// The tokens that are never written; no field where there are none.
    private var forbiddenField: [(name: String, value: JSONValue)] {
        let words = model.generation.forbiddenTokens.map { JSONValue.array([.integer(Int($0))]) }
        return words.isEmpty ? [] : [("bad_words_ids", .array(words))]
    }

    private func writeTokenizer(to directory: String) throws -> Int {
        guard let tokenizer = model.savedTokenizer else { return 0 }
        let files = try TokenizerFiles(tokenizer, of: model)
        var bytes = 0
        if let template = try ChatFormat.templateText(ofModel: model.path) {
            let place = directory.appending(component: ChatFormat.templateName)
            bytes += try AtomicFile.write(to: place, in: fileSystem) { file in
                try file.append(Array(template.utf8))
            }.byteCount
        }
        return try bytes
            + write(files.tokenizer, as: HuggingFaceDirectory.tokenizerName, to: directory)
            + write(files.settings, as: HuggingFaceDirectory.tokenizerSettingsName, to: directory)
    }

    private func write(_ value: JSONValue, as name: String, to directory: String) throws -> Int {
        try AtomicFile.write(to: directory.appending(component: name), in: fileSystem) { file in
            try file.append(value.text)
        }.byteCount
    }
}

/// Tensors that lie in one file.
private struct Shard {
    var tensors: [OutgoingTensor] = []
    var byteCount = 0

    /// As many tensors in each shard, in their order, as the size permits, and at least one.
    static func divide(
        _ tensors: [OutgoingTensor], precision: SafetensorsWriter.Precision, size: Int
    ) -> [Shard] {
        var shards = [Shard()]
        for tensor in tensors {
            let bytes = tensor.elementCount * precision.type.byteCount
            if let last = shards.last, !last.tensors.isEmpty, last.byteCount + bytes > size {
                shards.append(Shard())
            }
            shards[shards.count - 1].tensors.append(tensor)
            shards[shards.count - 1].byteCount += bytes
        }
        return shards
    }
}

extension ExportPrecision {
    /// The type of element in safetensors files; nil where they have none.
    var elements: SafetensorsWriter.Precision? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .eightBits, .fourBits: nil
        }
    }
}
