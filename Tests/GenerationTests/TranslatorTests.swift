import AttendGeneration
import AttendLayers
import AttendModels
import AttendTensors
import Testing

@Suite("Translator")
struct TranslatorTests {
    private let model = translationModel(vocabularySize: 11, seed: 8)
    private let sources = translationSources(
        [4, 1, 7, 4, 12, 3, 1, 9, 4], vocabularySize: 11)

    @Test("one beam takes the likeliest token each time", arguments: [0, 3])
    func greedy(minimumLength: Int) throws {
        let settings = TranslationSettings(
            beams: .translation(1, minimumLength: minimumLength), extraLength: 5)
        let found = try Translator(model, settings: settings).translate(sources)
        let plain = PlainTranslator(model: model)
        for (source, hypothesis) in zip(sources, found) {
            #expect(
                hypothesis.tokens
                    == plain.greedy(
                        source, limit: source.count + 5, minimumLength: minimumLength))
        }
        #expect(Set(found.map(\.isEnded)).count == 2, "some end and some are cut off")
    }

    @Test("by itself and in a batch the same", arguments: [1, 4])
    func batched(beamCount: Int) throws {
        let settings = TranslationSettings(beams: .translation(beamCount), extraLength: 6)
        let translator = try Translator(model, settings: settings)
        let together = try translator.translate(sources, best: beamCount)
        for limit in [1, 2, 5] {
            let found = try translator.translate(sources, best: beamCount, batchLimit: limit)
            for (first, second) in zip(found.joined(), together.joined()) {
                #expect(first.tokens == second.tokens)
                #expect(abs(first.score - second.score) < 1e-5)
                #expect(abs(first.logProbability - second.logProbability) < 1e-4)
            }
        }
        let padded = sources.map { $0 + [0, 0, 0] }
        #expect(try translator.translate(padded, best: beamCount) == together)
    }

    @Test("SAFETY: Numerics. The same bits at 1 and 2 threads")
    func threads() throws {
        let translator = try Translator(
            translationModel(vocabularySize: 601, width: 64, seed: 3),
            settings: TranslationSettings(beams: .translation(3), maximumLength: 9))
        let sources = translationSources([5, 11, 8], vocabularySize: 601)
        let before = threadCount
        defer { threadCount = before }
        threadCount = 1
        let one = try translator.translate(sources, best: 3)
        for threads in [2, 3] {
            threadCount = threads
            #expect(try translator.translate(sources, best: 3) == one)
        }
    }

    @Test("lengths stay within their limits", arguments: [1, 3])
    func lengths(beamCount: Int) throws {
        func lengths(_ minimum: Int, _ maximum: Int?, _ extra: Int = 50) throws -> [Int] {
            try Translator(
                model,
                settings: TranslationSettings(
                    beams: .translation(beamCount, minimumLength: minimum),
                    maximumLength: maximum, extraLength: extra)
            ).translate(sources).map(\.tokens.count)
        }
        #expect(try lengths(6, 6).allSatisfy { $0 == 6 })
        #expect(try lengths(3, 5).allSatisfy { (3...5).contains($0) })
        #expect(try lengths(0, 1).allSatisfy { $0 <= 1 })
        #expect(try lengths(30, nil, 1) == sources.map { $0.count + 1 })
        // No translation is longer than the context.
        #expect(try lengths(50, nil).allSatisfy { $0 == 40 })
    }

    @Test("the end token ends a translation, and is never part of it; nor are padding and start")
    func specialTokens() throws {
        for ids in [(0, 1, 2), (5, 6, 7), (3, 4, 4), (8, 8, 9)] as [(Int32, Int32, Int32)] {
            let settings = TranslationSettings(
                beams: .translation(4), extraLength: 12, padding: ids.0, start: ids.1, end: ids.2)
            let sources = [[1, 10, 1, ids.2], [2, ids.2]]
            let found = try Translator(model, settings: settings).translate(sources, best: 4)
            for hypothesis in found.joined() {
                let special: Set = [ids.0, ids.1, ids.2]
                #expect(special.isDisjoint(with: hypothesis.tokens))
            }
        }
    }

    @Test("a source without words has the empty translation")
    func nothing() throws {
        let settings = TranslationSettings(beams: .translation(2, minimumLength: 3))
        let translator = try Translator(model, settings: settings)
        let found = try translator.translate([[], sources[0], [2], [0, 0], [2, 0]], best: 2)
        let empty = Hypothesis(tokens: [], score: 0, logProbability: 0, isEnded: true)
        for place in [0, 2, 3, 4] { #expect(found[place] == [empty]) }
        #expect(found[1] == (try translator.translate([sources[0]], best: 2))[0])
        #expect(try translator.translate([]).isEmpty)
    }

    @Test("as many beams as there are words, and more")
    func manyBeams() throws {
        let small = translationModel(vocabularySize: 4)
        let settings = TranslationSettings(beams: .translation(8), maximumLength: 6)
        let found = try Translator(small, settings: settings).translate([[3, 2]], best: 8)
        // The only word none to six times; what has the most of them is cut off.
        #expect(found[0].count == 7)
        #expect(Set(found[0].map(\.tokens.count)) == Set(0...6))
    }

    @Test("progress is told, and a wish to stop is heard")
    func progress() throws {
        let translator = try Translator(model, settings: TranslationSettings(extraLength: 4))
        var told: [Int] = []
        _ = try translator.translate([[]] + sources, batchLimit: 2, progress: { told.append($0) })
        #expect(told.first == 1)
        #expect(told.last == sources.count + 1)
        #expect(zip(told, told.dropFirst()).allSatisfy { $0 < $1 })
        var count = 0
        #expect(throws: CancellationError.self) {
            _ = try translator.translate(
                sources,
                shouldStop: {
                    count += 1
                    return count > 2
                })
        }
        #expect(count == 3)
    }

    @Test("weights that are no numbers are an error, not a translation")
    func notFinite() throws {
        var broken = model
        broken.head?.weight.tensor = Tensor(repeating: .nan, shape: [11, 12])
        let translator = try Translator(broken)
        #expect(throws: GenerationError.logitsAreNotFinite) {
            try translator.translate(sources)
        }
    }

    @Test("what is wrong with a source is said")
    func sourceErrors() throws {
        let translator = try Translator(model)
        let tooLong = #expect(throws: GenerationError.self) {
            try translator.translate([[3, 2], Array(repeating: 3, count: 41)])
        }
        #expect(
            tooLong?.description
                == "Source 2 has 41 tokens and the model reads at most 40; split it.")
        for id in [-1, 11] as [Int32] {
            let unknown = #expect(throws: GenerationError.self) {
                try translator.translate([[3, id, 2]])
            }
            #expect(
                unknown?.description
                    == "Source 1 has the token \(id), and the model knows only the tokens 0 to 10; encode it with the "
                    + "model's own tokenizer.")
        }
    }

    @Test(
        "settings that make no sense are refused",
        arguments: [
            (
                TranslationSettings(beams: .translation(0)),
                "The number of beams is 0; expected a number from 1 to 64."
            ),
            (
                TranslationSettings(beams: .translation(65)),
                "The number of beams is 65; expected a number from 1 to 64."
            ),
            (
                TranslationSettings(beams: BeamSettings(lengthPenalty: .wu(.nan))),
                "The length penalty is nan; expected a number from -10.0 to 10.0."
            ),
            (
                TranslationSettings(beams: BeamSettings(lengthPenalty: .power(-10.5))),
                "The length penalty is -10.5; expected a number from -10.0 to 10.0."
            ),
            (
                TranslationSettings(beams: BeamSettings(6, groupCount: 4, diversityPenalty: 1)),
                "The number of beam groups is 4; expected a divisor of the number of beams, 6."
            ),
            (
                TranslationSettings(beams: BeamSettings(6, groupCount: 7, diversityPenalty: 1)),
                "The number of beam groups is 7; expected a number from 1 to 6."
            ),
            (
                TranslationSettings(beams: BeamSettings(6, groupCount: 2)),
                "The diversity penalty is 0.0; expected a number greater than 0, without which all groups of beams find the same."
            ),
            (
                TranslationSettings(beams: BeamSettings(6, diversityPenalty: 1)),
                "The diversity penalty is 1.0; expected 0 where there is one group of beams, which has none to differ from."
            ),
            (
                TranslationSettings(maximumLength: 0),
                "The maximum length is 0; expected a number from 1 to 10000000."
            ),
            (
                TranslationSettings(beams: .translation(minimumLength: 4), maximumLength: 3),
                "The minimum length is 4; expected at most the maximum length, 3."
            ),
            (
                TranslationSettings(beams: .translation(minimumLength: -1)),
                "The minimum length is -1; expected a number from 0 to 10000000."
            ),
            (
                TranslationSettings(extraLength: .max),
                "The extra length is 9223372036854775807; expected a number from 0 to 10000000."
            ),
            (
                TranslationSettings(start: 11),
                "The start token is 11; expected one of the model's tokens, 0 to 10."
            ),
            (
                TranslationSettings(padding: 2),
                "The end token is 2; expected another one than the padding token, which is never read."
            ),
        ])
    func refusedSettings(settings: TranslationSettings, sentence: String) {
        let error = #expect(throws: GenerationError.self) {
            try Translator(model, settings: settings)
        }
        #expect(error?.description == sentence)
    }

    @Test("numbers of translations and batches out of range are refused")
    func refusedCounts() throws {
        let translator = try Translator(
            model, settings: TranslationSettings(beams: .translation(3)))
        for count in [0, 4] {
            #expect(throws: GenerationError.self) { try translator.translate(sources, best: count) }
        }
        #expect(throws: GenerationError.self) { try translator.translate(sources, batchLimit: 0) }
        let words = #expect(throws: GenerationError.self) {
            try Translator(translationModel(vocabularySize: 3))
        }
        #expect(
            words?.description
                == "The vocabulary is 3 tokens; expected at least one token beside padding, start and end."
        )
    }

    @Test("the workload makes as many tokens as it says, with more probability for more beams")
    func workload() throws {
        let small = TranslationWorkload(
            name: "small", configuration: model.configuration, sourceCount: 5, sourceLength: 6,
            targetLength: 7)
        let one = try small.run(beamCount: 1, seed: 1)
        let four = try small.run(beamCount: 4, seed: 1)
        #expect(abs(one.tokensPerSecond * one.seconds - 35) < 0.01)
        #expect(abs(four.tokensPerSecond * four.seconds - 35) < 0.01)
        #expect(four.meanLogProbability > one.meanLogProbability)
        #expect(
            try small.run(beamCount: 4, seed: 1).meanLogProbability
                == four.meanLogProbability)
    }
}
