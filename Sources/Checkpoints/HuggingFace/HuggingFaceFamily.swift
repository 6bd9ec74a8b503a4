internal import AttendModels
internal import AttendText

/// A family of models as Hugging Face transformers keeps it: a `config.json` and names of tensors.
///
/// Each family is described once and used in both directions.
protocol HuggingFaceFamily: Sendable {
    /// What `config.json` calls the family.
    static var modelType: String { get }
    /// The class of transformers that has the model's head.
    static var architecture: String { get }
    /// The same for this configuration, where a family has several heads.
    static func architecture(of configuration: AnyConfiguration) -> String
    /// Whether the model reads one sequence and writes another.
    static var isEncoderDecoder: Bool { get }
    /// What `config.json` calls the sizes that our configurations have, for errors about them.
    static var names: [String: String] { get }

    /// The configuration that the fields of a `config.json` describe.
    ///
    /// Every field that changes what the model computes is asked for, and a problem is noted where it asks for
    /// something that is not implemented.
    static func configuration(from fields: inout ConfigurationFields) -> AnyConfiguration?

    /// How the files of such a model name its tensors; where there are several ways, the first is written.
    static func layouts(of configuration: AnyConfiguration) -> [CheckpointLayout]

    /// What of a configuration the family has no place for, one sentence each; nil for a model of another kind.
    static func misfits(of configuration: AnyConfiguration) -> [String]?

    /// The fields of the `config.json` of a configuration without misfits.
    static func fields(of configuration: AnyConfiguration) -> [(name: String, value: JSONValue)]
}

extension HuggingFaceFamily {
    /// Most read and write the same sequence.
    static var isEncoderDecoder: Bool { false }

    /// Most families have one head.
    static func architecture(of configuration: AnyConfiguration) -> String { architecture }
}

/// The families that are read and written.
enum HuggingFaceFamilies {
    /// All of them; where a model of ours fits several, the first is written.
    static let all: [any HuggingFaceFamily.Type] = [
        GPT2Files.self, DeepSeekFiles.self, LlamaFiles.self, MistralFiles.self, Qwen2Files.self,
        Qwen3Files.self, MixtralFiles.self, GPTOSSFiles.self, DistilBERTFiles.self, BERTFiles.self,
        MarianFiles.self, PegasusFiles.self, BARTFiles.self, T5Files.self,
    ]

    /// The family that a `config.json` names.
    static func named(_ modelType: String) -> (any HuggingFaceFamily.Type)? {
        all.first { $0.modelType == modelType }
    }

    /// Fields that say nothing about what a model computes: how it was trained and saved, and how transformers runs it.
    static let fieldsWithoutEffect = [
        "_name_or_path", "architectures", "attention_dropout", "attn_implementation",
        "_attn_implementation_autoset", "auto_map", "chunk_size_feed_forward", "dtype",
        "finetuning_task",
        "gradient_checkpointing", "id2label", "initializer_range", "label2id", "model_type",
        "num_labels",
        "output_attentions", "output_hidden_states", "output_router_logits", "prefix",
        "problem_type",
        "quantization", "return_dict", "router_jitter_noise",
        "task_specific_params",
        "torch_dtype", "torchscript", "transformers_version", "unsloth_version", "use_cache",
        // Read from generation_config.json, or from here where there is none.
        "bad_words_ids", "bos_token_id", "decoder_start_token_id", "eos_token_id",
        "forced_bos_token_id", "forced_eos_token_id", "pad_token_id", "sep_token_id",
        "suppress_tokens",
        "do_sample", "epsilon_cutoff", "eta_cutoff", "min_p", "no_repeat_ngram_size",
        "repetition_penalty", "temperature", "top_k", "top_p", "typical_p",
        // How transformers searches for what to write, unless it is told otherwise.
        "early_stopping", "length_penalty", "max_length", "min_length", "num_beams",
    ]
}
