import AttendText
import Foundation
import Testing

@Suite("Models of pieces")
struct PieceModelTests {
    @Test("Tokens and places are those of Hugging Face tokenizers")
    func recorded() throws {
        let file = try PieceFixtures.object("piece-models")
        let words = try #require(file["words"] as? [String])
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let form = try #require(part["form"])
            let model = try TokenModel(PieceFixtures.fields(form), reserved: [])
            for (word, output) in zip(words, try #require(part["outputs"] as? [[[Int]]])) {
                var tokens: [PieceToken] = []
                try model.encode(Array(("…" + word).utf8).dropFirst(3), into: &tokens)
                #expect(tokens.map { Int($0.id) } == output[0], "\(word) with \(form)")
                #expect(tokens.map(\.range) == ranges(output[1]), "\(word)")
            }
            #expect(try PieceFixtures.equal(model.json, form), "\(form)")
        }
    }

    @Test("Special tokens are never spelled")
    func reserved() throws {
        let unigram = try UnigramModel(
            pieces: [("<unk>", 0), ("</s>", 0), ("<", -3), ("/s>", -3)], unknownID: 0,
            usesByteFallback: false, reserved: [0, 1])
        var tokens: [PieceToken] = []
        try unigram.encode(Array("</s>".utf8)[...], into: &tokens)
        #expect(tokens.map(\.id) == [2, 3])
        let wordPiece = WordPieceModel(
            vocabulary: try Vocabulary([("[UNK]", 0), ("[CLS]", 1), ("[", 2)], reserved: [0, 1]))
        tokens = []
        try wordPiece.encode(Array("[CLS]".utf8)[...], into: &tokens)
        #expect(tokens == [PieceToken(id: 0, range: 0..<5)])
    }

    @Test("Without a token for what is unknown, such text is an error that shows it")
    func nothingForUnknown() throws {
        let unigram = try UnigramModel(
            pieces: [("a", -1)], unknownID: nil, usesByteFallback: false)
        var tokens: [PieceToken] = []
        let error = #expect(throws: TokenizerError.self) {
            try unigram.encode(Array("aéa".utf8)[...], into: &tokens)
        }
        #expect(error?.description.contains("“é”") == true)
        let wordPiece = WordPieceModel(vocabulary: try Vocabulary([("a", 0)]))
        let other = #expect(throws: TokenizerError.self) {
            try wordPiece.encode(Array("ab".utf8)[...], into: &tokens)
        }
        #expect(other?.description.contains("[UNK]") == true)
    }

    @Test("Ten megabytes of one letter take time in proportion")
    func oneLetter() throws {
        var pieces: [(text: String, score: Double)] = [("<unk>", 0)]
        for length in 1...16 {
            pieces.append((String(repeating: "a", count: length), -Double(length) * 0.9 - 1))
        }
        let model = try UnigramModel(pieces: pieces, unknownID: 0, usesByteFallback: false)
        var tokens: [PieceToken] = []
        try model.encode(
            [UInt8](repeating: UInt8(ascii: "a"), count: 10_000_000)[...], into: &tokens)
        #expect(tokens.count == 625_000)
        // Unknown letters become one token, whose text is looked up once.
        tokens = []
        try model.encode(
            [UInt8](repeating: UInt8(ascii: "b"), count: 1_000_000)[...], into: &tokens)
        #expect(tokens == [PieceToken(id: 0, range: 0..<1_000_000)])
    }

    @Test(
        "A vocabulary that makes no sense is an error that names its fault",
        arguments: [
            (#"{"type":"Unigram","unk_id":0,"vocab":[["a",-1],["a",-2]]}"#, "occurs twice"),
            (#"{"type":"Unigram","unk_id":2,"vocab":[["a",-1]]}"#, "unk_id"),
            (#"{"type":"Unigram","unk_id":-1,"vocab":[["a",-1]]}"#, "unk_id"),
            (#"{"type":"Unigram","unk_id":null,"vocab":[["a",1e400]]}"#, "finite"),
            (#"{"type":"Unigram","unk_id":null,"vocab":[["a",-1e999]]}"#, "finite"),
            (#"{"type":"Unigram","unk_id":null,"vocab":[["a"]]}"#, "vocab[0]"),
            (#"{"type":"Unigram","unk_id":null,"vocab":[["a",null]]}"#, "vocab[0]"),
            (#"{"type":"Unigram","unk_id":null,"vocab":{}}"#, "vocab"),
            (#"{"type":"Unigram","unk_id":null,"vocab":[],"alpha":0.1}"#, "alpha"),
            (#"{"type":"WordPiece","vocab":{"a":0,"b":0}}"#, "both have the id 0"),
            (#"{"type":"WordPiece","vocab":{"a":-1}}"#, "-1"),
            (#"{"type":"WordPiece","vocab":{"a":99999999999}}"#, "99999999999"),
            (#"{"type":"WordPiece","vocab":{"a":0},"max_input_chars_per_word":-5}"#, "max_input"),
        ])
    func refused(text: String, named: String) throws {
        let error = #expect(throws: TokenizerError.self) {
            try TokenModel(PieceFixtures.fields(text: text), reserved: [])
        }
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }

    @Test("An empty vocabulary and an empty piece do no harm")
    func empty() throws {
        let model = try UnigramModel(
            pieces: [("", 0), ("a", -1)], unknownID: 0, usesByteFallback: true)
        var tokens: [PieceToken] = []
        try model.encode([], into: &tokens)
        #expect(tokens.isEmpty)
        try model.encode(Array("ab".utf8)[...], into: &tokens)
        #expect(tokens.map(\.id) == [1, 0])
        _ = try UnigramModel(pieces: [], unknownID: nil, usesByteFallback: false)
    }
}
