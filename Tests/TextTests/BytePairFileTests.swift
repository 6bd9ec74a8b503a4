import AttendText
import Foundation
import Testing

@Suite("Stored byte-pair tokenizers")
struct BytePairFileTests {
    /// The stored form of a tokenizer with the token ` a`, changed by `change`.
    private func file(_ change: (inout [String: Any], inout [String: Any]) -> Void) throws -> Data {
        let tokenizer = try PipelineTokenizer.bytePairs(texts: [" a a a"], vocabularySize: 261)
        let json = try JSONSerialization.jsonObject(with: SavedTokenizer.pipeline(tokenizer).json)
        var object = try #require(json as? [String: Any])
        var model = try #require(object["model"] as? [String: Any])
        change(&object, &model)
        if object["model"] != nil { object["model"] = model }
        return try JSONSerialization.data(withJSONObject: object)
    }

    private func sentence(_ change: (inout [String: Any], inout [String: Any]) -> Void) throws
        -> String
    {
        do {
            _ = try SavedTokenizer(json: file(change))
            return "no error"
        } catch let error as TokenizerError {
            return "\(error)"
        }
    }

    @Test("It comes back, and stands as Hugging Face tokenizers has it")
    func form() throws {
        let tokenizer = try PipelineTokenizer.bytePairs(
            texts: [BytePairTokenizerTests.rhyme], vocabularySize: 300)
        let saved = SavedTokenizer.pipeline(tokenizer)
        #expect(try SavedTokenizer(json: saved.json) == saved)
        #expect(saved.json == saved.json)

        let data = try file { object, model in
            #expect(model["merges"] as? [String] == ["Ġ a"])
            let vocabulary = model["vocab"] as? [String: Int]
            #expect(vocabulary?.count == 261 && vocabulary?["Ġa"] == 260)
            #expect(vocabulary?["<mask>"] == 3 && vocabulary?["Ā"] == 4 && vocabulary?["ÿ"] == 259)
            let added = object["added_tokens"] as? [[String: Any]]
            #expect(added?.map { $0["content"] as? String } == SpecialTokens.texts)
            #expect((object["pre_tokenizer"] as? [String: Any])?["type"] as? String == "ByteLevel")
            // The newer form of merges; special tokens beside the vocabulary.
            model["merges"] = [["Ġ", "a"]]
            model["vocab"] = vocabulary?.filter { $0.value > 3 }
            object["truncation"] = nil
        }
        #expect(try SavedTokenizer(json: data).encode(" a") == [260])
    }

