import AttendCheckpoints
import AttendText
import Foundation

extension FuzzTarget {
    /// JSON and the files of tokenizers.
    static let textTargets = [
        json, tokenizerJSON, vocabularyText, characterMap, merges, tiktoken,
    ]

    private static let json = FuzzTarget(
        name: "json", words: ["\\u", "\\\\", "1e5", "-", "1.0", "\\ud83d\\ude42"]
    ) { bytes, _ in
        _ = try JSONValue(bytes)
    }

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

    /// Encodes and decodes a little with a tokenizer that was read.
    static func use(_ tokenizer: SavedTokenizer) throws {
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
