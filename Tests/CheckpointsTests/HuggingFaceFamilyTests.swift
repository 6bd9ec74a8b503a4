import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite("Families of Hugging Face transformers")
struct HuggingFaceFamilyTests {
    /// As transformers saves them, in the form that is written here too.
    static let canonical = [
        "deepseek_v3", "deepseek_v3-interleaved", "gpt2", "gpt2-wide", "gpt_oss", "llama",
        "llama-3.1", "llama-biased", "llama-linear",
        "llama-tied", "llama-tokenizer", "llama-yarn", "mistral", "mixtral", "mixtral-window",
        "qwen2", "qwen2-window", "qwen3", "qwen3-tied",
    ]
    /// In older forms, in pieces, in half precision, or of a family that is written as another.
    static let others = [
        "gpt2-float16", "gpt2-old", "llama-bfloat16", "llama-old", "llama-shards", "mistral-full",
        "mixtral-packed",
    ]

    @Test("Logits are those of transformers", arguments: canonical + others)
    func logits(name: String) throws {
        let loaded = try LoadedModel.load(fixture("huggingface/\(name)"))
        let recorded = try RecordedLogits(name)
        let logits = try loaded.causal().logits(recorded.ids)
        #expect(recorded.difference(from: logits.elements) < 1e-4)
        #expect(loaded.notices == [])
        #expect(loaded.training == nil)
    }

    @Test("What is exported and read again has the same bits", arguments: canonical + others)
    func roundTrip(name: String) throws {
        let directory = try TemporaryDirectory()
        let loaded = try LoadedModel.load(fixture("huggingface/\(name)"))
        let path = directory.path("exported")
        let report = try loaded.export(to: .huggingFace, at: path)
        let again = try LoadedModel.load(path)
        #expect(again.configuration == loaded.configuration)
        #expect(again.generation == loaded.generation)
        #expect(again.savedTokenizer == loaded.savedTokenizer)
        let (before, after) = (
            loaded.model.module.namedTensors(), again.model.module.namedTensors()
        )
        #expect(before.map(\.name) == after.map(\.name))
        for (first, second) in zip(before, after) {
            let bits = (
                first.tensor.elements.map(\.bitPattern), second.tensor.elements.map(\.bitPattern)
            )
            #expect(bits.0 == bits.1, "\(first.name)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
        let size = try files.reduce(0) { sum, name in
            let values = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            return sum + (values[.size] as? Int ?? 0)
        }
        #expect(report.bytes == size)
        #expect(report.path == path)
    }

    @Test("Exported tensors have the names and shapes of transformers", arguments: canonical)
    func names(name: String) throws {
        let directory = try TemporaryDirectory()
        let path = try fixture("huggingface/\(name)")
        let report = try LoadedModel.load(path)
            .export(to: .huggingFace, at: directory.path("exported"))
        func tensors(_ path: String) throws -> [String: [Int]] {
            let file = try SafetensorsFile(path: "\(path)/model.safetensors")
            return [String: [Int]](
                uniqueKeysWithValues: file.entries.map { ($0.name, $0.shape) })
        }
        let theirs = try tensors(path)
        #expect(try tensors(directory.path("exported")) == theirs)
        #expect(report.tensors == theirs.count)
        func type(_ path: String) throws -> [String: Any] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/config.json"))
            return try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        }
        let (written, read) = (try type(directory.path("exported")), try type(path))
        #expect(written["model_type"] as? String == read["model_type"] as? String)
        #expect(written["architectures"] as? [String] == read["architectures"] as? [String])
    }

    @Test("A GPT without biases is a GPT-2 whose biases are zero")
    func noBiases() throws {
        let configuration = GPT.Configuration(
            vocabularySize: 11, contextLength: 6, layerCount: 2, headCount: 2, width: 8,
            hasBias: false, activation: .gelu)
        var random = RandomSource(seed: 1)
        let model = GPT(configuration, random: &random)
        let loaded = LoadedModel(
            model: .causal(model), configuration: .gpt(configuration), path: "memory")
        let directory = try TemporaryDirectory()
        _ = try loaded.export(to: .huggingFace, at: directory.path("exported"))
        let again = try LoadedModel.load(directory.path("exported"))
        let ids: [Int32] = [3, 1, 4, 1, 5, 9]
        #expect(try again.causal().logits(ids).elements == model.logits(ids).elements)
        guard case .gpt(let read) = again.configuration else {
            Issue.record("it is no gpt any more")
            return
        }
        #expect(read.hasBias)
        let biases = again.model.module.namedTensors().filter { $0.name.hasSuffix("bias") }
        #expect(biases.count == 2 * 6 + 1)
        #expect(biases.allSatisfy { $0.tensor.elements.allSatisfy { $0 == 0 } })
    }

