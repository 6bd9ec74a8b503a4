import AttendGeneration
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite("Beam search")
struct BeamSearchTests {
    @Test(
        "with as many beams as there are prefixes it finds the best of all translations, and the next ones",
        arguments: [-1, 0, 0.6, 3], [0, 2])
    func findsOptimum(lengthPenalty: Double, minimumLength: Int) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let model = translationModel(seed: seed)
            let source = translationSources([3], seed: seed)[0]
            let settings = TranslationSettings(
                beams: BeamSettings(
                    64, lengthPenalty: .wu(lengthPenalty), stopping: .never,
                    minimumLength: minimumLength), maximumLength: 4)
            let found = try Translator(model, settings: settings).translate([source], best: 10)[0]
            let wanted = PlainTranslator(model: model).all(
                source, limit: 4, minimumLength: minimumLength, lengthPenalty: lengthPenalty
            )
            #expect(found.count == 10)
            for (hypothesis, best) in zip(found, wanted) {
                #expect(hypothesis.tokens == best.tokens)
                #expect(hypothesis.isEnded == best.isEnded)
                #expect(abs(Double(hypothesis.score) - best.score) < 1e-4)
            }
            let single = try Translator(model, settings: settings).translate([source])[0]
            #expect(single.tokens == wanted[0].tokens, "which it also does when it may stop early")
        }
    }

    @Test("scores are what the model says of the tokens, over the penalty", arguments: [1, 3, 7])
    func scores(beamCount: Int) throws {
        let model = translationModel(vocabularySize: 11, seed: 8)
        let sources = translationSources([2, 9, 5, 5, 1], vocabularySize: 11)
        let settings = TranslationSettings(
            beams: BeamSettings(beamCount, lengthPenalty: .wu(0.8), stopping: .never),
            extraLength: 6)
        let plain = PlainTranslator(model: model)
        let found = try Translator(model, settings: settings)
            .translate(sources, best: beamCount)
        for (source, hypotheses) in zip(sources, found) {
            #expect(hypotheses.count == beamCount)
            #expect(Set(hypotheses.map(\.tokens)).count == beamCount, "all differ")
            for hypothesis in hypotheses {
                let wanted = plain.logProbability(
                    of: hypothesis.tokens, source: source, isEnded: hypothesis.isEnded)
                #expect(abs(Double(hypothesis.logProbability) - wanted) < 1e-3)
                let length = hypothesis.tokens.count + (hypothesis.isEnded ? 1 : 0)
                let penalty = pow((5 + Double(length)) / 6, 0.8)
                #expect(abs(Double(hypothesis.score) - wanted / penalty) < 1e-3)
                #expect(hypothesis.isEnded || length == source.count + 6)
            }
            for (better, worse) in zip(hypotheses, hypotheses.dropFirst()) {
                #expect(better.score >= worse.score)
            }
        }
    }

    @Test("more beams find likelier translations, taken together")
    func moreBeams() throws {
        let model = translationModel(vocabularySize: 13, seed: 5, boldness: 2)
        let sources = translationSources(Array(1...12), vocabularySize: 13)
        func total(_ beamCount: Int) throws -> Float {
            // All of one length, so that log-probabilities can be compared.
            let settings = TranslationSettings(
                beams: .translation(beamCount, minimumLength: 8), maximumLength: 8)
            let found = try Translator(model, settings: settings).translate(sources)
            return found.reduce(0) { $0 + $1.logProbability }
        }
        let totals = try [1, 4, 16].map(total)
        #expect(totals[0] < totals[1])
        #expect(totals[1] < totals[2])
    }

    @Test("the search for one stops at what the exhaustive search for several ranks first")
    func stopping() throws {
        let model = translationModel(vocabularySize: 9, seed: 21)
        let sources = translationSources(Array(1...10), vocabularySize: 9)
        for penalty in [-0.5, 0, 0.6, 1, 2] {
            let translator = try Translator(
                model,
                settings: TranslationSettings(
                    beams: BeamSettings(5, lengthPenalty: .power(penalty), stopping: .never),
                    extraLength: 10))
            let single = try translator.translate(sources)
            let several = try translator.translate(sources, best: 5)
            for (hypothesis, hypotheses) in zip(single, several) {
                #expect(hypothesis.tokens == hypotheses[0].tokens)
            }
        }
    }
}
