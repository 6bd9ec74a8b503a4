import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendText
import Foundation
import Testing

/// A parser that is given inputs of which most are wrong.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    /// What has a meaning in the format.
    var words: [String] = []
    /// The most bytes of an input.
    var largestSize = 4096
    /// The most memory that the parser may take for any input of that size: a constant, whatever it declares.
    var memoryLimit = 64 << 20
    /// The name of the file that holds the input.
    var fileName = "input"
    /// Whether an input can be right; beside weights of another model, none is.
    var acceptsSome = true
    /// Makes what lies beside that file.
    var prepare: @Sendable (_ directory: String) throws -> Void = { _ in }
    /// Parses an input.
    ///
    /// - Parameters:
    ///   - bytes: the input.
    ///   - path: a file with the same bytes.
    let parse: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

    var testDescription: String { name }

    /// Whether an error is one that a parser may throw.
    static func isExpected(_ error: any Error) -> Bool {
        error is CheckpointError || error is TokenizerError || error is ChatTemplateError
            || error is ChatMessageError || error is JSONScanner.Fault || error is FieldFault
            || error is LoadingError || error is ConfigurationError
            // What a run directory's reader makes a sentence of.
            || "\(type(of: error))" == "FormatError"
    }

    /// The inputs to start from, by name.
    func corpus() throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("FuzzCorpus/\(name)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { try Array(Data(contentsOf: folder.appendingPathComponent($0))) }
    }
}

extension FuzzTarget {
    static let all: [FuzzTarget] = [
        json, safetensors, shardIndex, tokenizerJSON, vocabularyText, merges, tiktoken,
        characterMap,
        gguf, npy, npz, jinja, chat, huggingFace, run,
    ]

    private static let json = FuzzTarget(
        name: "json", words: ["\\u", "\\\\", "1e5", "-", "1.0", "\\ud83d\\ude42"]
    ) { bytes, _ in
        _ = try JSONValue(bytes)
    }

    private static let safetensors = FuzzTarget(
        name: "safetensors",
        words: [
            "dtype", "shape", "data_offsets", "__metadata__", "F32", "BF16", "BOOL", "F64", "I64",
        ]
    ) { _, path in
        let file = try SafetensorsFile(path: path)
        for entry in file.entries { _ = try file.floats(entry.name) }
    }

    private static let shardIndex = FuzzTarget(
        name: "shard-index",
        words: [
            "weight_map", "metadata", "total_size", "../", "/etc/passwd", "model-1.safetensors",
            "..", ".",
        ], fileName: "model.safetensors.index.json", acceptsSome: false,
        prepare: { directory in
            let configuration =
                #"{"model_type":"gpt2","n_embd":2,"n_layer":1,"n_head":1,"vocab_size":1,"n_positions":1}"#
            try AtomicFile.write(configuration, to: directory + "/config.json")
            for (number, name) in [(1, "a"), (2, "b")] {
                try SafetensorsWriter.write(
                    [.init(name: name, shape: [2], elements: [1, 2])],
                    to: directory + "/model-\(number).safetensors")
            }
        },
        parse: { _, path in
            _ = try LoadedModel.load(
                String(path.dropLast("/model.safetensors.index.json".utf8.count)))
        })

    private static let tokenizerJSON = FuzzTarget(
        name: "tokenizer-json",
        words: [
            "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model",
            "type", "BPE",
            "WordPiece", "Unigram", "WordLevel", "ByteLevel", "Sequence", "vocab", "merges",
            "unk_token", "content",
            "special", "precompiled_charsmap", "byte_fallback", "[UNK]", "Ġ", "##", "▁",
        ], largestSize: 8192
    ) { bytes, _ in
        let tokenizer = try SavedTokenizer(json: bytes)
        try use(tokenizer)
    }

    private static let vocabularyText = FuzzTarget(
        name: "vocab-txt", words: ["[UNK]", "[CLS]", "##", "\n", "\r\n", "hello"]
    ) { bytes, _ in
        try use(.pipeline(WordPieceFile.tokenizer(bytes)))
    }

    private static let characterMap = FuzzTarget(name: "charsmap") { bytes, _ in
        let map = Data(bytes).base64EncodedString()
        let json = """
            {"model":{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0],["a",-1]]},
            "normalizer":{"type":"Precompiled","precompiled_charsmap":"\(map)"}}
            """
        try use(SavedTokenizer(json: Array(json.utf8)))
    }

    private static let merges = FuzzTarget(
        name: "vocab-merges",
        words: ["#version: 0.2\n", "Ġ", "Ġ t", "h e", "\n", "<|endoftext|>", "\n----\n"],
        largestSize: 8192
    ) { bytes, _ in
        let (vocabulary, merges) = halves(bytes)
        try use(.pipeline(MergesFile.read(vocabulary: vocabulary, merges: merges)))
    }

    private static let tiktoken = FuzzTarget(
        name: "tiktoken", words: ["IQ== 0\n", "IQ==", "=", " 255", "\n"], largestSize: 8192
    ) { bytes, _ in
        try use(.pipeline(TiktokenFile.read(bytes, pattern: .gpt2)))
    }

