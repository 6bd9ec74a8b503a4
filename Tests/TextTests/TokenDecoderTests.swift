import AttendText
import Foundation
import Testing

@Suite("Token decoders")
struct TokenDecoderTests {
    @Test("Texts are those of Hugging Face tokenizers, all at once and token by token")
    func recorded() throws {
        let file = try PieceFixtures.object("decoders")
        let lists = try #require(file["lists"] as? [[String]]).map { $0.map { Array($0.utf8) } }
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let form = try #require(part["form"])
            let decoder = try TokenDecoder(PieceFixtures.fields(form))
            let outputs = try #require(part["outputs"] as? [Any])
            for (tokens, output) in zip(lists, outputs) {
                let whole = decoder.decode(tokens).flatMap { $0 }
                var stages = DecodingStages(decoder)
                var portions = tokens.map { stages.append([$0]) }
                portions.append(stages.finish())
                let words = tokens.map { String(decoding: $0, as: UTF8.self) }
                #expect(portions.flatMap { $0 } == whole, "\(form) of \(words) token by token")
                for portion in portions {
                    #expect(String(validating: portion, as: UTF8.self) != nil)
                }
                // Where the library itself broke there is nothing to compare with.
                guard let expected = output as? String else { continue }
                #expect(
                    String(decoding: whole, as: UTF8.self).utf8.elementsEqual(expected.utf8),
                    "\(form) of \(words)")
            }
        }
    }

    @Test("A component is written as it was read")
    func forms() throws {
        let file = try PieceFixtures.object("decoders")
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let form = try #require(part["form"])
            let decoder = try TokenDecoder(PieceFixtures.fields(form))
            let again = try TokenDecoder(ComponentFields(decoder.json, path: "part"))
            #expect(again == decoder)
            #expect(try PieceFixtures.equal(decoder.json, form), "\(form)")
        }
    }

    @Test("Without a decoder, spaces stand between tokens")
    func noDecoder() {
        var stages = DecodingStages(nil)
        let parts = ["a", "b", "c"].map { stages.append([Array($0.utf8)]) } + [stages.finish()]
        #expect(String(decoding: parts.flatMap { $0 }, as: UTF8.self) == "a b c")
    }

    @Test(
        "What is not known is an error that names it",
        arguments: [
            (#"{"type":"CTC","pad_token":"<pad>"}"#, "CTC"),
            (#"{"type":"Fusee"}"#, #"did you mean “Fuse”?"#),
            (#"{"type":"Fuse","depth":1}"#, "depth"),
            (#"{"type":"Strip","content":"ab","start":1,"stop":0}"#, "part.content"),
            (#"{"type":"Strip","content":"a","start":-1,"stop":0}"#, "part.start"),
            (#"{"type":"Strip","content":"a","start":1e99,"stop":0}"#, "part.start"),
            (#"{"type":"Replace","pattern":{"Regex":"(a|b)*"},"content":""}"#, "(a|b)*"),
            (#"{"type":"Replace","pattern":{"String":""},"content":""}"#, "part.pattern.String"),
            (#"{"type":"Metaspace","prepend_scheme":"sometimes"}"#, "sometimes"),
            (#"{"type":"Metaspace","replacement":""}"#, "part.replacement"),
            (#"{"type":"WordPiece","prefix":3}"#, "part.prefix"),
            (#"{"type":"Sequence","decoders":[{"type":"CTC"}]}"#, "part.decoders[0]"),
        ])
    func refused(text: String, named: String) throws {
        let error = #expect(throws: TokenizerError.self) {
            try TokenDecoder(PieceFixtures.fields(text: text))
        }
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }
}
