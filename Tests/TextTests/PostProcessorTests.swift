import AttendText
import Foundation
import Testing

@Suite("Post-processors")
struct PostProcessorTests {
    @Test("Marks, types and places are those of Hugging Face tokenizers")
    func recorded() throws {
        let file = try PieceFixtures.object("post-processors")
        let vocabulary = try #require(file["vocabulary"] as? [String: Int])
        let texts = Dictionary(uniqueKeysWithValues: vocabulary.map { (Int32($1), $0) })
        for part in try #require(file["parts"] as? [[String: Any]]) {
            let form = try #require(part["form"])
            let processor = try PostProcessor(PieceFixtures.fields(form))
            for (index, output) in try #require(part["outputs"] as? [[Any]]).enumerated() {
                let inputs = try #require(output[0] as? [[[Int]]])
                let encodings = inputs.enumerated().map { place, input in
                    var encoding = Encoding()
                    for (id, range) in zip(input[0], ranges(input[1])) {
                        encoding.append(id: Int32(id), typeID: Int32(place), offsets: range)
                    }
                    return encoding
                }
                var found = Encoding()
                let adds = index % 2 == 0
                for encoding in processor.process(
                    encodings, addsSpecialTokens: adds, token: { texts[$0] })
                {
                    found.append(encoding)
                }
                let place: Comment = "\(form), inputs \(inputs), marks \(adds)"
                #expect(found.ids.map { Int($0) } == output[1] as? [Int], place)
                #expect(found.typeIDs.map { Int($0) } == output[2] as? [Int], place)
                let places = ranges(try #require(output[3] as? [Int]))
                // Taking out a space can cut the character it stands for; only the library's places in
                // characters then round it off.
                if !inputs.contains(where: { $0[0].contains(147) }) {
                    #expect(found.offsets == places, place)
                }
                #expect(found.specialMask.map { $0 ? 1 : 0 } == output[4] as? [Int], place)
            }
            #expect(try PieceFixtures.equal(processor.json, form), "\(form)")
        }
    }

    @Test(
        "What is not known is an error that names it",
        arguments: [
            (#"{"type":"Templates"}"#, "Templates"),
            (#"{"type":"BertProcessing","sep":["a"],"cls":["b",1]}"#, "part."),
            (#"{"type":"BertProcessing","sep":["a",-1],"cls":["b",1]}"#, "part.sep"),
            (#"{"type":"BertProcessing","cls":["b",1]}"#, "sep"),
            (
                #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"X","type_id":0}}],"pair":[]}"#,
                "special_tokens"
            ),
            (
                #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"C","type_id":0}}],"pair":[]}"#,
                "\"A\""
            ),
            (
                #"{"type":"TemplateProcessing","single":[],"pair":[{"Sequence":{"id":"A","type_id":0}}]}"#,
                "both texts"
            ),
            (#"{"type":"TemplateProcessing","single":[{"Other":1}],"pair":[]}"#, "single[0]"),
            (
                #"{"type":"TemplateProcessing","single":[\#(Array(repeating: "{}", count: 65).joined(separator: ","))],"pair":[]}"#,
                "65 parts"
            ),
        ])
    func refused(text: String, named: String) throws {
        let error = #expect(throws: TokenizerError.self) {
            try PostProcessor(PieceFixtures.fields(text: text))
        }
        #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }
}
