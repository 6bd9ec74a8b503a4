import AttendText
import Foundation
import Testing

@Suite("Tokenizers as Hugging Face describes them")
struct PipelineTokenizerTests {
    static let names = [
        "gpt2", "llama3", "o200k", "byteFallback", "metaspaceFirst", "suffix", "prefix", "digits",
        "splits", "delimiter", "words",
    ]

    /// A recorded tokenizer with what the library makes of texts.
    private func recording(_ name: String) throws -> (
        tokenizer: SavedTokenizer, object: [String: Any], texts: [String]
    ) {
        let object = try PieceFixtures.object("pipeline-\(name)")
        let file = try JSONSerialization.data(withJSONObject: try #require(object["file"]))
        return (
            try SavedTokenizer(json: file), object, try #require(object["texts"] as? [String])
        )
    }

    /// A stretch with all of the characters that it touches.
    private func widened(_ range: Range<Int>, in text: [UInt8]) -> Range<Int> {
        func isInside(_ place: Int) -> Bool { place < text.count && text[place] & 0xC0 == 0x80 }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while isInside(lower) { lower -= 1 }
        while isInside(upper) { upper += 1 }
        return lower..<upper
    }

    /// Files of the library's first years name no type; the library goes by the fields, and so do we.
    @Test(
        "A model without its type is the one that its fields tell",
        arguments: names + ["bert", "t5", "albert"])
    func withoutType(name: String) throws {
        let isPiece = !Self.names.contains(name)
        let object = try PieceFixtures.object(isPiece ? "tokenizer-\(name)" : "pipeline-\(name)")
        var bytes = try JSONSerialization.data(withJSONObject: try #require(object["file"]))
        if let place = bytes.range(of: Data("\"TABLE\"".utf8)) {
            let table = try PieceFixtures.characterMap().base64EncodedString()
            bytes.replaceSubrange(place, with: Data("\"\(table)\"".utf8))
        }
        var file = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        let whole = try SavedTokenizer(json: bytes)
        #expect(model.removeValue(forKey: "type") != nil)
        file["model"] = model
        let bare = try SavedTokenizer(json: JSONSerialization.data(withJSONObject: file))
        // Fields stand in the order in which the file that was read had them.
        #expect(
            try PieceFixtures.equal(
                JSONSerialization.jsonObject(with: bare.json),
                JSONSerialization.jsonObject(with: whole.json)))
    }

    @Test("A model that its fields do not tell is refused")
    func withoutTypeAndFields() throws {
        let error = #expect(throws: TokenizerError.self) {
            try SavedTokenizer(json: Data(#"{"model":{"vocab":{"a":0}}}"#.utf8))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("has no field “type”"))
    }

    @Test("Ids, places and text are those of the library", arguments: names)
    func recorded(name: String) throws {
        let (tokenizer, object, texts) = try recording(name)
        let outputs = try #require(object["user"] as? [[Any]])
        for (text, output) in zip(texts, outputs) {
            let encoding = try tokenizer.encoding(of: text)
            let ids = try #require(output[0] as? [Int])
            #expect(encoding.ids.map(Int.init) == ids, "\(name): \(text.debugDescription)")
            let bytes = Array(text.utf8)
            let places = encoding.offsets.map { $0.isEmpty ? $0 : widened($0, in: bytes) }
            #expect(
                places == ranges(try #require(output[1] as? [Int])),
                "\(name): \(text.debugDescription)")
            let decoded = output.count > 2 ? try #require(output[2] as? String) : text
            #expect(
                Array(tokenizer.decode(encoding.ids).utf8) == Array(decoded.utf8),
                "\(name): \(text.debugDescription)")
        }
    }

    @Test("Special tokens in a text are found where that is asked for", arguments: names)
    func parsed(name: String) throws {
        let (tokenizer, object, texts) = try recording(name)
        let parsed = try #require(object["parsed"] as? [String: [Int]])
        #expect(!parsed.isEmpty)
        let outputs = try #require(object["user"] as? [[Any]])
        for (index, text) in texts.enumerated() {
            let ids = try tokenizer.encoding(
                of: text, options: EncodingOptions(parsesSpecialTokens: true)
            ).ids
            let user = try #require(outputs[index][0] as? [Int])
            #expect(ids.map(Int.init) == parsed["\(index)"] ?? user, "\(text.debugDescription)")
        }
    }

    @Test("A pair has the template's marks and types", arguments: names)
    func pairs(name: String) throws {
        let (tokenizer, object, _) = try recording(name)
        let pair = try #require(object["pair"] as? [[Int]])
        let encoding = try tokenizer.encoding(
            of: "Two boats.", pair: "The sea!", options: EncodingOptions())
        #expect(encoding.ids.map(Int.init) == pair[0])
        #expect(encoding.typeIDs.map(Int.init) == pair[1])
        #expect(encoding.specialMask.map { $0 ? 1 : 0 } == pair[2])
    }

    @Test("The file comes back as it was, and the same from what was written", arguments: names)
    func file(name: String) throws {
        let (tokenizer, object, texts) = try recording(name)
        let again = try SavedTokenizer(json: tokenizer.json)
        #expect(again == tokenizer)
        #expect(again.json == tokenizer.json)
        for text in texts { #expect(try again.encode(text) == tokenizer.encode(text)) }
        var file = try #require(object["file"] as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        // The library writes two tokens of a merge apart, we as one text, which it reads as well.
        if let merges = model["merges"] as? [[String]] {
            model["merges"] = merges.map { $0.joined(separator: " ") }
        }
        file["model"] = model
        #expect(try PieceFixtures.equal(JSONValue(Array(tokenizer.json)), file))
    }

    @Test("Ids alone are those with places, also from the cache", arguments: names)
    func twoWays(name: String) throws {
        let (tokenizer, _, texts) = try recording(name)
        let options = EncodingOptions(addsSpecialTokens: false)
        for _ in 0..<2 {
            for text in texts {
                #expect(
                    try tokenizer.encode(text)
                        == tokenizer.encoding(of: text, options: options).ids)
            }
        }
    }

    @Test("A text that a user wrote gives no special token, whatever the model would make of it")
    func safeText() throws {
        // Here the merges, and there the vocabulary, would make the special token.
        for ignores in [false, true] {
            let form = """
                {"added_tokens":[{"id":6,"content":"<|im_start|>","special":true},
                {"id":3,"content":"<s>","special":true,"normalized":false}],
                "model":{"type":"BPE","ignore_merges":\(ignores),
                "vocab":{"<":0,"s":1,">":2,"<s>":3,"<s":4},"merges":["< s","<s >"]}}
                """
            let tokenizer = try SavedTokenizer(json: Data(form.utf8))
            #expect(try tokenizer.encode("<s>") == [4, 2])
            // The other characters are not in the vocabulary.
            #expect(try tokenizer.encode("<|im_start|>") == [4, 2])
            let parsing = EncodingOptions(parsesSpecialTokens: true)
            #expect(
                try tokenizer.encoding(of: "<s><|im_start|>s", options: parsing).ids == [3, 6, 1])
            // Marked stretches stay text: here the first of two, then both by halves.
            var marked = parsing
            marked.ordinaryRanges = [0..<3]
            #expect(try tokenizer.encoding(of: "<s><s>", options: marked).ids == [4, 2, 3])
            marked.ordinaryRanges = [2..<4]
            #expect(try tokenizer.encoding(of: "<s><s>", options: marked).ids == [4, 2, 4, 2])
            marked.ordinaryRanges = [0..<1, 6..<7]
            #expect(try tokenizer.encoding(of: "s<s><s>s", options: marked).ids == [1, 3, 4, 2, 1])
        }
    }

    @Test("Every text comes back byte for byte")
    func roundTrips() throws {
        let tokenizer = try recording("llama3").tokenizer
        let broken = String(
            decoding: [0x61, 0xFF, 0xE2, 0x82, 0x62, 0xF0, 0x9F] as [UInt8], as: UTF8.self)
        #expect(broken == "a\u{FFFD}\u{FFFD}b\u{FFFD}")
        let texts = [
            "caf\u{E9}", "cafe\u{301}", "👩‍👩‍👧‍👦", "\u{0}\u{0}a\u{0}", broken, "\u{10FFFF}\u{FFFE}",
            "<|im_start|>", "\r\n\r", "\u{FEFF}",
        ]
        for text in texts {
            let ids = try tokenizer.encode(text)
            #expect(Array(tokenizer.decode(ids).utf8) == Array(text.utf8))
            #expect(ids.flatMap(tokenizer.bytes) == Array(text.utf8))
        }
        #expect(try tokenizer.encode("caf\u{E9}") != tokenizer.encode("cafe\u{301}"))
        #expect(tokenizer.decode([-1, 999_999]) == "\u{FFFD}\u{FFFD}")
        #expect(tokenizer.token(of: 999_999) == nil)
    }

    @Test("Ten megabytes of one letter take time in proportion, and end when the task is cancelled")
    func oneLetter() async throws {
        let tokenizer = try PipelineTokenizer.bytePairs(
            texts: [String(repeating: "a", count: 4096)], vocabularySize: 300)
        func seconds(_ count: Int) throws -> Double {
            let text = String(repeating: "a", count: count)
            let begin = ContinuousClock.now
            let ids = try tokenizer.encode(text)
            #expect(ids.reduce(0) { $0 + tokenizer.bytes(of: $1).count } == count)
            return (ContinuousClock.now - begin) / .seconds(1)
        }
        let (small, large) = (try seconds(100_000), try seconds(1_000_000))
        // Quadratic time would be a hundred times as long.
        #expect(large < 40 * max(small, 0.001))
        let task = _Concurrency.Task { () throws(TokenizerError) in
            try tokenizer.encode(String(repeating: "a", count: 10_000_000))
        }
        task.cancel()
        await #expect(throws: TokenizerError.cancelled) { try await task.value }
    }

    static let faults: [(change: String, by: String, sentence: String)] = [
        (#""type":"BPE""#, #""type":"Bpe""#, "The tokenizer's field “model” has the type “Bpe”"),
        (#""a":0"#, #""a":-1"#, "The tokenizer's token “a” has the id -1"),
        (#""a":0"#, #""a":1"#, "The tokenizer's tokens “a” and “b” both have the id 1"),
        (#""a":0"#, #""a":900000"#, "The tokenizer's token “a” has the id 900000"),
        (#""a":0"#, #""a":1e400"#, "The tokenizer's token “a” has the id 1e400"),
        (#""a":0"#, #""a":0.5"#, "The tokenizer's token “a” has the id 0.5"),
        (#""a":0"#, #""b":0"#, "has the field “b” a second time"),
        (#"["a b"]"#, #"["a c"]"#, "The tokenizer's merge 0, “a c”, joins “c”"),
        (#"["a b"]"#, #"["b a"]"#, "The tokenizer's merge 0, “b a”, makes “ba”"),
        (#"["a b"]"#, #"["ab"]"#, "The tokenizer's merge 0, “ab”, is not two tokens"),
        (
            #"["a b"]"#, #"[["a","b","b"]]"#,
            "The tokenizer's field “model.merges[0]” holds a list of 3"
        ),
        (#"["a b"]"#, #"7"#, "The tokenizer's field “model.merges” holds 7 where a list is needed"),
        (
            #""merges""#, #""unk_token":"<unk>","merges""#,
            "The tokenizer's token for what is unknown, “<unk>”, is not in its vocabulary"
        ),
        (
            #""merges""#, #""dropout":0.1,"merges""#,
            "The tokenizer's field “model.dropout” holds 0.1 where null"
        ),
        (
            #""merges""#, #""ignore_merge":true,"merges""#,
            "The tokenizer's field “model” has an unknown field “ignore_merge”; did you mean "
                + "“ignore_merges”?"
        ),
        (#""ByteLevel""#, #""Bytelevel""#, "The tokenizer's field “pre_tokenizer” has the type"),
        (#""Lowercase""#, #""Uppercase""#, "The tokenizer's field “normalizer” has the type"),
        (
            #""decoder":null"#, #""decoder":{"type":"CTC"}"#,
            "The tokenizer's field “decoder” has the type"
        ),
        (
            #""pre_tokenizer":{"type":"ByteLevel"}"#,
            #""pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a|b)*"},"behavior":"Isolated"}"#,
            "The tokenizer's field “pre_tokenizer.pattern.Regex” holds the regular expression “(a|b)*”"
        ),
        (
            #""id":3"#, #""id":0"#,
            "The tokenizer's added token “<s>” has the id 0, but its vocabulary"
        ),
        (#""id":3"#, #""id":-3"#, "The tokenizer's field “added_tokens[0].id” holds -3"),
        (
            #""id":3"#, #""id":2000000000"#,
            "The tokenizer's added token “<s>” has the id 2000000000"
        ),
        (#""content":"<s>""#, #""content":"ab""#, "The tokenizer's added token “ab” has the id 3"),
        (#""decoder""#, #""decoders""#, "The tokenizer's file has an unknown field “decoders”"),
        (#""padding":null"#, #""padding":7"#, "The tokenizer's field “padding” holds 7"),
    ]

    static let small = #"""
        {"padding":null,"added_tokens":[{"id":3,"content":"<s>","special":true}],"normalizer":{"type":"Lowercase"},
        "pre_tokenizer":{"type":"ByteLevel"},"decoder":null,
        "model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}
        """#

    @Test("Every fault of a file is an error with its own sentence", arguments: faults)
    func invalid(fault: (change: String, by: String, sentence: String)) throws {
        #expect(try SavedTokenizer(json: Data(Self.small.utf8)).encode("AB") == [2])
        let changed = Self.small.replacing(fault.change, with: fault.by)
        #expect(changed != Self.small)
        let error = #expect(throws: TokenizerError.self) {
            try SavedTokenizer(json: Data(changed.utf8))
        }
        #expect(error?.description.contains(fault.sentence) == true, "\(error?.description ?? "")")
    }

    @Test("Composed and decomposed characters are different tokens, and different fields")
    func canonicalEquivalence() throws {
        let form = """
            {"model":{"type":"BPE","vocab":{"\u{E9}":0,"e":1,"\u{301}":2,"e\u{301}":3},
            "merges":["e \u{301}"]}}
            """
        let tokenizer = try SavedTokenizer(json: Data(form.utf8))
        #expect(try tokenizer.encode("\u{E9}e\u{301}") == [0, 3])
        #expect(try SavedTokenizer(json: tokenizer.json) == tokenizer)
    }

    @Test("Blocks for cutting and padding are accepted, and do not cut or pad")
    func truncation() throws {
        let form = Self.small.replacing(
            #""padding":null"#,
            with: #""truncation":{"max_length":1},"padding":{"strategy":{"Fixed":9}}"#)
        #expect(try SavedTokenizer(json: Data(form.utf8)).encoding(of: "aba").ids == [2, 0])
    }

    @Test("Sequences nested deeply are an error")
    func nesting() {
        var part = #"{"type":"ByteLevel"}"#
        for _ in 0..<20 { part = #"{"type":"Sequence","pretokenizers":[\#(part)]}"# }
        let form = Self.small.replacing(#"{"type":"ByteLevel"}"#, with: part)
        let error = #expect(throws: TokenizerError.self) {
            try SavedTokenizer(json: Data(form.utf8))
        }
        #expect(error?.description.contains("8 deep") == true)
    }

    @Test("Cut off anywhere, a file is an error, never a trap")
    func truncated() {
        let bytes = Array(Self.small.utf8)
        for count in 0..<bytes.count - 1 {
            #expect(throws: TokenizerError.self) { try SavedTokenizer(json: bytes.prefix(count)) }
        }
    }
}
