public import AttendModels
internal import AttendText

/// How a sentence becomes one vector, where those who made a model say so.
public struct EmbeddingDefaults: Hashable, Sendable {
    /// How one vector is made of the tokens'.
    public var pooling: Pooling
    /// Whether the vector is brought to the length 1.
    public var normalises: Bool
    /// The most tokens of a sentence, those of the template included; what is longer is cut.
    public var longest: Int?
    /// What stands before every sentence.
    public var prompt: String
}

/// A directory in the form of sentence-transformers: a model of Hugging Face transformers, and what is made of its vectors.
///
/// | file | holds |
/// |---|---|
/// | `modules.json` | the steps: `Transformer`, `Pooling`, perhaps `Normalize`, each with its folder |
/// | `sentence_bert_config.json` beside the model | the most tokens of a sentence |
/// | `config.json` in the folder of `Pooling` | how one vector is made |
/// | `config_sentence_transformers.json` | what stands before every sentence |
struct SentenceDirectory {
    static let modulesName = "modules.json"
    private let path: String
    private let files: ContainedFiles

    init(_ path: String) {
        self.path = path
        files = ContainedFiles(directory: path)
    }

    /// A step, by the last word of its class.
    private struct Step {
        let name: String
        let directory: ContainedFiles
    }

    /// Reads the model with its steps.
    func load(checksTensors: Bool) throws -> LoadedModel {
        let steps = try steps()
        let names = steps.map(\.name)
        guard
            names == ["Transformer", "Pooling"] || names == ["Transformer", "Pooling", "Normalize"]
        else {
            throw refusal(
                Self.modulesName,
                "has the steps \(names.joined(separator: ", ").legible), and only Transformer, Pooling and perhaps"
                    + " Normalize after them are implemented")
        }
        var loaded = try HuggingFaceDirectory(steps[0].directory.directory)
            .load(checksTensors: checksTensors)
        guard case .encoder(let model) = loaded.model else {
            throw loaded.familyError(
                "and sentences are made vectors by encoders; give one such as a bert")
        }
        var defaults = EmbeddingDefaults(
            pooling: try pooling(steps[1].directory, width: model.configuration.width),
            normalises: names.count == 3,
            longest: try longest(steps[0].directory), prompt: "")
        defaults.prompt = try prompt(pooledBy: steps[1].directory)
        loaded.embedding = defaults
        return loaded
    }

    private func steps() throws -> [Step] {
        guard case .array(let elements) = try files.value(Self.modulesName), elements.count <= 16
        else { throw refusal(Self.modulesName, "is not a list of a few steps") }
        return try elements.map { element in
            guard case .object(let object) = element,
                case .string(let type) = object["type"], case .string(let folder) = object["path"]
            else {
                throw refusal(Self.modulesName, "has a step without the texts type and path")
            }
            let isKnown = type.hasPrefix("sentence_transformers.")
            let name = isKnown ? String(type.split(separator: ".").last ?? "") : type
            if folder.isEmpty { return Step(name: name, directory: files) }
            let place = try files.path(of: folder)
            // Normalising needs no file, and Git keeps no empty folder.
            guard place != nil || name == "Normalize" else {
                throw CheckpointError(
                    .missing, path: path, "has no folder \(folder.legible), which its steps name")
            }
            return Step(
                name: name,
                directory: ContainedFiles(directory: place ?? path.appending(component: folder)))
        }
    }

    /// How one vector is made: in one word, or with a flag for each way.
    private func pooling(_ directory: ContainedFiles, width: Int) throws -> Pooling {
        let name = HuggingFaceDirectory.configurationName
        guard var fields = try fields(name, in: directory) else {
            throw CheckpointError(
                .missing, path: directory.directory, "has no file \(name), which says how to pool")
        }
        let size =
            fields.optionalInteger("word_embedding_dimension")
            ?? fields.optionalInteger("embedding_dimension") ?? width
        if size != width {
            fields.add("word_embedding_dimension is \(size), but the model's vectors have \(width)")
        }
        _ = fields.flag("include_prompt", default: true)
        var found: [String] = []
        if fields.contains("pooling_mode") {
            found = [fields.text("pooling_mode")]
        } else {
            let flags = [
                ("cls", "cls_token"), ("mean", "mean_tokens"), ("max", "max_tokens"),
                ("mean_sqrt_len", "mean_sqrt_len_tokens"),
                ("weightedmean", "weightedmean_tokens"), ("lasttoken", "lasttoken"),
            ]
            for (mode, flag) in flags
            where fields.flag("pooling_mode_\(flag)", default: mode == "mean") {
                found.append(mode)
            }
        }
        let pooling = found.count == 1 ? Pooling(rawValue: found[0]) : nil
        if pooling == nil {
            fields.add(
                "the pooling is \(found.joined(separator: " and ").quoted), which is not implemented; known are"
                    + " \(Pooling.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        try check(fields)
        return pooling ?? .mean
    }

    /// The most tokens of a sentence: of the step's own file, or else of the tokenizer's.
    private func longest(_ directory: ContainedFiles) throws -> Int? {
        var longest: Int?
        if var fields = try fields("sentence_bert_config.json", in: directory) {
            longest = fields.optionalInteger("max_seq_length")
            fields.require(
                "do_lower_case", false,
                otherwise: "let the normalizer of tokenizer.json make texts lower-case")
            let task = fields.text("transformer_task", default: "feature-extraction")
            if task != "feature-extraction" {
                fields.add("transformer_task is \(task.quoted), where feature-extraction is needed")
            }
            try check(fields)
        }
        if let longest { return longest }
        guard var fields = try fields("tokenizer_config.json", in: directory),
            let number = fields.optionalNumber("model_max_length"), number >= 1, number < 2e9
        else { return nil }
        return Int(number)
    }

    private func prompt(pooledBy directory: ContainedFiles) throws -> String {
        guard var fields = try fields("config_sentence_transformers.json", in: files),
            fields.contains("default_prompt_name")
        else { return "" }
        let name = fields.text("default_prompt_name")
        var prompts = fields.fields("prompts")
        let prompt = prompts?.text(name) ?? ""
        if prompts == nil {
            fields.add("default_prompt_name is \(name.quoted), but there are no prompts")
        }
        prompts?.problems.forEach { fields.add($0) }
        if var pooling = try self.fields(HuggingFaceDirectory.configurationName, in: directory),
            !prompt.isEmpty, !pooling.flag("include_prompt", default: true)
        {
            fields.add("the default prompt is left out of the pooling, which is not implemented")
        }
        try check(fields)
        return prompt
    }

    private func fields(
        _ name: String, in directory: ContainedFiles
    ) throws -> ConfigurationFields? {
        try directory.object(name).map {
            ConfigurationFields($0, path: directory.directory.appending(component: name))
        }
    }

    private func check(_ fields: ConfigurationFields) throws(CheckpointError) {
        if fields.problems.isEmpty { return }
        throw CheckpointError(
            .unsupported, path: fields.path, fields.problems.joined(separator: "; "))
    }

    private func refusal(_ name: String, _ explanation: String) -> CheckpointError {
        CheckpointError(.unsupported, path: path.appending(component: name), explanation)
    }
}