    @Test("The tokens that begin and end a text come along")
    func generationDefaults() throws {
        let directory = try ForeignDirectory("llama")
        #expect(
            try directory.load().generation == GenerationDefaults(startToken: 1, endTokens: [2]))
        // The list of the file for generation comes before the number of the configuration; ids beyond the vocabulary
        // can never be chosen.
        try directory.change(
            ["eos_token_id": [5, 2, 37, 999], "pad_token_id": 7], in: "generation_config.json")
        #expect(
            try directory.load().generation
                == GenerationDefaults(startToken: 1, endTokens: [5, 2], paddingToken: 7))
        try directory.remove("generation_config.json")
        try directory.change(["eos_token_id": 3, "bos_token_id": 50256])
        #expect(try directory.load().generation == GenerationDefaults(endTokens: [3]))
        try directory.change(["eos_token_id": "x"])
        #expect(
            directory.failure().contains(
                "eos_token_id is “x” where a token id or a list of them is needed"))
    }

    @Test("How tokens are to be chosen comes along, and is written again")
    func suggestedSampling() throws {
        let directory = try ForeignDirectory("llama")
        let file = "generation_config.json"
        #expect(try directory.load().generation.sampling == SuggestedSampling())
        try directory.change(
            [
                "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0,
                "repetition_penalty": 1.05, "no_repeat_ngram_size": 0,
            ], in: file)
        var wanted = SuggestedSampling()
        (wanted.temperature, wanted.topK, wanted.topP) = (0.6, 20, 0.95)
        (wanted.minP, wanted.repetitionPenalty) = (0, 1.05)
        let loaded = try directory.load()
        #expect(loaded.generation.sampling == wanted)
        _ = try loaded.export(to: .huggingFace, at: directory.directory.path("exported"))
        #expect(
            try LoadedModel.load(directory.directory.path("exported")).generation.sampling
                == wanted)
        // What is not to be drawn is not drawn in any suggested way.
        try directory.change(["do_sample": false, "no_repeat_ngram_size": 3], in: file)
        var searched = SuggestedSampling()
        (searched.repetitionPenalty, searched.noRepeatNGram) = (1.05, 3)
        searched.temperature = 0
        let greedy = try directory.load()
        #expect(greedy.generation.sampling == searched)
        _ = try greedy.export(to: .huggingFace, at: directory.directory.path("greedy"))
        #expect(
            try LoadedModel.load(directory.directory.path("greedy")).generation.sampling == searched
        )
        try directory.change(["do_sample": true, "top_p": "much"], in: file)
        let failure = directory.failure()
        #expect(failure.contains(file) && failure.contains("top_p is “much” where a finite number"))
        // Older files have it all in one.
        try directory.remove(file)
        try directory.change(["temperature": 0.5])
        let older = try directory.load()
        #expect(older.generation.sampling.temperature == 0.5 && older.notices.isEmpty)
        try directory.change(["do_sample": true, "temperature": NSNull(), "typical_p": 0.9])
        let drawn = try directory.load()
        #expect(drawn.generation.sampling.temperature == 1 && drawn.notices.isEmpty)
        #expect(drawn.generation.sampling.typicalP == 0.9)
        // A file that says neither whether nor at what temperature is written again as one.
        try directory.change(["do_sample": NSNull(), "top_p": 0.5])
        let silent = try directory.load()
        #expect(silent.generation.sampling.temperature == nil)
        _ = try silent.export(to: .huggingFace, at: directory.directory.path("silent"))
        #expect(
            try LoadedModel.load(directory.directory.path("silent")).generation.sampling
                == silent.generation.sampling)
    }

    @Test("Tokens that are never written come along, and sequences of them are told")
    func forbiddenTokens() throws {
        let directory = try ForeignDirectory("llama")
        let file = "generation_config.json"
        try directory.change(["suppress_tokens": [4], "bad_words_ids": [[6], [7, 8]]], in: file)
        let loaded = try directory.load()
        #expect(loaded.generation.forbiddenTokens == [4, 6])
        let notice = try #require(loaded.notices.first)
        #expect(notice.contains(file) && notice.contains("bad_words_ids rules out 1 sequence of"))
        _ = try loaded.export(to: .huggingFace, at: directory.directory.path("exported"))
        #expect(
            try LoadedModel.load(directory.directory.path("exported")).generation.forbiddenTokens
                == [4, 6])
    }

    @Test(
        "Of DeepSeek's models, what our latent attention is not is refused by the name of the field"
    )
    func latentRefusals() throws {
        for (change, words) in [
            (["q_lora_rank": 8], "q_lora_rank is not null"),
            (["v_head_dim": 8], "v_head_dim is 8, but must be"),
            (["first_k_dense_replace": 1], "first_k_dense_replace is 1"),
            (["attention_bias": true], "attention_bias is true"),
            (["rms_norm_eps": 1e-5], "rms_norm_eps is 1e-05, but must be 1e-06"),
            (["qk_rope_head_dim": 3, "qk_nope_head_dim": 7], "qk_rope_head_dim is 3"),
            (["kv_lora_rank": 0], "kv_lora_rank is 0"),
            (
                [
                    "rope_parameters": [
                        "rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 8,
                    ]
                ], "rope_type yarn"
            ),
        ] as [([String: Any], String)] {
            let directory = try ForeignDirectory("deepseek_v3")
            try directory.change(change)
            let failure = directory.failure()
            #expect(failure.contains(words), "\(failure)")
        }
    }

    @Test("A model that transformers has not is refused with what does not fit")
    func misfits() throws {
        func refusal(
            _ change: (inout Llama.Configuration) -> Void
        ) throws -> String {
            var configuration = Llama.Configuration(
                vocabularySize: 11, contextLength: 6, layerCount: 1, headCount: 2, width: 8)
            change(&configuration)
            var random = RandomSource(seed: 1)
            let loaded = LoadedModel(
                model: AnyConfiguration.llama(configuration).makeModel(random: &random),
                configuration: .llama(configuration), path: "memory")
            let directory = try TemporaryDirectory()
            let error = #expect(throws: CheckpointError.self) {
                try loaded.export(to: .huggingFace, at: directory.path("exported"))
            }
            #expect(try directory.names() == [])
            return error.map { "\($0)" } ?? ""
        }
        #expect(try refusal { $0.positions.kind = .alibi }.contains("alibi, not rotary"))
        #expect(
            try refusal { $0.positions.rotaryInterleaves = true }.contains(
                "rotaryInterleaves is true"))
        #expect(try refusal { $0.norm = .layer }.contains("norm is layer, not rms"))
        #expect(try refusal { $0.normPlacement = .post }.contains("normPlacement is post, not pre"))
        #expect(
            try refusal { $0.latent = LatentOptions(rank: 4, rotaryWidth: 2) }
                .contains("unlike a deepseek_v3, its normEpsilon is 1e-05, not 1e-06"))
        #expect(
            try refusal { $0.hiddenFunction = .activation(.relu) }.contains(
                "hiddenFunction is relu"))
        let shared = try refusal {
            $0.experts = ExpertOptions(
                count: 2, perToken: 1, hiddenWidth: 4, sharedHiddenWidth: 4)
        }
        #expect(shared.contains("unlike a llama, it has experts"), "\(shared)")
        let ladder = LadderConfiguration(
            rung: .bigram, vocabularySize: 5, contextLength: 4, width: 4, headCount: 1)
        var random = RandomSource(seed: 1)
        let bigram = LoadedModel(
            model: AnyConfiguration.ladder(ladder).makeModel(random: &random),
            configuration: .ladder(ladder), path: "memory")
        let error = #expect(throws: CheckpointError.self) {
            try bigram.export(to: .huggingFace, at: "/nowhere/at/all")
        }
        #expect(error?.description.contains("no family there is like bigram; models of") == true)
    }
}
