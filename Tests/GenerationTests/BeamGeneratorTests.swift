import AttendCheckpoints
import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

@Suite("Texts by beam search")
struct BeamGeneratorTests {
    private let model: GPT
    private let tokenizer: SavedTokenizer

    init() throws {
        let characters = try CharacterTokenizer(text: "\n abcdefgh.")
        tokenizer = .character(characters)
        model = opinionatedGPT(vocabularySize: characters.vocabularySize, contextLength: 16)
    }

    private func generator(
        _ beams: BeamSettings, prompt: String = "abc", maxTokens: Int = 8, stop: [String] = [],
        ends: [Int32] = [], grammar: String? = nil
    ) throws -> BeamGenerator {
        try BeamGenerator(
            model: model, tokenizer: tokenizer, prompt: prompt, beams: beams, maxTokens: maxTokens,
            stopTexts: stop, grammar: grammar.map { try TextGrammar($0) },
            defaults: GenerationDefaults(endTokens: ends))
    }

    @Test("one beam is greedy choice, also when the window slides")
    func greedy() throws {
        for prompt in ["", "a", "abcdefghabcdefgh", "hgfedcbahgfedcbahgfedcba"] {
            var plain = try Generator(
                model: model, tokenizer: tokenizer, prompt: prompt,
                settings: GenerationSettings(maxTokens: 40, sampling: .greedy))
            let beam = try generator(BeamSettings(1), prompt: prompt, maxTokens: 40)
            #expect(beam.promptTokenCount == plain.promptTokenCount)
            #expect(beam.notices == plain.notices)
            let text = try beam.run()[0]
            #expect(try plain.run().text == text.text)
            #expect(text.tokenCount == 40 && text.finishReason == .length)
        }
    }

