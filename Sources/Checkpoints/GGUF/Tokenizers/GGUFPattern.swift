internal import AttendText

/// How texts are divided before byte pairs are joined: the values of `tokenizer.ggml.pre` that are known.
///
/// The format names no expressions; each name stands for the one that llama.cpp has for it.
///
/// - Source: `llm_tokenizer_bpe` and `llama_vocab::impl::load` of <https://github.com/ggml-org/llama.cpp>.
package struct GGUFPattern: Sendable {
    /// The names, the one that is written first.
    package let names: [String]
    let division: Division
    /// Whether a piece that is a token is that token, whatever the merges make.
    var ignoresMerges = false
    /// Whether a text begins with the start token unless the file says otherwise.
    var addsStart = false

    /// What divides a text.
    enum Division: Hashable, Sendable {
        /// An expression.
        case expression(WordPattern)
        /// Every digit by itself, and then GPT-2's expression.
        case digits
    }

    /// All that are known.
    package static let all = [
        GGUFPattern(
            names: [
                "gpt-2", "phi-2", "jina-es", "jina-de", "gigachat", "jina-v2-es", "jina-v2-de",
                "a.x-4.0", "mellum", "modern-bert", "mpt", "olmo", "jais", "trillion",
                "granite-docling", "exaone4",
            ], division: .expression(.gpt2)),
        GGUFPattern(
            names: [
                "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0",
                "lfm2", "jina-v5-nano",
            ], division: .expression(.llama3), ignoresMerges: true, addsStart: true),
        GGUFPattern(
            names: ["smaug-bpe", "dbrx", "chatglm-bpe"], division: .expression(.llama3)),
        GGUFPattern(
            names: ["glm4", "glm5"], division: .expression(.llama3), ignoresMerges: true),
        GGUFPattern(
            names: [
                "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "hunyuan",
                "solar-open", "megrez", "grok-2",
            ], division: .expression(.qwen2)),
        GGUFPattern(
            names: ["gpt-4o", "llama4", "kanana2", "talkie"], division: .expression(.o200k)),
        GGUFPattern(
            names: ["tekken"], division: .expression(.tekken), ignoresMerges: true,
            addsStart: true),
        GGUFPattern(
            names: [
                "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b",
                "mellum2",
            ], division: .digits),
    ]

    /// The pattern of a name.
    static func named(_ name: String) -> GGUFPattern? {
        all.first { $0.names.contains(name) }
    }

    /// The pattern by which a pre-tokenizer divides, nil where it has no name.
    init?(_ preTokenizer: PreTokenizer?, ignoresMerges: Bool) {
        guard let division = Self.division(of: preTokenizer),
            let found = Self.all.first(where: {
                $0.division == division && $0.ignoresMerges == ignoresMerges
            })
        else { return nil }
        self = found
    }

    private init(
        names: [String], division: Division, ignoresMerges: Bool = false, addsStart: Bool = false
    ) {
        self.names = names
        self.division = division
        self.ignoresMerges = ignoresMerges
        self.addsStart = addsStart
    }

    private static func division(of preTokenizer: PreTokenizer?) -> Division? {
        switch preTokenizer {
        case .byteLevel(let bytes) where bytes.usesPattern && !bytes.addsPrefixSpace:
            return .expression(.gpt2)
        case .sequence(let members) where members.count == 2:
            guard case .byteLevel(let bytes) = members[1], !bytes.addsPrefixSpace else {
                return nil
            }
            if case .digits(individually: true) = members[0], bytes.usesPattern { return .digits }
            guard
                case .split(.expression(let expression), let behavior, let isInverted) = members[0],
                !bytes.usesPattern, behavior == (isInverted ? .removed : .isolated)
            else { return nil }
            return .expression(expression)
        default: return nil
        }
    }

    /// The pre-tokenizer as it stands in `tokenizer.json`.
    var json: JSONValue {
        func bytes(usesPattern: Bool) -> JSONValue {
            .fields([
                "type": .string("ByteLevel"), "add_prefix_space": .bool(false),
                "trim_offsets": .bool(true), "use_regex": .bool(usesPattern),
            ])
        }
        let first: JSONValue
        switch division {
        case .expression(.gpt2): return bytes(usesPattern: true)
        case .expression(let expression):
            first = .fields([
                "type": .string("Split"),
                "pattern": .fields(["Regex": .string(expression.text)]),
                "behavior": .string("Isolated"), "invert": .bool(false),
            ])
        case .digits:
            first = .fields(["type": .string("Digits"), "individual_digits": .bool(true)])
        }
        return .fields([
            "type": .string("Sequence"),
            "pretokenizers": .array([first, bytes(usesPattern: division == .digits)]),
        ])
    }
}
