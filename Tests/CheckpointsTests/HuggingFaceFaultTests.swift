import AttendCheckpoints
import AttendModels
import AttendTensors
import Foundation
import Testing

/// What must hold of files that someone else wrote, perhaps to do harm.
@Suite("Hugging Face directories that are wrong")
struct HuggingFaceFaultTests {
    // MARK: Shards

    private static let firstShard = "model-00001-of-00004.safetensors"

    /// A directory whose index sends one tensor to another file.
    private func sharded(sending tensor: String, to file: Any?) throws -> ForeignDirectory {
        let directory = try ForeignDirectory("llama-shards")
        let name = "model.safetensors.index.json"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory.path(name)))
        let index = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        var map = try #require(index["weight_map"] as? [String: Any])
        map[tensor] = file
        try directory.change(["weight_map": map], in: name)
        return directory
    }

    @Test(
        "A shard index that names a file elsewhere",
        arguments: [
            "../../etc/passwd", "/etc/passwd", "../outside.safetensors", "sub/model.safetensors",
            "..", ".", "", "a\u{0}b", "..\\outside", "/",
        ])
    func indexNamesAnotherPlace(name: String) throws {
        let directory = try sharded(sending: "model.norm.weight", to: name)
        // Would be found and read by a reader that follows such names.
        try FileManager.default.copyItem(
            atPath: directory.path(Self.firstShard),
            toPath: directory.directory.path("outside.safetensors"))
        let failure = directory.failure()
        #expect(failure.contains("which is not a plain name"), "\(failure)")
    }

    @Test(
        "A second copy of the embeddings has to be one",
        arguments: [
            ("gpt2", "transformer.wte.weight"), ("llama-tied", "model.embed_tokens.weight"),
        ])
    func copies(fixture: String, original: String) throws {
        let directory = try ForeignDirectory(fixture)
        try directory.rewrite { $0["lm_head.weight"] = $0[original] }
        let recorded = try RecordedLogits(fixture)
        let logits = try directory.load().causal().logits(recorded.ids)
        #expect(recorded.difference(from: logits.elements) < 1e-4)
        try directory.rewrite { $0["lm_head.weight"]?.elements[5] += 0.001 }
        let failure = directory.failure()
        #expect(
            failure.contains("lm_head.weight differs from \(original)"), "\(failure)")
        try directory.rewrite {
            $0["lm_head.weight"]?.shape = [1, 1]; $0["lm_head.weight"]?.elements = [0]
        }
        #expect(directory.failure().contains("lm_head.weight differs from \(original)"))
    }

    @Test("A shard index that does not tell the truth")
    func falseIndex() throws {
        let norm = "model.norm.weight"
        #expect(
            try sharded(sending: norm, to: "model-9.safetensors").failure()
                .contains("has no file model-9.safetensors, which it needs"))
        let moved = try sharded(
            sending: "model.embed_tokens.weight", to: "model-00004-of-00004.safetensors"
        )
        .failure()
        #expect(moved.contains("“model.embed_tokens.weight” lies in model-0000"), "\(moved)")
        #expect(moved.contains("“model.embed_tokens.weight” does not lie in"), "\(moved)")
        #expect(
            try sharded(sending: norm, to: nil).failure()
                .contains("“model.norm.weight” lies in"))
        #expect(
            try sharded(sending: "ghost", to: Self.firstShard).failure()
                .contains("“ghost” does not lie in \(Self.firstShard)"))
        #expect(
            try sharded(sending: norm, to: 7).failure()
                .contains(
                    "something else than the name of a file for the tensor “model.norm.weight”"))
        let index = "model.safetensors.index.json"
        let directory = try ForeignDirectory("llama-shards")
        try directory.change(["metadata": ["total_size": 12]], in: index)
        #expect(directory.failure().contains("the total_size is 12, but the tensors have"))
        try directory.change(["weight_map": [1, 2]], in: index)
        #expect(directory.failure().contains("has no object “weight_map”"))
        try directory.write("[]", to: index)
        #expect(directory.failure().contains("is not an object"))
        try directory.write("{\"weight_map\": {\"a\": \"b\", \"a\": \"c\"}}", to: index)
        #expect(directory.failure().contains("a second time"))
    }

    @Test("An index of 5,000 files")
    func manyShards() throws {
        let directory = try ForeignDirectory("llama-shards")
        let map = [String: String](
            uniqueKeysWithValues: (0..<5000).map { ("t\($0)", "\($0).safetensors") })
        try directory.change(["weight_map": map], in: "model.safetensors.index.json")
        #expect(directory.failure().contains("names 5000 files where at most 4096 are opened"))
    }

    // MARK: Weights

    @Test("Configuration ≠ tensor shapes: one error that lists all mismatches")
    func shapesDiffer() throws {
        let directory = try ForeignDirectory("llama")
        try directory.change(["hidden_size": 12, "num_hidden_layers": 1])
        let failure = directory.failure()
        for part in [
            "model.embed_tokens.weight has the shape [37, 16] where the configuration makes it [37, 12]",
            "model.layers.0.mlp.gate_proj.weight has the shape [20, 16]", "and 13 more",
        ] {
            #expect(failure.contains(part), "\(failure)")
        }
    }

    @Test("Tensors that are missing and that are left over are listed together")
    func missingAndLeftOver() throws {
        let directory = try ForeignDirectory("gpt2")
        try directory.rewrite { tensors in
            tensors["transformer.h.0.attn.extra"] = ([1], [0])
            tensors["transformer.h.7.attn.bias"] = ([1], [0])
            tensors["transformer.h.x.attn.bias"] = ([1], [0])
            tensors["transformer.wpe.weight"] = nil
        }
        let failure = directory.failure()
        #expect(failure.contains("transformer.wpe.weight [24, 16] is missing"), "\(failure)")
        #expect(failure.contains("transformer.h.0.attn.extra is not part of the model"))
        // A mask of any layer is passed over, and nothing else that looks a little like it.
        #expect(!failure.contains("transformer.h.7"))
        #expect(failure.contains("transformer.h.x.attn.bias is not part of the model"))
    }

    @Test("NaN and infinite weights: a warning, and an error where tensors are checked")
    func notFinite() throws {
        let directory = try ForeignDirectory("gpt2")
        try directory.rewrite { tensors in
            tensors["transformer.h.0.mlp.c_fc.weight"]?.elements[5] = .nan
            tensors["transformer.h.1.ln_1.bias"]?.elements[0] = -.infinity
        }
        let notices = try directory.load().notices
        #expect(notices.count == 1)
        #expect(
            notices.first?.contains(
                "transformer.h.0.mlp.c_fc.weight and 1 more tensor hold numbers that are infinite")
                == true,
            "\(notices)")
        let error = #expect(throws: CheckpointError.self) {
            try directory.load(checksTensors: true)
        }
        #expect(error?.kind == .damaged)
        _ = try ForeignDirectory("gpt2").load(checksTensors: true)
    }

    @Test("A directory without weights, or with pickled ones")
    func noWeights() throws {
        let directory = try ForeignDirectory("llama")
        try directory.remove("model.safetensors")
        #expect(directory.failure().contains("has neither model.safetensors nor"))
        try directory.write("x", to: "pytorch_model.bin")
        #expect(directory.failure().contains("could run code"))
        try FileManager.default.createDirectory(
            atPath: directory.path("model.safetensors"), withIntermediateDirectories: false)
        #expect(directory.failure().contains("is a directory where a file is needed"))
    }

    // MARK: Configuration

    /// The sentence about a changed configuration.
    private func refusal(_ fixture: String, _ fields: [String: Any?]) throws -> String {
        let directory = try ForeignDirectory(fixture)
        try directory.change(fields)
        return directory.failure()
    }

    @Test("Heads ∤ width, 0 layers, 10⁹ layers: one error that lists all")
    func impossibleSizes() throws {
        let before = TensorMemory.peakBytes
        let zero = try refusal(
            "llama", ["num_hidden_layers": 0, "num_attention_heads": 0, "vocab_size": 0])
        for part in ["num_hidden_layers is 0", "num_attention_heads is 0", "vocab_size is 0"] {
            #expect(zero.contains(part), "\(zero)")
        }
        let many = try refusal(
            "llama", ["num_hidden_layers": 1_000_000_000, "intermediate_size": 0])
        #expect(many.contains("num_hidden_layers is 1000000000, but must be from 1 to 1024"))
        #expect(many.contains("intermediate_size is 0"))
        let heads = try refusal("gpt2", ["n_head": 5])
        #expect(heads.contains("n_head 5 does not divide n_embd 16"), "\(heads)")
        let groups = try refusal("llama", ["num_key_value_heads": 3])
        #expect(
            groups.contains("num_key_value_heads 3 does not divide num_attention_heads 4"),
            "\(groups)")
        // Sizes that are each permitted ask for a model that the file has not.
        let large = try refusal("gpt2", ["n_layer": 1000, "n_embd": 160])
        #expect(large.contains("numbers where a model of its configuration has"), "\(large)")
        // Even the names of so many tensors would take gigabytes.
        let experts = try refusal(
            "mixtral", ["num_hidden_layers": 1024, "num_local_experts": 1024])
        #expect(experts.contains("numbers where a model of its configuration has"), "\(experts)")
        let larger = try refusal("llama", ["num_hidden_layers": 3])
        #expect(larger.contains("model.layers.2.mlp.up_proj.weight"), "\(larger)")
        #expect(TensorMemory.peakBytes - before < 64 << 20)
    }

    @Test(
        "Numbers that are none, or too large to be multiplied",
        arguments: [
            "n_embd", "n_layer", "n_head", "vocab_size", "n_positions", "n_inner",
        ])
    func wildNumbers(name: String) throws {
        for value in [
            -1, 1 << 40, Int.max, 1.5, 1e300, "16", [16], true, ["a": 1],
        ] as [Any] {
            let sentence = try refusal("gpt2", [name: value])
            #expect(sentence.contains("\(name) is "), "\(sentence)")
        }
        if name != "n_inner" {
            #expect(try refusal("gpt2", [name: nil as Any?]).contains("\(name) is missing"))
        }
    }

    @Test("What changes the mathematics and is not implemented is refused by name")
    func unsupported() throws {
        for (fixture, fields, sentence) in [
            (
                "llama", ["hidden_act": "quick_gelu"],
                "hidden_act is “quick_gelu”, which is not implemented"
            ),
            (
                "llama", ["rope_parameters": ["rope_type": "longrope", "rope_theta": 1e4]],
                "rope_parameters.rope_type is “longrope”"
            ),
            (
                "llama",
                ["rope_parameters": ["rope_type": "default", "partial_rotary_factor": 0.5]],
                "partial_rotary_factor is not 1"
            ),
            (
                "llama", ["rope_parameters": ["rope_type": "default", "spin": 2]],
                "rope_parameters.spin is not known"
            ),
            ("llama", ["rope_parameters": ["rope_type": "linear"]], "factor is missing"),
            (
                "llama", ["rope_parameters": ["rope_type": "linear", "factor": 0.1]],
                "rope_parameters.factor is 0.1"
            ),
            ("llama", ["quantization_config": ["bits": 4]], "quantization_config"),
            ("llama", ["is_encoder_decoder": true], "is_encoder_decoder is true"),
            ("llama", ["rms_norm_eps": 0], "rms_norm_eps is 0"),
            ("gpt2", ["activation_function": "swishy"], "activation_function is “swishy”"),
            ("gpt2", ["scale_attn_by_inverse_layer_idx": true], "scale_attn_by_inverse_layer_idx"),
            ("gpt2", ["tie_word_embeddings": false], "tie_word_embeddings is false"),
            ("gpt2", ["add_cross_attention": true], "add_cross_attention is true"),
            (
                "qwen2-window", ["layer_types": ["sliding_attention", "full_attention"]],
                "layer_types has full_attention after sliding_attention"
            ),
            (
                "qwen2-window", ["layer_types": ["chunked_attention"]],
                "layer_types does not give each"
            ),
            ("gpt_oss", ["swiglu_limit": 5], "swiglu_limit is 5"),
            ("gpt_oss", ["layer_types": ["full_attention"]], "layer_types does not begin with"),
            ("gpt_oss", ["attention_bias": false], "attention_bias is false"),
            (
                "gpt2", ["model_type": "mamba"],
                "has the model_type “mamba”; known are gpt2, deepseek_v3, llama"
            ),
        ] as [(String, [String: Any?], String)] {
            let failure = try refusal(fixture, fields)
            #expect(failure.contains(sentence), "\(failure)")
            #expect(failure.hasSuffix("."))
        }
    }

    @Test("An unknown configuration key is told to the user, and one without effect is not")
    func unknownKey() throws {
        let directory = try ForeignDirectory("llama")
        try directory.change(["use_cache": false, "_name_or_path": "x", "torch_dtype": "float16"])
        #expect(try directory.load().notices == [])
        try directory.change(["attention_wobble": 3, "zeta": [1]])
        let notices = try directory.load().notices
        #expect(notices.count == 1)
        for part in ["attention_wobble", "zeta", "are fields that are not known"] {
            #expect(notices.first?.contains(part) == true, "\(notices)")
        }
    }

    @Test("A configuration that is no JSON, no object, nested 10⁵ deep, or of nothing known")
    func notAConfiguration() throws {
        let directory = try ForeignDirectory("llama")
        for (text, part) in [
            ("{\"model_type\": \"llama\", \"model_type\": \"gpt2\"}", "a second time"),
            ("{\"width\": 3}", "neither a formatVersion"),
            (String(repeating: "[", count: 100_000), "nested"),
            ("{\"model_type\": 3}", "neither"),
        ] {
            try directory.write(text, to: "config.json")
            let error = #expect(throws: CheckpointError.self) { try directory.load() }
            if text.contains("width") {
                #expect(error?.description.contains(part) == true, "\(String(describing: error))")
            }
        }
        try directory.remove("config.json")
        #expect(directory.failure().contains("has no file config.json"))
    }

    @Test("A tokenizer that does not fit leaves the model usable for ids, and says why")
    func tokenizerFault() throws {
        let directory = try ForeignDirectory("llama-tokenizer")
        try directory.write("{\"model\": {\"type\": \"Sorcery\"}}", to: "tokenizer.json")
        let loaded = try directory.load()
        #expect(try loaded.causal().logits([1, 2]).shape.dimensions == [1, 2, 280])
        let error = #expect(throws: CheckpointError.self) { try loaded.tokenizer }
        #expect(error?.description.contains("Sorcery") == true)
        // A tokenizer with more tokens than the model has vectors would lead to ids that it has not.
        let small = try ForeignDirectory("llama")
        try FileManager.default.copyItem(
            atPath: fixture("huggingface/llama-tokenizer/tokenizer.json"),
            toPath: small.path("tokenizer.json"))
        let fault = #expect(throws: CheckpointError.self) { try small.load().tokenizer }
        #expect(
            fault?.description.contains("has 280 tokens where the model has vectors for 37") == true
        )
    }

    @Test("What is no model at all")
    func noModel() throws {
        let directory = try TemporaryDirectory()
        try directory.write("hello", to: "notes.txt")
        for (path, part) in [
            (directory.path("nothing"), "does not exist"),
            (directory.path, "has no file config.json"),
            (directory.path("notes.txt"), "is a file"), ("", ""), ("a\u{0}b", ""),
        ] {
            let error = #expect(throws: CheckpointError.self) { try LoadedModel.load(path) }
            #expect(part.isEmpty || error?.description.contains(part) == true)
        }
    }
}
