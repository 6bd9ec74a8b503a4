import AttendCheckpoints
import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Testing

@Suite("Translating text")
struct TextTranslatorTests {
    private let run: SavedRun
    private let tokenizer: SavedTokenizer

    init() throws {
        tokenizer = .character(
            try CharacterTokenizer(text: "abcde f", specialTokens: SpecialTokens.texts))
        let model = translationModel(
            vocabularySize: tokenizer.vocabularySize, contextLength: 12, seed: 3)
        run = try SavedRun(
            .encoderDecoder(model), .encoderDecoder(model.configuration), tokenizer: tokenizer)
    }

    @Test("Each line becomes what the translator makes of its ids", arguments: [1, 3])
    func lines(beamCount: Int) throws {
        let loaded = try run.load()
        let lines = ["abc", "", "e", "fade bad", "aaaaaaaaaaa"]
        let found = try TextTranslator(loaded, beams: .translation(beamCount)).translate(
            lines, source: "somewhere")
        let translator = try Translator(
            loaded.encoderDecoder(), settings: TranslationSettings(beams: .translation(beamCount)))
        for (line, translation) in zip(lines, found) {
            #expect(translation.source == line)
            if line.isEmpty {
                #expect(translation.target.isEmpty && translation.score == 0)
                continue
            }
            let hypothesis = try translator.translate([tokenizer.encode(line) + [2]])[0]
            #expect(translation.target == tokenizer.decode(hypothesis.tokens))
            #expect(abs((translation.score ?? .nan) - hypothesis.score) < 1e-4)
        }
        #expect(found.contains { !$0.target.isEmpty })
    }

    @Test("Translations held to a grammar, each by itself and a forced first token beside it")
    func grammars() throws {
        let loaded = try run.load()
        let grammar = try TextGrammar("root ::= [a-c]{1,3} (\" \" [d-f]{2})?")
        let lines = ["abc", "", "e", "fade bad"]
        for beams in [BeamSettings.translation(1), .translation(4), BeamSettings(3)] {
            let found = try TextTranslator(loaded, beams: beams, grammar: grammar).translate(
                lines, source: "somewhere"
            ).map(\.target)
            #expect(found[1].isEmpty)
            for target in [found[0], found[2], found[3]] {
                #expect(target.wholeMatch(of: /[a-c]{1,3}( [d-f]{2})?/) != nil, "\(target)")
            }
            var settings = TranslationSettings(beams: beams)
            settings.forcedFirst = try tokenizer.encode("f")[0]
            let translator = try Translator(
                loaded.encoderDecoder(), settings: settings,
                constraint: TokenConstraint(
                    grammar, spellings: TokenSpellings(tokenizer), endTokens: [settings.end]))
            let sources = try lines.filter { !$0.isEmpty }.map { try tokenizer.encode($0) + [2] }
            for hypothesis in try translator.translate(sources) {
                let target = tokenizer.decode(hypothesis.tokens)
                #expect(target.wholeMatch(of: /f[a-c]{1,3}( [d-f]{2})?/) != nil, "\(target)")
            }
        }
    }

    @Test("An unknown character and a line that is too long are named by their line")
    func refusals() throws {
        let translator = try TextTranslator(run.load())
        var error = #expect(throws: DataError.self) {
            try translator.translate(["abc", "", "aXb"], source: "Standard input", firstLine: 65)
        }
        #expect(
            error?.description.hasPrefix("Standard input: Line 67 holds the character \"X\"")
                == true)
        // Twelve tokens are what the model reads, and one of them is the end.
        #expect(try translator.translate(["aaaaaaaaaaa"], source: "here").count == 1)
        error = #expect(throws: DataError.self) {
            try translator.translate(["a", "aaaaaaaaaaaa"], source: "here")
        }
        #expect(
            error
                == .lineTooLong(source: "here", line: 2, tokens: 13, limit: 12))
        #expect(error?.description.contains("line 2 has 13 tokens") == true)
    }

    @Test("It can be stopped, and tells how far it is")
    func stopped() throws {
        let translator = try TextTranslator(run.load())
        #expect(throws: CancellationError.self) {
            try translator.translate(["abc"], source: "", shouldStop: { true })
        }
        var told: [Int] = []
        _ = try translator.translate(
            ["abc", "", "de"], source: "", progress: { told.append($0) })
        #expect(told.last == 3 && told == told.sorted())
    }

    @Test("What does not translate, and what does not write texts, says what it is")
    func families() throws {
        let sizes = AnyConfiguration.gpt(
            GPT.Configuration(
                vocabularySize: tokenizer.vocabularySize, contextLength: 8, layerCount: 1,
                headCount: 1, width: 8))
        let gpt = try SavedRun(sizes, tokenizer: tokenizer)
        let error = #expect(throws: FamilyError.self) { try TextTranslator(gpt.load()) }
        #expect(
            error?.description
                == "\(gpt.path) is a model of the family gpt, which does not translate; train one with --model "
                + "encoder-decoder")
        let other = #expect(throws: FamilyError.self) { try run.load().causal() }
        #expect(
            other?.description.hasPrefix(
                "\(run.path) is a model of the family encoder-decoder, which does not continue texts"
            ) == true)
        #expect(other?.description.contains("attend translate") == true)
    }
}
