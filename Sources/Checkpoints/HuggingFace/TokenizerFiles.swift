internal import AttendModels
internal import AttendText
internal import Foundation

/// A tokenizer in the files of Hugging Face: `tokenizer.json` and `tokenizer_config.json`.
struct TokenizerFiles {
    /// The text of `tokenizer.json`.
    let tokenizer: [UInt8]
    /// The contents of `tokenizer_config.json`.
    let settings: JSONValue

    init(_ tokenizer: SavedTokenizer, of model: LoadedModel) {
        switch tokenizer {
        // A character is a word of one letter, which is what byte pairs without merges make of a text.
        case .character(let characters):
            let vocabulary = (0..<Int32(characters.vocabularySize)).compactMap { id in
                characters.token(of: id).map { (name: $0, value: JSONValue.integer(Int(id))) }
            }
            self.tokenizer =
                Self.pipeline(
                    vocabulary, specialTokens: characters.specialTokens, preTokenizer: .null,
                    decoder: .fields(["type": .string("Fuse")])
                ).text
        // And bytes are written as the characters that stand for them.
        case .byte:
            let vocabulary = ByteAlphabet.scalars.enumerated().map { byte, character in
                (name: String(character), value: JSONValue.integer(byte))
            }
            func byteLevel(usesPattern: Bool) -> JSONValue {
                .fields([
                    "type": .string("ByteLevel"), "add_prefix_space": .bool(false),
                    "trim_offsets": .bool(true), "use_regex": .bool(usesPattern),
                ])
            }
            self.tokenizer =
                Self.pipeline(
                    vocabulary, specialTokens: [], preTokenizer: byteLevel(usesPattern: false),
                    decoder: byteLevel(usesPattern: true)
                ).text
        default: self.tokenizer = [UInt8](tokenizer.json)
        }
        func text(_ id: Int32?) -> JSONValue {
            id.flatMap { tokenizer.token(of: $0) }.map { .string($0) } ?? .null
        }
        settings = .fields([
            "tokenizer_class": .string("PreTrainedTokenizerFast"),
            "model_max_length": .integer(model.configuration.sizes.contextLength),
            "clean_up_tokenization_spaces": .bool(false),
            "bos_token": text(model.generation.startToken),
            "eos_token": text(model.generation.endTokens.first),
            "pad_token": text(model.generation.paddingToken),
        ])
    }

    private static func pipeline(
        _ vocabulary: [(name: String, value: JSONValue)], specialTokens: [SpecialToken],
        preTokenizer: JSONValue, decoder: JSONValue
    ) -> JSONValue {
        let added = specialTokens.map { token in
            JSONValue.fields([
                "id": .integer(Int(token.id)), "content": .string(token.text),
                "single_word": .bool(false), "lstrip": .bool(false), "rstrip": .bool(false),
                "normalized": .bool(false), "special": .bool(true),
            ])
        }
        return .fields([
            "version": .string("1.0"), "truncation": .null, "padding": .null,
            "added_tokens": .array(added), "normalizer": .null, "pre_tokenizer": preTokenizer,
            "post_processor": .null, "decoder": decoder,
            "model": .fields([
                "type": .string("BPE"), "dropout": .null, "unk_token": .null,
                "continuing_subword_prefix": .null, "end_of_word_suffix": .null,
                "fuse_unk": .bool(false), "byte_fallback": .bool(false),
                "ignore_merges": .bool(false), "vocab": .object(JSONObject(vocabulary)),
                "merges": .array([]),
            ]),
        ])
    }
}
