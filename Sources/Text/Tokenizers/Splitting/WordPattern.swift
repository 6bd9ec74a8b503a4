/// A regular expression that divides text into words and that is known here.
///
/// Each is recognised by its text, and run by a hand-written splitter.
public enum WordPattern: Hashable, Sendable {
    /// GPT-2's, which RoBERTa and BART share.
    case gpt2
    /// Llama-3's, which is cl100k_base's of GPT-4.
    case llama3
    /// Qwen2's and Qwen3's.
    case qwen2
    /// o200k_base's, of GPT-4o and gpt-oss.
    case o200k
    /// That of Mistral's Tekken.
    case tekken
    /// One kind of character, so many times.
    case run(RunPattern)

    /// The regular expression; nil where it is not known.
    public init?(_ text: String) {
        if let known = Self.named.first(where: { $0.text.utf8.elementsEqual(text.utf8) }) {
            self = known
        } else if Self.cl100kVariants.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
            self = .llama3
        } else if let pattern = RunPattern(text) {
            self = .run(pattern)
        } else {
            return nil
        }
    }

    private static let named: [WordPattern] = [.gpt2, .llama3, .qwen2, .o200k, .tekken]

    /// Other ways to write cl100k_base that divide every text alike.
    private static let cl100kVariants = [
        #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#,
        #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"#,
    ]

    /// The expression as files have it.
    public var text: String {
        switch self {
        case .gpt2: GPT2Pattern.text
        case .llama3: LinePattern.llama3.text
        case .qwen2: LinePattern.qwen2.text
        case .o200k: LinePattern.o200k.text
        case .tekken: LinePattern.tekken.text
        case .run(let pattern): pattern.text
        }
    }

    /// The names by which a person can choose one of those made for a vocabulary.
    public static let choices: [(name: String, expression: WordPattern)] = [
        ("gpt2", .gpt2), ("llama3", .llama3), ("qwen2", .qwen2), ("o200k", .o200k),
        ("tekken", .tekken),
    ]
}
