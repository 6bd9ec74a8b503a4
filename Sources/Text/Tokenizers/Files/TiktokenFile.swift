/// A vocabulary of byte strings by rank, one to a line: `base64 rank`.
///
/// The rank of a token is its id, and says how soon it is made: of all neighbours whose bytes together are
/// a token, those are joined first whose token has the lowest rank. A merge therefore stands here for every
/// way to divide a token into two others.
///
/// The file says neither how text is divided into words nor which special tokens there are. For the
/// vocabularies in common use both follow from how many tokens there are:
///
/// | tokens | vocabulary | division | special tokens |
/// |---|---|---|---|
/// | 50,256 | GPT-2 (r50k) | gpt2 | `<\|endoftext\|>` 50256 |
/// | 50,280 | p50k | gpt2 | `<\|endoftext\|>` 50256 |
/// | 100,256 | cl100k (GPT-4) | llama3 | `<\|endoftext\|>` 100257 and others |
/// | 128,000 | Llama-3 | llama3 | `<\|begin_of_text\|>` 128000 and others |
/// | 151,643 | Qwen2 | qwen2 | `<\|endoftext\|>` 151643 and others |
/// | 199,998 | o200k (GPT-4o) | o200k | `<\|endoftext\|>` 199999 and others |
///
/// - Source: the file format of tiktoken.
package enum TiktokenFile {
    private struct Known {
        let count: Int
        let pattern: WordPattern
        let special: KeyValuePairs<String, Int32>
        var ignoresMerges = false
    }

    private static let known: [Known] = [
        Known(count: 50_256, pattern: .gpt2, special: ["<|endoftext|>": 50_256]),
        Known(count: 50_280, pattern: .gpt2, special: ["<|endoftext|>": 50_256]),
        Known(
            count: 100_256, pattern: .llama3,
            special: [
                "<|endoftext|>": 100_257, "<|fim_prefix|>": 100_258, "<|fim_middle|>": 100_259,
                "<|fim_suffix|>": 100_260, "<|endofprompt|>": 100_276,
            ]),
        Known(
            count: 128_000, pattern: .llama3,
            special: [
                "<|begin_of_text|>": 128_000, "<|end_of_text|>": 128_001,
                "<|start_header_id|>": 128_006, "<|end_header_id|>": 128_007, "<|eot_id|>": 128_009,
            ]),
        Known(
            count: 151_643, pattern: .qwen2,
            special: [
                "<|endoftext|>": 151_643, "<|im_start|>": 151_644, "<|im_end|>": 151_645,
            ]),
        Known(
            count: 199_998, pattern: .o200k,
            special: ["<|endoftext|>": 199_999, "<|endofprompt|>": 200_018]),
    ]

    /// The most bytes of a token: all ways to divide it are looked up.
    private static let longestToken = 1024

    /// Reads a file.
    ///
    /// - Parameter pattern: how text is divided; nil for the way that goes with the number of tokens.
    /// - Throws: ``TokenizerError/invalid(_:)`` that names the line and what is wrong with it.
    package static func read(
        _ file: [UInt8], pattern: WordPattern?
    ) throws(TokenizerError) -> PipelineTokenizer {
        let tokens = try tokens(file)
        let known = known.first { $0.count == tokens.count }
        guard let pattern = pattern ?? known?.pattern else {
            let names = WordPattern.choices.map(\.name).joined(separator: ", ")
            throw .invalid(
                "The file has \(tokens.count) tokens, from which the division into words cannot be told; "
                    + "name it by --pattern, one of \(names).")
        }
        let special = known.map { Array($0.special) } ?? []
        let vocabulary = try Vocabulary(
            tokens.map { (ByteAlphabet.text(of: $0.bytes), $0.rank) })
        for byte in UInt8.min...UInt8.max
        where vocabulary.id(of: ByteAlphabet.text(of: [byte])) == nil {
            throw .invalid("The file has no token for the byte \(byte); each of the 256 needs one.")
        }
        let (merges, ranks) = merges(of: tokens, vocabulary)
        return try PipelineTokenizer(
            preTokenizer: .byteLevel(dividedBy: pattern),
            model: .bytePair(
                BytePairModel(vocabulary: vocabulary, merges: merges, ranks: ranks)),
            decoder: .byteLevel(ByteLevelSettings(addsPrefixSpace: false)),
            addedTokens: special.map { AddedToken(id: $0.value, content: $0.key) })
    }

    /// The tokens, in ascending order of their ranks.
    private static func tokens(
        _ file: [UInt8]
    ) throws(TokenizerError) -> [(bytes: [UInt8], rank: Int)] {
        var tokens: [(bytes: [UInt8], rank: Int)] = []
        for (index, line) in file.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty { continue }
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count == 2, let bytes = Base64.bytes(fields[0]),
                let rank = Int(String(decoding: fields[1], as: UTF8.self)), rank >= 0
            else {
                throw .invalid(
                    "Line \(index + 1) is \(String(decoding: line.prefix(80), as: UTF8.self).quoted); "
                        + "expected a token in base64, a space and its rank.")
            }
            guard (1...longestToken).contains(bytes.count) else {
                throw .invalid(
                    "Line \(index + 1) has a token of \(bytes.count) bytes; expected 1 to "
                        + "\(longestToken).")
            }
            tokens.append((bytes, rank))
        }
        return tokens.sorted { $0.rank < $1.rank }
    }

    /// All ways to make a token of two others, with the token's place among all.
    private static func merges(
        of tokens: [(bytes: [UInt8], rank: Int)], _ vocabulary: Vocabulary
    ) -> (merges: [TokenPair], ranks: [Int32]) {
        var merges: [TokenPair] = []
        var ranks: [Int32] = []
        for (place, token) in tokens.enumerated() where token.bytes.count > 1 {
            let texts = token.bytes.map { Array(ByteAlphabet.text(of: [$0]).utf8) }
            let whole = Array(texts.joined())
            var ways: [TokenPair] = []
            var border = 0
            for text in texts.dropLast() {
                border += text.count
                if let left = vocabulary.id(of: whole[..<border]),
                    let right = vocabulary.id(of: whole[border...])
                {
                    ways.append(TokenPair(left, right))
                }
            }
            merges += ways.sorted { $0.key < $1.key }
            ranks += repeatElement(Int32(place), count: ways.count)
        }
        return (merges, ranks)
    }
}