    private static let gguf = FuzzTarget(
        name: "gguf",
        words: [
            "GGUF", "general.alignment", "general.architecture", "llama", "tokenizer.ggml.tokens",
        ]
    ) { _, path in
        let file = try GGUFFile(path: path)
        for name in file.tensorNames { _ = try file.floats(name) }
    }

    private static let npy = FuzzTarget(
        name: "npy",
        words: [
            "descr", "fortran_order", "shape", "'<f4'", "'|O'", "'>f4'", "True", "False", "(", ",)",
        ]
    ) { _, path in
        _ = try NPYFile(path: path).floats()
    }

    private static let npz = FuzzTarget(
        name: "npz",
        words: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", ".npy"]
    ) { _, path in
        let file = try NPZFile(path: path)
        for name in file.names { _ = try file.array(name).floats() }
    }

    private static let jinja = FuzzTarget(
        name: "jinja",
        words: [
            "{{ ", " }}", "{% ", " %}", "{%- ", "-%}", "{#", "#}", "{% for m in messages %}",
            "{% endfor %}", "{% if ",
            "{% endif %}", "{% else %}", "{% set ns.x = ", "{% macro f(a) %}", "{% endmacro %}",
            "{{ f(1) }}",
            "namespace(", "range(", "messages", "tools", "loop.index", "content", "[0]", "[::-1]",
            "|tojson", "|trim",
            "|join", "|length", " is defined", " in ", " not ", " and ", " ~ ", " ** ", " // ",
            " * ", "'", "\"",
            "|map(attribute='role')", "|selectattr('role')", "|list", ".items()", ".split('a')",
            ".replace('', 'a')",
            "{% raw %}", "{% break %}", "{% call f() %}", "caller()", "|indent(9)", "(", ")", "[",
            "]",
        ], memoryLimit: 192 << 20
    ) { bytes, _ in
        let template = try ChatTemplate(String(decoding: bytes, as: UTF8.self))
        _ = try template.render(
            messages: conversation.messages, tools: conversation.tools, addsGenerationPrompt: true,
            bosToken: "<s>", eosToken: "</s>")
    }

    private static let chat = FuzzTarget(
        name: "chat-messages",
        words: [
            "role", "content", "messages", "tools", "user", "assistant", "tool_calls", "thinking",
            "text",
        ]
    ) { bytes, _ in
        let template = try ChatTemplate(
            "{% for m in messages %}{{ m.role }}{{ m.content }}{{ m | tojson }}{% endfor %}{{ tools }}"
        )
        for conversation in try Conversation.all(inJSON: bytes) {
            _ = try template.render(messages: conversation.messages, tools: conversation.tools)
        }
    }

    private static let huggingFace = FuzzTarget(
        name: "huggingface-config",
        words: [
            "model_type", "gpt2", "llama", "qwen3", "mixtral", "hidden_size", "num_hidden_layers",
            "num_attention_heads", "vocab_size", "rope_parameters", "rope_type", "yarn", "head_dim",
            "n_embd",
        ], fileName: "config.json", acceptsSome: false,
        prepare: { directory in
            try SafetensorsWriter.write(
                [.init(name: "wte.weight", shape: [2], elements: [1, 2])],
                to: directory + "/model.safetensors")
        },
        parse: { _, path in
            _ = try LoadedModel.load(String(path.dropLast("/config.json".utf8.count)))
        })

    private static let run = FuzzTarget(
        name: "run-config",
        words: [
            "formatVersion", "architecture", "model", "training", "data", "gpt", "llama", "seed",
            "width",
        ]
    ) { bytes, path in
        let run = try StrictJSON.decode(RunConfiguration.self, from: bytes, file: path)
        try run.model.sizes.validate()
    }

    /// What templates are rendered with.
    private static let conversation = Conversation(
        messages: [
            ChatMessage(role: "system", content: " Be brief. "),
            ChatMessage(role: "user", content: "Hello <|im_end|> é👩‍👩‍👧"),
            ChatMessage(role: "assistant", content: ""),
        ],
        tools: try? ChatValue(
            json: Array(#"[{"name": "f", "n": [1, 2.5, null, true, {"a": {}}]}]"#.utf8)))

    /// Encodes and decodes a little with a tokenizer that was read.
    private static func use(_ tokenizer: SavedTokenizer) throws {
        for text in ["Hello world, the <s>é👩‍👩‍👧 \u{0} 12345\n  x", ""] {
            let encoding = try tokenizer.encoding(of: text)
            _ = tokenizer.decode(encoding.ids)
        }
    }

    /// The two files of an input, which a line of hyphens parts.
    private static func halves(_ bytes: [UInt8]) -> ([UInt8], [UInt8]) {
        let mark = Array("\n----\n".utf8)
        guard let place = bytes.firstRange(of: mark) else { return (bytes, []) }
        return (Array(bytes[..<place.lowerBound]), Array(bytes[place.upperBound...]))
    }
}
