import AttendCheckpoints
import Foundation

extension FuzzTarget {
    /// What describes models of other programs, beside weights that fit the inputs of the corpus.
    static let modelTargets = [
        huggingFace, generation, shardIndex, sentenceModules, ggufModel,
    ]

    private static let huggingFace = FuzzTarget(
        name: "huggingface-config",
        words: [
            "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
            "rope_parameters", "rope_type", "yarn", "head_dim", "n_embd", "tie_word_embeddings",
            "is_encoder_decoder", "num_experts", "sliding_window", "layer_types",
        ] + weights.keys.sorted(), fileName: "config.json",
        prepare: { directory in
            for (family, fixture) in weights {
                let model = "\(directory)/\(family)"
                try copy(["model.safetensors"], of: fixture, to: model)
                // The input is one file under a name for each family.
                try FileManager.default.linkItem(
                    atPath: directory + "/config.json", toPath: model + "/config.json")
            }
        },
        parse: { bytes, path in
            _ = try LoadedModel.load("\(parent(of: path))/\(family(in: bytes))")
        })

    /// A model of each family, by what `model_type` calls it.
    private static let weights = [
        "bart": "bart", "bert": "bert-classifier", "distilbert": "distilbert-masked-lm",
        "gpt2": "gpt2", "gpt_oss": "gpt_oss", "llama": "llama-yarn", "marian": "marian",
        "mistral": "mistral", "mixtral": "mixtral-window", "pegasus": "pegasus",
        "qwen2": "qwen2-window", "qwen3": "qwen3", "t5": "t5",
    ]

    /// The family that a configuration names, however damaged it is otherwise.
    private static func family(in bytes: [UInt8]) -> String {
        guard let field = bytes.firstRange(of: Array(#""model_type""#.utf8)) else { return "gpt2" }
        let value = bytes[field.upperBound...].split(
            separator: UInt8(ascii: "\""), maxSplits: 2, omittingEmptySubsequences: false
        ).dropFirst().first
        let name = value.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return weights[name] == nil ? "gpt2" : name
    }

    private static let generation = FuzzTarget(
        name: "generation-config",
        words: [
            "bos_token_id", "eos_token_id", "pad_token_id", "suppress_tokens", "bad_words_ids",
        ],
        fileName: "generation_config.json",
        prepare: { try copy(["config.json", "model.safetensors"], of: "gpt2", to: $0) },
        parse: { _, path in _ = try LoadedModel.load(parent(of: path)) })

    private static let shardIndex = FuzzTarget(
        name: "shard-index",
        words: [
            "weight_map", "metadata", "total_size", "../", "/etc/passwd",
            "model-00001-of-00004.safetensors", "..", ".", "lm_head.weight",
        ], fileName: "model.safetensors.index.json",
        prepare: { directory in
            let shards = (1...4).map { "model-0000\($0)-of-00004.safetensors" }
            try copy(["config.json"] + shards, of: "llama-shards", to: directory)
        },
        parse: { _, path in _ = try LoadedModel.load(parent(of: path)) })

    private static let sentenceModules = FuzzTarget(
        name: "sentence-modules",
        words: ["idx", "name", "path", "type", "Transformer", "Pooling", "Normalize", "../", "/"],
        fileName: "modules.json",
        prepare: { directory in
            let names = ["config.json", "model.safetensors", "sentence_bert_config.json"]
            try copy(names, of: "sentence-mean", to: directory)
            try copy(
                ["config.json"], of: "sentence-mean/1_Pooling", to: directory + "/1_Pooling")
            try FileManager.default.createDirectory(
                atPath: directory + "/2_Normalize", withIntermediateDirectories: true)
        },
        parse: { _, path in _ = try LoadedModel.load(parent(of: path)) })

    private static let ggufModel = FuzzTarget(
        name: "gguf-model",
        words: [
            "GGUF", "general.architecture", "llama", "llama.block_count", "tokenizer.ggml.tokens",
            "tokenizer.ggml.merges", "tokenizer.ggml.model", "blk.0.attn_q.weight",
        ], largestSize: 12288, fileName: "model.gguf"
    ) { _, path in
        let model = try LoadedModel.load(path)
        // A fault of its tokenizer alone does not stop a model from being loaded.
        try use(model.tokenizer)
    }

    /// Copies files of a model that another program wrote.
    private static func copy(_ names: [String], of fixture: String, to directory: String) throws {
        let files = FileManager.default
        let source = tests.appendingPathComponent(
            "CheckpointsTests/Fixtures/huggingface/\(fixture)")
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for name in names {
            try files.copyItem(
                at: source.appendingPathComponent(name),
                to: URL(fileURLWithPath: "\(directory)/\(name)"))
        }
    }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
