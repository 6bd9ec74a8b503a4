import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

@Suite("Models in GGUF files")
struct GGUFModelTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// What transformers and llama.cpp say about a file that the format's library wrote.
    private struct Recorded: Decodable {
        struct Line: Decodable {
            let text: String
            let ids: [Int32]
        }

        let ids: [Int32]
        let logits: [Float]
        let lines: [Line]

        init(_ name: String) throws {
            let data = try Data(contentsOf: URL(fileURLWithPath: fixture("GGUF/\(name).json")))
            self = try JSONDecoder().decode(Recorded.self, from: data)
        }
    }

    private func load(_ copy: GGUFCopy) throws -> LoadedModel {
        let path = directory.path("copy.gguf")
        try copy.write(to: path)
        return try LoadedModel.load(path)
    }

    private func refusal(_ name: String = "llama", _ change: (inout GGUFCopy) -> Void) throws
        -> String
    {
        var copy = try GGUFCopy(of: fixture("GGUF/\(name).gguf"))
        change(&copy)
        let error = #expect(throws: CheckpointError.self) { try load(copy) }
        return error?.explanation ?? ""
    }

    @Test(
        "Logits are those of transformers, and ids those of llama.cpp",
        arguments: ["gpt2", "llama-3", "llama"])
    func library(name: String) throws {
        let recorded = try Recorded(name)
        let loaded = try LoadedModel.load(fixture("GGUF/\(name).gguf"))
        let logits = try loaded.causal().logits(recorded.ids).elements
        #expect(logits.count == recorded.logits.count)
        let difference = zip(logits, recorded.logits).map { abs($0 - $1) }.max()
        #expect(difference ?? .infinity < 1e-4)
        let tokenizer = try loaded.tokenizer
        for line in recorded.lines {
            #expect(try tokenizer.encode(line.text) == line.ids, "\(line.text.debugDescription)")
        }
        #expect(loaded.notices == [])
    }

    @Test("The tokenizer is read without the tensors, of whatever type they are")
    func tokenizerAlone() throws {
        let loaded = try LoadedModel.load(fixture("GGUF/llama.gguf"))
        let tokenizer = try TokenizerFile.read(at: fixture("GGUF/llama.gguf"))
        #expect(try tokenizer == loaded.tokenizer)
        #expect(throws: CheckpointError.self) {
            try TokenizerFile.read(at: fixture("GGUF/llama.gguf"), pattern: .gpt2)
        }
        #expect(throws: CheckpointError.self) {
            try TokenizerFile.read(at: fixture("GGUF/other-types.gguf"))
        }
    }

    @Test("Start and end tokens are those of the file")
    func generation() throws {
        let gpt2 = try LoadedModel.load(fixture("GGUF/gpt2.gguf"))
        #expect(gpt2.generation == GenerationDefaults(endTokens: [0]))
        let llama = try LoadedModel.load(fixture("GGUF/llama.gguf"))
        #expect(llama.generation == GenerationDefaults(startToken: 1, endTokens: [2]))
        #expect(try llama.tokenizer.encoding(of: "a").ids.first == 1)
        #expect(try llama.tokenizer.encode("a").first != 1)
        #expect(try llama.tokenizer.decode([1] + llama.tokenizer.encode("Grüße 👩‍🚀")) == "Grüße 👩‍🚀")
    }

    @Test("What is written again has the same bits", arguments: ["gpt2", "llama-3", "llama"])
    func writtenAgain(name: String) throws {
        let loaded = try LoadedModel.load(fixture("GGUF/\(name).gguf"))
        let path = directory.path("again.gguf")
        let report = try loaded.export(to: .gguf, at: path)
        let again = try LoadedModel.load(path)
        #expect(again.configuration == loaded.configuration)
        #expect(again.generation == loaded.generation)
        for (first, second) in zip(
            loaded.model.module.namedTensors(), again.model.module.namedTensors())
        {
            #expect(first.name == second.name)
            #expect(
                first.tensor.elements.map(\.bitPattern) == second.tensor.elements.map(\.bitPattern))
        }
        let recorded = try Recorded(name)
        for line in recorded.lines {
            #expect(try again.tokenizer.encode(line.text) == line.ids)
        }
        #expect(try report.tensors == GGUFFile(path: path).entries.count)
        #expect(try report.bytes == InputFile(path: path).size)
        // A second time, everything is in its form already.
        _ = try again.export(to: .gguf, at: directory.path("third.gguf"))
        let files = try ["again.gguf", "third.gguf"].map {
            try InputFile(path: directory.path($0)).bytes(atMost: 1 << 20)
        }
        #expect(files[0] == files[1])
    }

    @Test("Matrices are stored as asked for, and what must be exact is float32")
    func precisions() throws {
        let loaded = try LoadedModel.load(fixture("GGUF/gpt2.gguf"))
        for (precision, type) in [
            (ExportPrecision.float32, "F32"), (.float16, "F16"), (.bfloat16, "BF16"),
            (.eightBits, "Q8_0"), (.fourBits, "Q4_0"),
        ] {
            let path = directory.path("\(type).gguf")
            _ = try loaded.export(to: .gguf, at: path, options: ExportOptions(precision: precision))
            let file = try GGUFFile(path: path)
            for entry in file.entries {
                let isExact = entry.shape.count == 1 || entry.name == "position_embd.weight"
                #expect(entry.type.name == (isExact ? "F32" : type), "\(entry.name)")
            }
        }
        let error = #expect(throws: CheckpointError.self) {
            try loaded.export(
                to: .huggingFace, at: directory.path("hf"),
                options: ExportOptions(precision: .eightBits))
        }
        #expect(error?.explanation.contains("not quantised to q8_0") == true)
    }

    @Test("Rows that are not whole blocks are stored in half precision")
    func narrowRows() throws {
        let configuration = GPT.Configuration(
            vocabularySize: 5, contextLength: 4, layerCount: 1, headCount: 2, width: 24,
            hiddenWidth: 32)
        let path = directory.path("narrow.gguf")
        _ = try fresh(.gpt(configuration)).export(
            to: .gguf, at: path, options: ExportOptions(precision: .fourBits))
        let file = try GGUFFile(path: path)
        #expect(try file.entry("token_embd.weight").type.name == "F16")
        #expect(try file.entry("blk.0.ffn_down.weight").type.name == "Q4_0")
    }

    @Test("Nothing that is there already is touched")
    func occupied() throws {
        try directory.write("mine", to: "x.gguf")
        let loaded = try LoadedModel.load(fixture("GGUF/gpt2.gguf"))
        let error = #expect(throws: CheckpointError.self) {
            try loaded.export(to: .gguf, at: directory.path("x.gguf"))
        }
        #expect(error?.kind == .refused)
        #expect(try directory.read("x.gguf") == Array("mine".utf8))
    }

    private func fresh(_ configuration: AnyConfiguration) -> LoadedModel {
        var random = RandomSource(seed: 1)
        let model = configuration.makeModel(random: &random)
        return LoadedModel(model: model, configuration: configuration, path: "memory")
    }

    /// Every variant that has a place there comes back as it was.
    @Test(arguments: [
        "plain", "grouped", "wide heads", "tied", "biased", "qwen2", "qwen3", "mixtral", "linear",
        "yarn", "yarn factor", "llama 3.1", "no biases",
    ])
    func variants(name: String) throws {
        var llama = Llama.Configuration(
            vocabularySize: 7, contextLength: 12, layerCount: 2, headCount: 4, width: 16,
            hiddenWidth: 20)
        var expected: AnyConfiguration?
        var architecture = "llama"
        switch name {
        case "grouped": llama.keyValueHeadCount = 2
        case "wide heads": llama.headWidth = 6
        case "tied": llama.tiesHead = true
        case "biased":
            (llama.attentionHasBias, llama.attentionOutputHasBias, llama.hasBias) = (
                true, true, true
            )
        case "qwen2":
            llama.attentionHasBias = true
            architecture = "qwen2"
        case "qwen3":
            llama.normalisesQueriesAndKeys = true
            architecture = "qwen3"
        case "mixtral":
            llama.experts = ExpertOptions(count: 3, perToken: 2, hiddenWidth: 20)
        case "linear": llama.positions.linearFactor = 2.5
        case "yarn": llama.positions.yarn = YaRN(factor: 4, originalContextLength: 6)
        case "yarn factor":
            llama.positions.yarn = YaRN(
                factor: 4, originalContextLength: 6, betaFast: 16, betaSlow: 2,
                attentionFactor: 1.5)
        case "llama 3.1":
            llama.headWidth = 16
            llama.positions.wavelengths = WavelengthScaling(factor: 8, originalContextLength: 24)
        case "no biases":
            var gpt = GPT.Configuration(
                vocabularySize: 7, contextLength: 12, layerCount: 2, headCount: 4, width: 16,
                hasBias: false)
            expected = .gpt(gpt)
            gpt.hasBias = true
            architecture = "gpt2"
        default: break
        }
        let configuration = expected ?? .llama(llama)
        let loaded = fresh(configuration)
        let path = directory.path("variant.gguf")
        _ = try loaded.export(to: .gguf, at: path)
        #expect(try GGUFFile(path: path).metadata.text("general.architecture") == architecture)
        let again = try LoadedModel.load(path)
        let ids: [Int32] = [1, 6, 0, 3, 3, 2, 5]
        let logits = try [loaded, again].map { try $0.causal().logits(ids).elements }
        #expect(logits[0] == logits[1])
        if expected != nil { return }
        guard case .llama(var read) = again.configuration else {
            Issue.record("is no llama")
            return
        }
        // What says nothing in a model without it, and rounding.
        read.attentionOutputHasBias = llama.attentionOutputHasBias
        if name == "yarn factor" { read.positions.yarn?.attentionFactor = 1.5 }
        #expect(read == llama)
    }

    @Test("What has no place there is refused with its reason")
    func misfits() throws {
        func reason(_ change: (inout Llama.Configuration) -> Void) throws -> String {
            var llama = Llama.Configuration(
                vocabularySize: 7, contextLength: 12, layerCount: 1, headCount: 2, width: 8,
                hiddenWidth: 8)
            change(&llama)
            let loaded = fresh(.llama(llama))
            let error = #expect(throws: CheckpointError.self) {
                try loaded.export(to: .gguf, at: directory.path("no.gguf"))
            }
            #expect(FileKind.of(directory.path("no.gguf")) == nil)
            return error?.explanation ?? ""
        }
        #expect(try reason { $0.positions = PositionOptions(.alibi) }.contains("alibi, not rotary"))
        #expect(try reason { $0.positions.rotaryWidth = 2 }.contains("rotaryWidth is 2"))
        #expect(try reason { $0.norm = .layer }.contains("norm is layer"))
        #expect(try reason { $0.normPlacement = .post }.contains("normPlacement is post"))
        #expect(try reason { $0.hiddenFunction = .activation(.relu) }.contains("hiddenFunction is"))
        #expect(try reason { $0.window = 3 }.contains("a window of 3 in a context of 12"))
        #expect(
            try reason {
                $0.experts = ExpertOptions(
                    count: 2, perToken: 1, hiddenWidth: 8, sharedHiddenWidth: 8)
            }.contains("shared expert"))
        let bigram = fresh(
            .ladder(
                LadderConfiguration(
                    rung: .bigram, vocabularySize: 7, contextLength: 12, width: 8, headCount: 1)))
        let error = #expect(throws: CheckpointError.self) {
            try bigram.export(to: .gguf, at: directory.path("no.gguf"))
        }
        #expect(error?.explanation.contains("no family there is like bigram") == true)
    }

    @Test("Missing, left-over and misshapen tensors are listed together")
    func tensors() throws {
        let explanation = try refusal {
            $0.items.removeAll { $0.name == "blk.0.ffn_up.weight" }
            $0.items.append(
                GGUFWriter.Item(name: "extra", shape: [1], type: .float32, elements: [1]))
            $0["llama.attention.head_count_kv"] = .uint32(4)
        }
        #expect(explanation.contains("blk.0.ffn_up.weight"))
        #expect(explanation.contains("is missing"))
        #expect(explanation.contains("extra is not part of the model"))
        #expect(explanation.contains("blk.0.attn_k.weight"))
    }

    @Test("SAFETY Files: sizes in a GGUF file that no model can have")
    func sizes() throws {
        for (key, value) in [
            ("block_count", 0), ("block_count", 1_000_000_000), ("attention.head_count", 3),
            ("attention.head_count", 0), ("attention.head_count_kv", 3), ("context_length", 0),
            ("context_length", UInt32.max), ("attention.key_length", 7),
            ("embedding_length", UInt32.max), ("feed_forward_length", 1 << 31),
        ] as [(String, UInt32)] {
            #expect(try !refusal { $0["llama.\(key)"] = .uint32(value) }.isEmpty, "\(key) \(value)")
        }
        #expect(
            try refusal { $0["llama.block_count"] = nil }.contains(
                "has no value for “llama.block_count”"))
        #expect(
            try refusal { $0["llama.block_count"] = .text("one") }.contains(
                "“one” of type string where a whole number"))
    }

    @Test("What is not implemented is named")
    func unsupported() throws {
        #expect(try refusal { $0["general.architecture"] = nil }.contains("general.architecture"))
        #expect(
            try refusal { $0["general.architecture"] = .text("mamba") }.contains(
                "has the general.architecture “mamba”; known are gpt2, qwen3, qwen2, llama"))
        #expect(
            try refusal { $0["llama.rope.scaling.type"] = .text("longrope") }.contains(
                "llama.rope.scaling.type in its metadata is “longrope”"))
        #expect(
            try refusal { $0["llama.rope.dimension_count"] = .uint32(4) }.contains(
                "is 4 where all 8 elements of a head turn"))
        #expect(
            try refusal {
                $0.items.append(
                    GGUFWriter.Item(
                        name: "rope_freqs.weight", shape: [4], type: .float32,
                        elements: [1, 2, 7, 5]))
            }.contains("other factors than those of Llama 3.1"))
        #expect(
            try refusal("gpt2") { copy in
                copy.items.append(
                    GGUFWriter.Item(
                        name: "output.weight", shape: [320, 32], type: .float32,
                        elements: [Float](repeating: 1, count: 320 * 32)))
            }.contains("output.weight that is not token_embd.weight"))
    }

    @Test("A head that repeats the table of tokens is passed over")
    func repeatedHead() throws {
        var copy = try GGUFCopy(of: fixture("GGUF/gpt2.gguf"))
        let file = try GGUFFile(path: fixture("GGUF/gpt2.gguf"))
        copy.items.append(
            GGUFWriter.Item(
                name: "output.weight", shape: try file.shape(of: "token_embd.weight"),
                type: .float32, elements: try file.floats("token_embd.weight")))
        let recorded = try Recorded("gpt2")
        let logits = try load(copy).causal().logits(recorded.ids).elements
        #expect(zip(logits, recorded.logits).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("SAFETY Files: weights of a GGUF file that are no numbers are told, or refused")
    func notNumbers() throws {
        var copy = try GGUFCopy(of: fixture("GGUF/gpt2.gguf"))
        copy.items.removeAll { $0.name == "output_norm.bias" }
        copy.items.append(
            GGUFWriter.Item(
                name: "output_norm.bias", shape: [32], type: .float32,
                elements: [Float](repeating: .nan, count: 32)))
        #expect(try load(copy).notices.count == 1)
        #expect(throws: CheckpointError.self) {
            try LoadedModel.load(directory.path("copy.gguf"), checksTensors: true)
        }
    }
}