    @Test("scores are what the model says of the tokens, over the penalty")
    func scores() throws {
        let end = try tokenizer.encode(".")[0]
        let texts = try generator(BeamSettings(5, stopping: .never), ends: [end]).run(best: 5)
        #expect(texts.count == 5 && Set(texts.map(\.text)).count == 5)
        let prompt = try tokenizer.encode("abc")
        let width = model.configuration.vocabularySize
        for text in texts {
            var tokens = try prompt + tokenizer.encode(text.text)
            if text.finishReason == .stop { tokens.append(end) }
            let rows = model.logits(tokens).elements
            var sum = 0.0
            for place in prompt.count..<tokens.count {
                let row = rows[(place - 1) * width..<place * width].map(Double.init)
                sum += row[Int(tokens[place])] - log(row.reduce(0) { $0 + exp($1) })
            }
            #expect(abs(Double(text.logProbability) - sum) < 1e-3)
            #expect(
                abs(Double(text.score) - sum / Double(tokens.count - prompt.count)) < 1e-3)
        }
    }

    @Test("with as many beams as there are prefixes it finds the likeliest text of all")
    func optimum() throws {
        let found = try generator(
            BeamSettings(64, lengthPenalty: .power(0), stopping: .never), maxTokens: 2
        ).run()[0]
        let prompt = try tokenizer.encode("abc")
        func logProbabilities(_ tokens: [Int32]) -> [Double] {
            let row = model.logits(tokens).elements.suffix(11).map(Double.init)
            let total = log(row.reduce(0) { $0 + exp($1) })
            return row.map { $0 - total }
        }
        var best = -Double.infinity
        for (first, value) in logProbabilities(prompt).enumerated() {
            let next = logProbabilities(prompt + [Int32(first)]).max() ?? 0
            best = max(best, value + next)
        }
        #expect(abs(Double(found.logProbability) - best) < 1e-4)
    }

    @Test("windows of several beams slide together, and penalties of all kinds keep it going")
    func windows() throws {
        for beams in [
            BeamSettings(3, stopping: .always),
            BeamSettings(6, lengthPenalty: .wu(-2), groupCount: 3, diversityPenalty: 2),
        ] {
            let texts = try generator(beams, prompt: "abcdefgh", maxTokens: 30).run(
                best: beams.count)
            #expect(texts.count == beams.count)
            #expect(texts.allSatisfy { $0.tokenCount == 30 && $0.score.isFinite })
        }
    }

    @Test("stop texts end texts and are not part of them; the first tokens do not end any")
    func ends() throws {
        let stops = try generator(BeamSettings(4), stop: ["ab", "f", "h", "c"]).run(best: 4)
        for text in stops {
            #expect(!["ab", "f", "h", "c"].contains { text.text.contains($0) })
            #expect(text.finishReason == .stop || text.tokenCount == 8)
        }
        #expect(stops.contains { $0.finishReason == .stop })
        let ends = try tokenizer.encode(".a c")
        let late = try generator(BeamSettings(4, minimumLength: 5), ends: ends).run(best: 4)
        for text in late { #expect(text.tokenCount >= 5) }
    }

    @Test("penalties look at the prompt too, and log-probabilities stay the model's")
    func scoring() throws {
        let size = 2
        let settings = BeamSettings(4, scoring: [.noRepeatNGram(size)])
        let prompt = "abcaab"
        let texts = try generator(settings, prompt: prompt, maxTokens: 10).run(best: 4)
        #expect(texts.count == 4)
        for text in texts {
            let tokens = try tokenizer.encode(prompt + text.text)
            let written = try tokenizer.encode(prompt).count - 1..<tokens.count - 1
            var pairs = Set((0..<written.lowerBound).map { Array(tokens[$0...$0 + 1]) })
            for place in written {
                #expect(pairs.insert(Array(tokens[place...place + 1])).inserted)
            }
            #expect(text.logProbability <= 0)
        }
        // A bias for all tokens alike changes scores and nothing else.
        let plain = try generator(BeamSettings(3)).run(best: 3)
        let all = Dictionary(
            uniqueKeysWithValues: (0..<Int32(model.configuration.vocabularySize)).map { ($0, 0.5) })
        let raised = try generator(BeamSettings(3, scoring: [.logitBias(all)])).run(best: 3)
        #expect(raised.map(\.text) == plain.map(\.text))
        for (raised, plain) in zip(raised, plain) {
            #expect(abs(raised.logProbability - plain.logProbability) < 1e-4)
            #expect(abs(raised.score - plain.score - 0.5) < 1e-4)
        }
        for step: SamplingStep in [.temperature(0.5), .topK(3), .minP(0.1)] {
            let error = #expect(throws: GenerationError.self) {
                try generator(BeamSettings(2, scoring: [step]))
            }
            #expect(error?.description.contains("since nothing is drawn") ?? false)
        }
        #expect(throws: GenerationError.self) {
            try generator(BeamSettings(2, scoring: [.logitBias([99: 1])]))
        }
    }

    @Test("where everything is ruled out, tokens repeat or the text ends; none is lost")
    func exhausted() throws {
        let end = try tokenizer.encode(".")[0]
        for ends in [[], [end]] {
            for count in [1, 3] {
                let texts = try generator(
                    BeamSettings(count, minimumLength: 15, scoring: [.noRepeatNGram(1)]),
                    maxTokens: 16, ends: ends
                ).run(best: count)
                #expect(texts.count == count)
                #expect(texts.allSatisfy { $0.tokenCount >= 15 })
            }
        }
    }

    @Test("within a grammar every text is one of it, and one beam is greedy choice")
    func grammars() throws {
        let end = try tokenizer.encode(".")[0]
        for grammar in [
            "root ::= (\"ab\" | \"h\" | \"ca\"){3}", "root ::= \"a\" root \"b\" | [c-f]",
            "root ::= [a-h]{2} (\" \" [a-h]{2}){0,3}",
        ] {
            for ends in [[], [end]] {
                var plain = try Generator(
                    model: model, tokenizer: tokenizer, prompt: "abc",
                    settings: GenerationSettings(
                        maxTokens: 12, sampling: .greedy, grammar: TextGrammar(grammar)),
                    defaults: GenerationDefaults(endTokens: ends))
                let greedy = try plain.run()
                let single = try generator(
                    BeamSettings(1), maxTokens: 12, ends: ends, grammar: grammar
                ).run()[0]
                #expect(single.text == greedy.text)
                #expect(single.finishReason == greedy.finishReason)
                let texts = try generator(
                    BeamSettings(6, stopping: .never, groupCount: 2, diversityPenalty: 0.1),
                    maxTokens: 12, ends: ends, grammar: grammar
                ).run(best: 6)
                #expect(texts.count > 1)
                for text in texts {
                    var state = try GrammarState(TextGrammar(grammar))
                    for byte in text.text.utf8 { try state.advance(by: byte) }
                    #expect(!state.isDead, "\(text.text)")
                    #expect(text.finishReason == .length || state.canEnd, "\(text.text)")
                }
            }
        }
    }

    @Test("where a grammar has few texts, all are found with the model's probabilities")
    func fewTexts() throws {
        let texts = try generator(
            BeamSettings(8, lengthPenalty: .power(0), stopping: .never, minimumLength: 4),
            grammar: "root ::= \"a\" | \"bc\" | \"bd\""
        ).run(best: 8)
        #expect(Set(texts.map(\.text)) == ["a", "bc", "bd"] && texts.count == 3)
        #expect(texts.allSatisfy { $0.finishReason == .stop })
        let free = try generator(
            BeamSettings(64, lengthPenalty: .power(0), stopping: .never), maxTokens: 2
        ).run(best: 64)
        for text in texts {
            if let same = free.first(where: { $0.text == text.text }) {
                #expect(abs(same.logProbability - text.logProbability) < 1e-4)
            }
        }
    }

    @Test("a hypothesis that no token goes on with is given up, and the last of them is an error")
    func deadEnds() throws {
        // The letters have the bytes of é and ă, but not those of Ã together.
        let letters = SavedTokenizer.character(try CharacterTokenizer(text: "abcdefgh éă"))
        func texts(_ grammar: String) throws -> [String] {
            try BeamGenerator(
                model: model, tokenizer: letters, prompt: "a", beams: BeamSettings(3),
                maxTokens: 4, grammar: TextGrammar(grammar)
            ).run(best: 3).map(\.text)
        }
        #expect(try texts("root ::= \"a\\u00c3\" | \"bc\"") == ["bc"])
        let error = #expect(throws: GenerationError.self) { try texts("root ::= \"a\\u00c3\"") }
        #expect(error?.description.contains("After 1 tokens the grammar needs") == true)
        #expect(throws: GenerationError.constraint(.unspellable)) { try texts("root ::= \"z\"") }
    }

    @Test("what makes no sense is refused; a wish to stop is heard")
    func refusals() throws {
        #expect(throws: GenerationError.self) { try generator(BeamSettings(0)) }
        #expect(throws: GenerationError.self) { try generator(BeamSettings(4), maxTokens: 0) }
        #expect(throws: TokenizerError.self) { try generator(BeamSettings(4), prompt: "X") }
        let all = (0..<Int32(model.configuration.vocabularySize)).map { $0 }
        let error = #expect(throws: GenerationError.self) {
            try generator(BeamSettings(4), ends: all)
        }
        #expect(
            error?.description
                == "The vocabulary is 11 tokens; expected at least one token that neither ends a text nor is forbidden."
        )
        #expect(throws: GenerationError.self) { try generator(BeamSettings(2)).run(best: 3) }
        #expect(throws: CancellationError.self) {
            try generator(BeamSettings(2)).run(shouldStop: { true })
        }
        var told: [Int] = []
        _ = try generator(BeamSettings(2), maxTokens: 3).run(progress: { told.append($0) })
        #expect(told == [1, 2, 3])
    }
}