    @Test("A vocabulary that is not whole is an error that names the token")
    func vocabulary() throws {
        func change(_ vocabulary: @escaping (inout [String: Any]) -> Void) throws -> String {
            try sentence { _, model in
                var ids = model["vocab"] as? [String: Any] ?? [:]
                vocabulary(&ids)
                model["vocab"] = ids
            }
        }
        let range = "expected ids from 4 to 260, each once."
        #expect(
            try change { $0["Ġa"] = -1 } == "The tokenizer's token \"Ġa\" has the id -1; \(range)")
        #expect(
            try change { $0["Ġa"] = 261 } == "The tokenizer's token \"Ġa\" has the id 261; \(range)"
        )
        #expect(
            try change { $0["Ġa"] = Int.min }
                == "The tokenizer's token \"Ġa\" has the id \(Int.min); \(range)")
        #expect(
            try change { $0["a"] = 260 }
                == "The tokenizer's tokens \"a\" and \"Ġa\" have the same id 260; each needs its own."
        )
        #expect(
            try change { $0["<s>"] = 2 }
                == "The tokenizer's special token \"<s>\" has the id 2; special tokens must have the first "
                + "ids, so this one 1.")
        #expect(
            try change {
                $0["zz"] = $0["b"]
                $0["b"] = nil
            }
                == "The tokenizer has no token \"b\" for byte 98; each of the 256 bytes needs one.")
        #expect(
            try change { $0["中"] = 261 }
                == "The tokenizer's token \"中\" is not written in the 256 characters that stand for bytes."
        )
        #expect(
            try change { $0["aĠ"] = 261 }
                == "The tokenizer's token \"aĠ\", id 261, is made by no merge; every token of more than one "
                + "byte needs one.")
        #expect(
            try change { $0["Ġa"] = "260" }.hasPrefix(
                "The tokenizer's field \"model.vocab.Ġa\" has the wrong type"))
    }

    @Test("Merges that do not fit the vocabulary are errors")
    func merges() throws {
        func change(_ merges: Any?) throws -> String {
            try sentence { _, model in model["merges"] = merges }
        }
        #expect(
            try change([])
                == "The tokenizer's token \"Ġa\", id 260, is made by no merge; every token of more than one "
                + "byte needs one.")
        #expect(
            try change(nil) == "The tokenizer's field \"model\" has no field \"merges\"; add it.")
        #expect(
            try change(["Ġ a", "a a"])
                == "The tokenizer's merge 1, \"a a\", makes \"aa\", which is not in its vocabulary; add it, "
                + "or remove the merge.")
        #expect(
            try change(["Ġ a", "Ġ a"])
                == "The tokenizer's merge 1, \"Ġ a\", is merge 0 again; remove one.")
        #expect(
            try change(["Ġ ab"])
                == "The tokenizer's merge 0 joins \"ab\", which is not in its vocabulary; add it, or remove "
                + "the merge.")
        #expect(
            try change(["Ġa"])
                == "The tokenizer's merge \"Ġa\" has 1 parts; expected two with a space between them."
        )
        #expect(
            try change([["Ġ", "a", "b"]])
                == "The tokenizer's merge \"Ġ a b\" has 3 parts; expected two with a space between them."
        )
    }

    @Test("What would change the meaning of the ids is refused")
    func settings() throws {
        #expect(
            try sentence { _, model in model["type"] = "Unigram" }
                == "The tokenizer's model has the type \"Unigram\"; only \"BPE\" can be read.")
        #expect(
            try sentence { _, model in model["byte_fallback"] = true }
                == "The field \"byte_fallback\" of the tokenizer's model is not false; only tokenizers where it "
                + "is can be read.")
        #expect(
            try sentence { _, model in model["unk_token"] = "<unk>" }
                == "The field \"unk_token\" of the tokenizer's model is not null; only tokenizers where it is can "
                + "be read.")
        #expect(
            try sentence { _, model in model["size"] = 1 }.hasPrefix(
                "The tokenizer's model has an unknown field \"size\"; expected only \"type\" and"))
        #expect(
            try sentence { object, _ in object["normalizer"] = ["type": "NFC"] }
                == "The field \"normalizer\" of the tokenizer is not null; only tokenizers where it is can be "
                + "read.")
        #expect(
            try sentence { object, _ in object["pre_tokenizer"] = ["type": "Whitespace"] }
                == "The tokenizer's field \"pre_tokenizer\" has the type \"Whitespace\"; only \"ByteLevel\" "
                + "can be read.")
        #expect(
            try sentence { object, _ in
                object["pre_tokenizer"] = ["type": "ByteLevel", "add_prefix_space": true]
            }
                == "The field \"add_prefix_space\" of the tokenizer's field \"pre_tokenizer\" is not false; only "
                + "tokenizers where it is can be read.")
        #expect(
            try sentence { object, _ in
                object["added_tokens"] = [["id": 0, "content": "a", "special": false]]
            }.hasPrefix("The field \"special\" of the tokenizer's added token \"a\" is not true"))
        #expect(
            try sentence { object, _ in object["added_tokens"] = [["id": 7, "content": "q"]] }
                .contains("special token \"q\" has the id"))
        #expect(
            try sentence { object, _ in object["model"] = nil }.hasPrefix(
                "The tokenizer has no field \"type\""))
    }
}
