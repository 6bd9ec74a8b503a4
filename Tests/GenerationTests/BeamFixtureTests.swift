import AttendCheckpoints
import AttendGeneration
import AttendModels
import AttendTensors
import AttendText
import Foundation
import Testing

/// Against what Hugging Face transformers finds (Scripts/record-beams.py).
@Suite("Beam search as in transformers")
struct BeamFixtureTests {
    private struct Fixture: Decodable {
        /// Logits by step, last token and next token.
        let tables: [[[[Float]]]]
        let beams: [Case]
        let scored: [Case]
        let held: [Case]
        let groups: [Case]
        let texts: [Case]
    }

    private struct Case: Decodable {
        let table: Int?
        let start: Int32?
        let prompt: [Int32]?
        let beams: Int
        let lengthPenalty: Double
        let stopping: String
        let minimum: Int
        let limit: Int
        let ends: Set<Int32>
        let groups: Int?
        let diversity: Double?
        let biases: [String: Double]?
        let repetition: Double?
        let ngram: Int?
        let grammar: String?
        /// The tokens of each hypothesis, the end token included.
        let found: [[Int32]]
        let scores: [Double]

        var settings: BeamSettings {
            get throws {
                BeamSettings(
                    beams, lengthPenalty: .power(lengthPenalty),
                    stopping: try #require(BeamSettings.Stopping(rawValue: stopping)),
                    groupCount: groups ?? 1, diversityPenalty: diversity ?? 0,
                    minimumLength: minimum, scoring: scoring)
            }
        }

        /// Token 2 is a and token 9 is h.
        var constraint: TokenConstraint? {
            get throws {
                guard let grammar else { return nil }
                let letters = try CharacterTokenizer(
                    text: "abcdefgh", specialTokens: ["<padding>", "<end>"])
                return try TokenConstraint(
                    TextGrammar(grammar), spellings: TokenSpellings(.character(letters)),
                    endTokens: Array(ends))
            }
        }

        /// In the order of transformers.
        private var scoring: Sampling {
            var steps: [SamplingStep] = []
            if let biases {
                let ids = biases.compactMap { name, bias in Int32(name).map { ($0, bias) } }
                steps.append(.logitBias(Dictionary(uniqueKeysWithValues: ids)))
            }
            if let repetition { steps.append(.repetitionPenalty(repetition)) }
            if let ngram { steps.append(.noRepeatNGram(ngram)) }
            return Sampling(steps)
        }

        func expect(_ hypotheses: [Hypothesis]) {
            #expect(hypotheses.count == found.count, "\(self)")
            for (hypothesis, tokens) in zip(hypotheses, found) {
                let isEnded = tokens.last.map(ends.contains) ?? false
                #expect(hypothesis.isEnded == isEnded, "\(self)")
                #expect(hypothesis.tokens == (isEnded ? tokens.dropLast() : tokens), "\(self)")
            }
            // Greedy search has no scores.
            for (hypothesis, score) in zip(hypotheses, scores) {
                #expect(abs(Double(hypothesis.score) - score) < 1e-4, "\(self)")
            }
        }
    }

    /// Says of the next token what a table has for the step and the last token.
    private struct TableDecoder: BeamDecoder {
        let table: [[[Float]]]
        var step = 0

        mutating func logits(after tokens: [Int32]) -> Tensor {
            defer { step += 1 }
            let rows = tokens.flatMap { table[step][Int($0)] }
            return Tensor(rows, shape: [tokens.count, 1, table[0].count])
        }

        mutating func select(_ rows: [Int32]) {}

        mutating func reorder(_ parents: [Int32]) {}

        mutating func keep(sources: [Int32]) {}
    }

    private static func fixture() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/beams", withExtension: "json"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    private func found(
        _ first: Case, in fixture: Fixture, starts: [Int32], wanted: Int
    ) throws -> [[Hypothesis]] {
        var search = BeamSearch(
            TableDecoder(table: fixture.tables[try #require(first.table)]), try first.settings,
            BeamVocabulary(ends: first.ends, constraint: try first.constraint),
            sources: starts.enumerated().map {
                BeamSource(place: $0, last: $1, limit: first.limit)
            }, wanted: wanted)
        while !search.isOver { try search.advance() }
        return try starts.indices.map { try #require(search.results[$0]) }
    }

    @Test("the same hypotheses with the same scores, by every rule, with every penalty")
    func beams() throws {
        let fixture = try Self.fixture()
        #expect(fixture.beams.count > 200)
        for single in fixture.beams {
            // All that were kept are certain only where as many as there are beams are asked for.
            let start = try #require(single.start)
            let all = try found(single, in: fixture, starts: [start], wanted: single.beams)
            single.expect(all[0])
            let best = try found(single, in: fixture, starts: [start], wanted: 1)
            #expect(best[0] == Array(all[0].prefix(1)), "\(single)")
        }
    }

    @Test(
        "with penalties, biases and n-grams that do not repeat; within grammars; in groups that differ",
        arguments: ["scored", "held", "groups"])
    func others(part: String) throws {
        let fixture = try Self.fixture()
        let parts = [
            "scored": (cases: fixture.scored, least: 50), "held": (fixture.held, 50),
            "groups": (fixture.groups, 100),
        ]
        let (cases, least) = try #require(parts[part])
        #expect(cases.count > least)
        for single in cases {
            let start = try #require(single.start)
            single.expect(
                try found(single, in: fixture, starts: [start], wanted: single.beams)[0])
        }
    }

    @Test("sources in a batch find what each finds by itself")
    func batches() throws {
        let fixture = try Self.fixture()
        for single in fixture.beams.prefix(60) + fixture.groups.prefix(30) + fixture.held {
            let starts: [Int32] = [2, 9, try #require(single.start), 5]
            let together = try found(
                single, in: fixture, starts: starts, wanted: min(single.beams, 2))
            for (start, hypotheses) in zip(starts, together) {
                #expect(
                    try found(
                        single, in: fixture, starts: [start], wanted: min(single.beams, 2))[0]
                        == hypotheses)
            }
        }
    }

    @Test("the beams of a model with caches")
    func texts() throws {
        let model = try LoadedModel.load(foreignDirectory("gpt2")).causal()
        let texts = try Self.fixture().texts
        #expect(texts.count > 4)
        for text in texts {
            let prompt = try #require(text.prompt)
            var search = BeamSearch(
                ContinuationDecoder(model, prompt: prompt, expectedCount: 2), try text.settings,
                BeamVocabulary(ends: text.ends),
                sources: [
                    BeamSource(place: 7, last: try #require(prompt.last), limit: text.limit)
                ], wanted: text.beams)
            while !search.isOver { try search.advance() }
            text.expect(try #require(search.results[7]))
        }
    }
}
