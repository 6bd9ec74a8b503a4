import AttendText
import AttendCheckpoints
import AttendGeneration
import AttendTensors
import Testing

@Suite("Translating with models of other programs")
struct ForeignTranslationTests {
    private struct Recorded: Decodable {
        let translations: [Translation]
    }

    private struct Translation: Decodable {
        let source: String
        let greedy: String
        let greedyTokens: [Int32]
        let beams: String
        let beamTokens: [Int32]
        let beamScore: Float
    }

    @Test(
        "Greedy and beam translations are those of generate()",
        arguments: ["marian", "pegasus", "bart", "t5", "t5-1.1"])
    func translations(name: String) throws {
        let loaded = try LoadedModel.load(foreignDirectory(name))
        let end = try #require(loaded.generation.endTokens.first)
        let wanted = try recorded(Recorded.self, in: name).translations
        let lines = wanted.map(\.source)
        func translated(beams: Int) throws -> [TextTranslator.Translation] {
            try TextTranslator(
                loaded, beams: BeamSettings(beams, lengthPenalty: .power(0), stopping: .never)
            )
            .translate(lines, source: "the fixture")
        }
        var compared = 0
        for (found, wanted) in zip(try translated(beams: 1), wanted)
        where wanted.greedyTokens.last == end {
            #expect(found.target == wanted.greedy)
            compared += 1
        }
        for (found, wanted) in zip(try translated(beams: 4), wanted)
        where wanted.beamTokens.last == end {
            #expect(found.target == wanted.beams)
            #expect(abs(try #require(found.score) - wanted.beamScore) <= 1e-3)
            compared += 1
        }
        // Those that the library cut off are longer here, where the limit is another one.
        #expect(compared >= 6)
    }

    @Test("A source is read with its template, and nothing is made of nothing")
    func template() throws {
        let loaded = try LoadedModel.load(foreignDirectory("bart"))
        let ids = try loaded.tokenizer.encoding(of: "A small dog").ids
        #expect(ids.first == 0 && ids.last == 2)
        let empty = try TextTranslator(loaded).translate([""], source: "here")
        #expect(empty.map(\.target) == [""])
    }

    @Test("A forced first token stands first, and forbidden ones nowhere")
    func forcedAndForbidden() throws {
        let loaded = try LoadedModel.load(foreignDirectory("t5"))
        let model = try loaded.encoderDecoder()
        let source = try loaded.tokenizer.encoding(of: "Wo ist der Zug?").ids
        var settings = TranslationSettings(beams: .translation(3), padding: 0, start: 0, end: 1)
        let free = try Translator(model, settings: settings).translate([source])[0]
        let first = try #require(free.tokens.first)
        settings.forbidden = [first]
        let without = try Translator(model, settings: settings).translate([source])[0]
        #expect(!without.tokens.contains(first) && without.tokens != free.tokens)
        settings.forbidden = []
        settings.forcedFirst = first + 1
        let forced = try Translator(model, settings: settings).translate([source])[0]
        #expect(forced.tokens.first == first + 1)
        settings.forcedFirst = 100_000
        #expect(throws: GenerationError.self) { try Translator(model, settings: settings) }
        settings.forcedFirst = nil
        settings.forbidden = [1]
        #expect(throws: GenerationError.self) { try Translator(model, settings: settings) }
    }

    @Test("An encoder does not translate")
    func family() throws {
        let loaded = try LoadedModel.load(foreignDirectory("bert-model"))
        #expect(throws: FamilyError.self) { try TextTranslator(loaded) }
    }
}
