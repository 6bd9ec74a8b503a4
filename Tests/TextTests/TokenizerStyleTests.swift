import AttendText
import Foundation
import Testing

@Suite("Tokenizers in the styles of models")
struct TokenizerStyleTests {
    static let styles = ["bert", "albert", "t5", "xlmr", "llama", "marian"]

    private func style(_ name: String) throws -> (PipelineTokenizer, [String: Any]) {
        let recording = try PieceFixtures.object("tokenizer-\(name)")
        return (
            try PipelineTokenizer(PieceFixtures.fields(try #require(recording["file"]), path: "")),
            recording
        )
    }

    @Test("Ids, places and decoded texts are those of Hugging Face tokenizers", arguments: styles)
    func recorded(name: String) throws {
        let (tokenizer, recording) = try style(name)
        let texts = try #require(recording["texts"] as? [String])
        for (text, output) in zip(texts, try #require(recording["outputs"] as? [Any])) {
            // The library parses special tokens written in a text, which is not asked for here.
            guard let output = output as? [Any] else { continue }
            let encoding = try tokenizer.encoding(of: text, pair: nil, options: EncodingOptions())
            let ids = try #require(output[0] as? [Int])
            #expect(encoding.ids.map { Int($0) } == ids, "\(name): \(text.debugDescription)")
            #expect(
                encoding.offsets == ranges(try #require(output[1] as? [Int])),
                "\(name), places: \(text.debugDescription)")
            let decoded = try #require(output[2] as? String)
            #expect(
                Array(tokenizer.decode(encoding.ids).utf8) == Array(decoded.utf8),
                "\(name), decoded: \(text.debugDescription)")
            let plain = zip(encoding.ids, encoding.specialMask).filter { !$0.1 }.map(\.0)
            #expect(try tokenizer.encode(text) == plain)
        }
    }

    @Test("Pairs have the same marks and types", arguments: styles)
    func pairs(name: String) throws {
        let (tokenizer, recording) = try style(name)
        for pair in try #require(recording["pairs"] as? [[Any]]) {
            let encoding = try tokenizer.encoding(
                of: try #require(pair[0] as? String), pair: pair[1] as? String,
                options: EncodingOptions())
            #expect(encoding.ids.map { Int($0) } == pair[2] as? [Int], "\(name)")
            #expect(encoding.typeIDs.map { Int($0) } == pair[3] as? [Int], "\(name)")
            #expect(encoding.specialMask.map { $0 ? 1 : 0 } == pair[4] as? [Int], "\(name)")
        }
    }

    @Test("A tokenizer is written as it was read", arguments: styles)
    func written(name: String) throws {
        let (tokenizer, _) = try style(name)
        let again = try PipelineTokenizer(ComponentFields(tokenizer.json, path: ""))
        #expect(again == tokenizer)
        #expect(again.json.text == tokenizer.json.text)
    }

    @Test(
        "What is streamed, joined, is what is decoded at once, and shows no character before it is whole",
        arguments: styles)
    func streamed(name: String) throws {
        let (tokenizer, recording) = try style(name)
        let texts = try #require(recording["texts"] as? [String])
        var random = CounterRandom(seed: 4, stream: 0, purpose: .stories)
        var lists = try texts.map { try tokenizer.encode($0) }
        for _ in 0..<300 {
            lists.append(
                (0..<random.next(below: 20)).map { _ in
                    Int32(random.next(below: tokenizer.vocabularySize + 2)) - 1
                })
        }
        for ids in lists {
            var decoder = StreamingDecoder(tokenizer)
            let parts = ids.map { decoder.append($0) } + [decoder.finish()]
            let whole = tokenizer.decode(ids)
            #expect(Array(parts.joined().utf8) == Array(whole.utf8), "\(name): \(ids)")
            if !whole.unicodeScalars.contains("\u{FFFD}") {
                #expect(!parts.contains { $0.unicodeScalars.contains("\u{FFFD}") })
            }
        }
    }

    @Test("An emoji split over two tokens never streams U+FFFD")
    func emoji() throws {
        let (tokenizer, _) = try style("llama")
        let ids = try tokenizer.encode("a 🙂!")
        #expect(ids.count > 5)
        var decoder = StreamingDecoder(tokenizer)
        let parts = ids.map { decoder.append($0) }
        #expect((parts + [decoder.finish()]).joined() == "a 🙂!")
        #expect(!parts.contains { $0.unicodeScalars.contains("\u{FFFD}") })
        // What is never completed is shown at the end.
        var broken = StreamingDecoder(tokenizer)
        let cut = ids.prefix { tokenizer.token(of: $0) != "<0x82>" }
        let shown = cut.map { broken.append($0) }.joined()
        #expect(!shown.unicodeScalars.contains("\u{FFFD}"))
        #expect(shown + broken.finish() == "a \u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test("A user's text never gives a special token")
    func specialText() throws {
        for name in Self.styles {
            let (tokenizer, _) = try style(name)
            let unknown = Set(
                ["[UNK]", "<unk>"].compactMap { tokenizer.id(ofSpecial: $0) })
            let special = Set(tokenizer.specialTokens.map(\.id)).subtracting(unknown)
            for token in tokenizer.specialTokens {
                let ids = try tokenizer.encode("a \(token.text) b\(token.text)")
                #expect(special.isDisjoint(with: ids), "\(name) gives \(token.text)")
            }
        }
    }
}
